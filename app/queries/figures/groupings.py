"""The divisions of figures into groups, and the names and the order of the groups."""

from typing import Literal, NamedTuple, get_args

from app.queries.figures.status_tree import OVERDUE, TREE
from app.queries.json_shapes import AGENCY_NAME, NAME_OF_DAY, as_json, json_text, list_of

Division = Literal["agency", "group", "task", "period", "plan"]
"""The divisions of figures."""
ProvinceDivision = Literal["agency", "period"]
"""The divisions of what is counted over all plans."""
Sort = Literal["order", "overdue"]
"""Groups stand in their own order, or those with most overdue first."""
SORTS: tuple[Sort, ...] = get_args(Sort)


class Grouping(NamedTuple):
    """SQL by which rows `s` of `assignment_state` are grouped, and groups are named and ordered."""

    key: str
    code: str
    label: str
    order: str
    counted_with: str = ""
    named_with: str = ""
    kind: str = "null"

    def sorted_by(self, sort: Sort) -> "Grouping":
        """The same, in another order."""
        return self if sort == "order" else self._replace(order=f"{OVERDUE} desc, {self.order}")


GROUPINGS: dict[Division, Grouping] = {
    "agency": Grouping(
        # While a handover is awaited, its agency has ended and its successor is not decided.
        key="case when s.awaits_handover and s.starts_on <= :today then null else s.agency_id end",
        code="agency.code",
        label=AGENCY_NAME,
        order='agency.code collate "C" nulls last',
        named_with=f"left join agency on agency.id = counted.key {NAME_OF_DAY}",
        kind="agency.kind",
    ),
    "group": Grouping(
        key="task.task_group_id",
        code="task_group.ordinal",
        label="task_group.title",
        order="task_group.position nulls last",
        counted_with="join task on task.id = s.task_id",
        named_with="left join task_group on task_group.id = counted.key",
    ),
    "task": Grouping(
        key="s.task_id",
        code="task.ordinal",
        label="task.title",
        order="task.position",
        named_with="join task on task.id = counted.key",
    ),
    "period": Grouping(
        key="s.occurrence",
        code="counted.key",
        label="case counted.key when 'once' then 'Một lần' else 'Năm ' || counted.key end",
        order='counted.key collate "C"',
    ),
    "plan": Grouping(
        key="s.plan_id",
        code="plan.number",
        label="plan.title",
        order="plan.issued_on, plan.id",
        named_with="join plan on plan.id = counted.key",
    ),
}

NAMED = """named as (
  select counted.*, {code} as code, {label} as label, {kind} as kind,
    row_number() over (order by {order}) as place
  from counted {named_with}
  where not is_total
)"""
"""SQL that names and orders the groups in `counted`, by the parts of a `Grouping`."""
NAMES = {
    "key": as_json("key"),
    "code": as_json("code"),
    "label": as_json("label"),
    "kind": as_json("kind"),
}
"""The JSON that names a group."""
GROUP = json_text({**NAMES, "statistics": TREE})
GROUPS = list_of(GROUP, "named", order_by="place")
"""SQL of the JSON text of the groups in `named`."""
TOTAL = f"(select {TREE} from counted where is_total)"

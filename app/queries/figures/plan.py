"""The figures of one plan as of a day. Only issued plans have assignments, and everyone reads them.

`plan_statistics_json` is the statement; docs/sql/figures/ has it written out.
"""

# ruff: noqa: S608 - composed of the conditions in status_tree; no caller's value is in the text

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from app.errors import NotFoundError
from app.models import AssigneeRole
from app.queries.figures.status_tree import COUNTS, HELD, JUDGED, TREE
from app.queries.json_shapes import AGENCY_NAME, as_json, json_text
from app.queries.plans.plans import NO_SUCH_PLAN
from app.reading import Sql, fetch

Division = Literal["agency", "group", "task", "period", "plan"]
"""The divisions of figures."""
Deadline = Literal["current", "both"]
"""The deadlines by which figures are judged: the one in force, or the one first set as well."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day as of which assignments are counted, the role to which they are narrowed (None: all),
    and the deadlines that judge them."""

    day: date
    due_soon_days: int
    role: AssigneeRole | None = AssigneeRole.LEAD
    deadline: Deadline = "current"

    def parameters(self) -> dict[str, Any]:
        """The values by the names that the statements give them."""
        role = None if self.role is None else self.role.value
        return {
            "today": self.day,
            "due_soon_days": self.due_soon_days,
            "role": role,
            "deadline": self.deadline,
        }


class Grouping(NamedTuple):
    """SQL by which rows `s` of `assignment_state` are grouped, and groups are named and ordered."""

    key: str
    code: str
    label: str
    order: str
    counted_with: str = ""
    named_with: str = ""


GROUPINGS: dict[Division, Grouping] = {
    "agency": Grouping(
        # While a handover is awaited, its agency has ended and its successor is not decided.
        key="case when s.awaits_handover and s.starts_on <= :today then null else s.agency_id end",
        code="agency.code",
        label=f"coalesce({AGENCY_NAME}, agency.code)",
        order='agency.code collate "C" nulls last',
        named_with="left join agency on agency.id = counted.key",
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
  select counted.*, {code} as code, {label} as label, row_number() over (order by {order}) as place
  from counted {named_with}
  where not is_total
)"""
"""SQL that names and orders the groups in `counted`, by the parts of a `Grouping`."""
GROUPED = f"""
with judged as (
  select {{key}} as key, {JUDGED}
  from assignment_state s {{counted_with}}
  where {HELD} and s.plan_id = :plan_id and (cast(:role as text) is null or s.role = :role)
    and (cast(:period as text) is null or s.occurrence = :period)
), counted as (
  select key, grouping(key) = 1 as is_total, {COUNTS}
  from judged group by grouping sets ((key), ())
), {NAMED}
"""


GROUP = json_text(
    {"key": as_json("key"), "code": as_json("code"), "label": as_json("label"), "statistics": TREE}
)
GROUPS = f"(select concat('[', string_agg({GROUP}, ',' order by place), ']') from named)"
"""SQL of the JSON text of the groups in `named`."""
TOTAL = f"(select {TREE} from counted where is_total)"
ANSWER = json_text(
    {
        "plan_id": "to_json(plan.id)",
        "as_of": "to_json(cast(:today as date))",
        "by": "to_json(cast(:by as text))",
        "role": "to_json(coalesce(:role, 'all'))",
        "period": as_json("cast(:period as text)"),
        "total": TOTAL,
        "groups": GROUPS,
    }
)
# A draft is its agency's alone, as `queries.plans.visible_plans` says: asking that beforehand
# would cost this hot read a statement of its own.
VISIBLE = (
    "plan.id = :plan_id and (plan.status <> 'draft'"
    " or plan.owner_id = :mine and plan.discarded_at is null)"
)
PLAN_STATISTICS: dict[Division, sa.TextClause] = {
    by: sa.text(GROUPED.format(**grouping._asdict()) + f"select {ANSWER} from plan where {VISIBLE}")
    for by, grouping in GROUPINGS.items()
}


async def plan_statistics_json(
    sql: Sql,
    as_of: AsOf,
    *,
    plan_id: uuid.UUID,
    by: Division,
    mine: uuid.UUID,
    period: str | None = None,
) -> str:
    """A plan's figures as JSON text, of one *period* or of all; a draft exists for *mine*, its own
    agency, alone.

    Raises `NotFoundError`.
    """
    given = {"plan_id": plan_id, "mine": mine, "by": by, "period": period}
    parameters = given | as_of.parameters()
    for (body,) in await fetch(sql, PLAN_STATISTICS[by], parameters):
        return str(body)
    raise NotFoundError(NO_SUCH_PLAN)

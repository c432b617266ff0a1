"""The figures of one plan as of a day. Only issued plans have assignments, and everyone reads them.

`plan_statistics_json` is the statement; docs/sql/figures/ has it written out.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

import sqlalchemy as sa

from app.errors import NotFoundError
from app.models import AssigneeRole
from app.queries.figures.groupings import GROUPINGS, NAMED, NAMES, Division, Sort
from app.queries.figures.status_tree import COUNTS, HELD, JUDGED, STOCKS, TREE
from app.queries.json_shapes import as_json, json_text, list_of
from app.queries.plans.plans import NO_SUCH_PLAN, VISIBLE
from app.reading import Sql, fetch

JudgingDeadline = Literal["current", "both"]
"""The deadlines by which figures are judged: the one in force, or the one first set as well."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day as of which assignments are counted, the role to which they are narrowed (None: all),
    and the deadlines that judge them."""

    day: date
    due_soon_days: int
    role: AssigneeRole | None = AssigneeRole.LEAD
    deadline: JudgingDeadline = "current"

    def parameters(self) -> dict[str, Any]:
        """The values by the names that the statements give them."""
        role = None if self.role is None else self.role.value
        return {
            "today": self.day,
            "due_soon_days": self.due_soon_days,
            "role": role,
            "deadline": self.deadline,
        }


AT_WORK = "current in ('in_time', 'due_soon')"
DEADLINES = {
    "oldest_overdue_on": "min(deadline_on) filter (where current = 'overdue')",
    "next_deadline_on": f"min(deadline_on) filter (where {AT_WORK})",
    "next_deadline_count": "coalesce(cardinality(array_positions("
    f"array_agg(deadline_on) filter (where {AT_WORK}), min(deadline_on) filter (where {AT_WORK})"
    ")), 0)",
}
"""The oldest of the deadlines in force that have passed, the next one to come, and the number of
assignments that are due on the next one: of assignments at work."""
COLUMNS = [*STOCKS, *DEADLINES]
FIGURES = {
    "statistics": TREE,
    "deadlines": json_text({name: as_json(name) for name in DEADLINES}),
}
COUNTED = f"""
with judged as (
  select {{key}} as key, {{part_key}} as part_key, s.deadline_on, {JUDGED}
  from assignment_state s {{counted_with}}
  where {HELD} and s.plan_id = :plan_id and (cast(:role as text) is null or s.role = :role)
    and (cast(:period as text) is null or s.occurrence = :period)
), every as (
  select key, grouping(key) = 1 as is_total, {{parts}}, {COUNTS},
    {", ".join(f"{value} as {name}" for name, value in DEADLINES.items())}
  from judged group by grouping sets ({{sets}})
), counted as (select * from every where not is_part)
"""
IS_PART = "part_key, grouping(part_key) = 0 as is_part"
# Parts are named as groups are: under the names that a `Grouping` knows.
PARTS = f"""parts as (
  select counted.*, {{code}} as code, {{label}} as label, {{kind}} as kind,
    row_number() over (order by {{order}}) as place
  from (
    select key as group_key, part_key as key, {", ".join(COLUMNS)} from every where is_part
  ) counted {{named_with}}
)"""
NO_PARTS = "parts as (select null as group_key where false)"
PART = json_text({**NAMES, **FIGURES})
ITS_PARTS = list_of(
    PART, "parts where parts.group_key is not distinct from named.key", order_by="place"
)


def _answer(has_parts: bool) -> str:
    group = json_text({**NAMES, **FIGURES, "groups": ITS_PARTS if has_parts else "'null'"})
    of_all = "(select {figures} from counted where is_total)"
    total = {name: of_all.format(figures=value) for name, value in FIGURES.items()}
    return json_text(
        {
            "plan_id": "to_json(plan.id)",
            "as_of": "to_json(cast(:today as date))",
            "by": "to_json(cast(:by as text))",
            "role": "to_json(coalesce(:role, 'all'))",
            "period": as_json("cast(:period as text)"),
            "total": total["statistics"],
            "deadlines": total["deadlines"],
            "groups": list_of(group, "named", order_by="place"),
        }
    )


@cache
def _statement(by: Division, then: Division | None, sort: Sort) -> sa.TextClause:
    grouping = GROUPINGS[by].sorted_by(sort)
    part = None if then is None else GROUPINGS[then].sorted_by(sort)
    counted = COUNTED.format(
        key=grouping.key,
        part_key="null" if part is None else part.key,
        parts="false as is_part" if part is None else IS_PART,
        counted_with=grouping.counted_with or (part.counted_with if part else ""),
        sets="(key), ()" if part is None else "(key, part_key), (key), ()",
    )
    parts = NO_PARTS if part is None else PARTS.format(**part._asdict())
    named = NAMED.format(**grouping._asdict())
    return sa.text(
        f"{counted}, {named}, {parts} select {_answer(part is not None)} from plan where {VISIBLE}"
    )


async def plan_statistics_json(
    sql: Sql,
    as_of: AsOf,
    *,
    plan_id: uuid.UUID,
    by: Division,
    mine: uuid.UUID,
    then: Division | None = None,
    period: str | None = None,
    sort: Sort = "order",
) -> str:
    """A plan's figures as JSON text, of one *period* or of all; a draft exists for *mine*, its own
    agency, alone.

    *then*: each group is divided once more. Raises `NotFoundError`.
    """
    named = by if then is None else f"{by},{then}"
    given = {"plan_id": plan_id, "mine": mine, "by": named, "period": period}
    parameters = given | as_of.parameters()
    for (body,) in await fetch(sql, _statement(by, then, sort), parameters):
        return str(body)
    raise NotFoundError(NO_SUCH_PLAN)

"""The flows between two days: assignments carried in, given, fallen due, closed, carried out.

A flow is the difference between the counts at its two ends, so that carried in plus given less
closed is carried out, for every group: of a plan from its rows, over all plans from the stored
sums. docs/sql/figures/ has the statements written out.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.errors import NotFoundError
from app.models import EVERY_AGENCY, EVERY_PERIOD, AssigneeRole
from app.queries.figures.groupings import GROUPINGS, NAMED, NAMES, Division, ProvinceDivision
from app.queries.figures.province import (
    IS_LAID_OUT,
    KNOWN_PERIODS,
    Scope,
    Statements,
    ask,
    both,
    numbers,
)
from app.queries.figures.status_tree import (
    EVER_COUNTS,
    NUMBERS,
    OPEN_STANDINGS,
    STANDINGS,
    added_up,
    ever,
)
from app.queries.json_shapes import as_json, json_text, list_of
from app.queries.plans.plans import NO_SUCH_PLAN, VISIBLE
from app.reading import Sql, fetch


@dataclass(frozen=True, slots=True)
class Flow:
    """The days between which flows are counted, both inclusive, and the role (None: both)."""

    first: date
    last: date
    due_soon_days: int
    role: AssigneeRole | None = AssigneeRole.LEAD

    def parameters(self) -> dict[str, Any]:
        """The values by the names that the statements give them."""
        return {
            "first": self.first,
            "before": self.first - timedelta(1),
            "today": self.last,
            "due_soon_days": self.due_soon_days,
            "role": None if self.role is None else self.role.value,
        }


ENDS = "(values (cast(:before as date), -1), (cast(:today as date), 1)) as day (today, sign)"
"""SQL of the two ends: the count at the first is subtracted."""
BEGUN = [name for name in STANDINGS if name != "upcoming"]
CARRIED = f"""
  coalesce(sum({" + ".join(OPEN_STANDINGS)}) filter (where sign < 0), 0)::bigint as carried_in,
  coalesce(sum({" + ".join(OPEN_STANDINGS)}) filter (where sign > 0), 0)::bigint as carried_out"""
CHANGED = ", ".join(f"coalesce(sum(sign * {name}), 0)::bigint as {name}" for name in NUMBERS)
HANDED_OVER = f"(given + taken_over - ({' + '.join(BEGUN)}))"
"""SQL of the assignments that came and are not there any more: they were handed over or merged,
whatever their state was."""
COMPLETED = {
    "total": "completed",
    "on_time": "current_on_time",
    "late": "current_late",
    "no_deadline": "current_completed_no_deadline",
}
CALLED_OFF = {
    "total": "revoked + not_applicable",
    "revoked": "revoked",
    "not_applicable": "not_applicable",
}
AT_CLOSE = {
    "total": "carried_over + unfinished_at_close",
    "carried_over": "carried_over",
    "unfinished": "unfinished_at_close",
}
CLOSED = (
    "completed + revoked + not_applicable + ended_with_task + carried_over + unfinished_at_close"
    f" + {HANDED_OVER}"
)
FLOWS = json_text(
    {
        "carried_in": "carried_in",
        "given": {"total": "given + taken_over", "new": "given", "taken_over": "taken_over"},
        "fallen_due": "fallen_due",
        "closed": {
            "total": CLOSED,
            "completed": COMPLETED,
            "called_off": CALLED_OFF,
            "ended_with_task": "ended_with_task",
            "at_close": AT_CLOSE,
            "handed_over": HANDED_OVER,
        },
        "carried_out": "carried_out",
    }
)
GROUP = json_text({**NAMES, "flows": FLOWS})
GROUPS = list_of(GROUP, "named", order_by="place")
TOTAL = f"(select {FLOWS} from counted where is_total)"
COUNTED = f"""counted as (
  select * from (
    select key, grouping(key) = 1 as is_total, {CARRIED}, {CHANGED}
    from ends group by grouping sets ((key), ())
  ) every
  where is_total or carried_in + given + taken_over + fallen_due + carried_out > 0
)"""
# An assignment that awaits a handover flows from the agency that leaves it to its successor.
KEYS: dict[Division, str] = {"agency": "s.agency_id"}


def _of_plan(by: Division) -> sa.TextClause:
    grouping = GROUPINGS[by]
    answer = json_text(
        {
            "plan_id": "to_json(plan.id)",
            "from": "to_json(cast(:first as date))",
            "to": "to_json(cast(:today as date))",
            "by": "to_json(cast(:by as text))",
            "role": "to_json(coalesce(cast(:role as text), 'all'))",
            "period": as_json("cast(:period as text)"),
            "total": TOTAL,
            "groups": GROUPS,
        }
    )
    return sa.text(f"""
with judged as (
  select {KEYS.get(by, grouping.key)} as key, sign, 1 as weight, {ever("day.today")}
  from assignment_state s {grouping.counted_with} cross join {ENDS}
  where s.plan_id = :plan_id and s.since <= day.today
    and (cast(:role as text) is null or s.role = :role)
    and (cast(:period as text) is null or s.occurrence = :period)
  offset 0
), ends as (
  select key, sign, {EVER_COUNTS} from judged group by key, sign
), {COUNTED}, {NAMED.format(**grouping._asdict())}
select {answer} from plan where {VISIBLE}
""")


OF_PLAN: dict[Division, sa.TextClause] = {
    by: _of_plan(by) for by in ("agency", "group", "task", "period")
}
AGENCIES = f"""
  select array[agency.id::text, sign::text] as key, agency.id as agency_id,
    cast(:period as text) as occurrence, day.today
  from agency cross join {ENDS}
  where cast(:agency_id as uuid) = '{EVERY_AGENCY}' or agency.id = :agency_id
"""
PERIODS = f"""
  select array[known.occurrence, sign::text] as key, cast(:agency_id as uuid) as agency_id,
    known.occurrence, day.today
  from {KNOWN_PERIODS} cross join {ENDS}
  where :period = '{EVERY_PERIOD}' or known.occurrence = :period
"""


def _of_all(cells: str, key: str, by: ProvinceDivision, type_of_key: str) -> Statements:
    def statement(from_sums: bool) -> str:
        found = numbers(
            cells,
            from_sums=from_sums,
            key=f"array[{key}::text, sign::text]",
            days=f"cross join {ENDS}",
            today="day.today",
            is_ever=True,
        )
        return f"""
{found}, ends as (
  select key[1]::{type_of_key} as key, key[2]::integer as sign, {added_up(NUMBERS)}
  from part group by key
), {COUNTED}, {NAMED.format(**GROUPINGS[by]._asdict())}
select {TOTAL} as total, {GROUPS} as groups, {IS_LAID_OUT}
"""

    return both(statement)


OF_ALL: dict[ProvinceDivision, Statements] = {
    "agency": _of_all(AGENCIES, "s.agency_id", "agency", "uuid"),
    "period": _of_all(PERIODS, "s.occurrence", "period", "text"),
}


async def plan_flows_json(
    sql: Sql, flow: Flow, *, plan_id: uuid.UUID, by: Division, mine: uuid.UUID, period: str | None
) -> str:
    """A plan's flows as JSON text, of one *period* or of all; a draft exists for *mine*, its own
    agency, alone.

    Raises `NotFoundError`.
    """
    given = {"plan_id": plan_id, "mine": mine, "by": by, "period": period}
    for (body,) in await fetch(sql, OF_PLAN[by], given | flow.parameters()):
        return str(body)
    raise NotFoundError(NO_SUCH_PLAN)


async def all_flows_json(
    sql: Sql, flow: Flow, part: Scope, *, by: ProvinceDivision
) -> tuple[str, str]:
    """The JSON texts of the flows over all plans, open or closed: of the total and the groups."""
    parameters = flow.parameters() | part.parameters()
    [row] = await ask(sql, OF_ALL[by], parameters)
    return row.total, row.groups

"""The deadlines in force over all plans as of a day: the oldest that has passed, the next to come.

Of an agency an index has the present states of what is open by deadline, so that only the first of
each side is read; what was otherwise on a past day is found among what has changed since. Of a plan
its states are gone through; by year, what is open is.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.queries.figures.groupings import Division
from app.queries.figures.plan import AsOf
from app.queries.figures.province import IN_PART, PARTS, PARTS_ASKED, Scope
from app.queries.figures.status_tree import held
from app.reading import Sql, fetch

DEADLINE = "coalesce(s.deadline_on, 'infinity'::date)"
AT_WORK = f"""s.status in ('not_started', 'in_progress') and not s.awaits_handover
      and s.starts_on <= :today and s.since <= :today and {IN_PART}"""
PRESENT = f"""select s.deadline_on from assignment_state s
       where s.agency_id = agency.id and s.role = role.role
         and s.plan_closed = of_plans.plan_closed and s.until is null
         and workload_rank(s.status) = 0 and {AT_WORK}"""
"""SQL of the open deadlines of an agency in a role, in open or in closed plans; the index
`ix_assignment_state_workload` has them in order."""
CHANGED_SINCE = f"""
  select s.deadline_on from assignment_state s
   where s.agency_id = agency.id and s.until > :today and s.deadline_on is not null and {AT_WORK}"""
FIRST = f"""
    select s.deadline_on from {PARTS} cross join lateral (
      {PRESENT} and {{side}} order by {DEADLINE} limit 1) s
     where {PARTS_ASKED}"""
OF_AGENCIES = f"""
select agency.id as key, ends.oldest, ends.next, case when ends.next is null then 0 else (
    select count(*) from {PARTS} cross join lateral (
      {PRESENT} and {DEADLINE} = ends.next) s
     where {PARTS_ASKED}
  ) + (
    select count(*) from ({CHANGED_SINCE}) since where since.deadline_on = ends.next
  ) end as count
from agency cross join lateral (
  select min(deadline_on) filter (where deadline_on < :today) as oldest,
    min(deadline_on) filter (where deadline_on >= :today) as next
  from (
    {FIRST.format(side=f"{DEADLINE} < :today")}
    union all
    {FIRST.format(side=f"{DEADLINE} >= :today and {DEADLINE} < 'infinity'")}
    union all {CHANGED_SINCE}
  ) found
) ends
where coalesce(ends.oldest, ends.next) is not null
"""
OF_ROWS = f"""
select key, min(deadline_on) filter (where deadline_on < :today) as oldest, min(next) as next,
  count(*) filter (where deadline_on = next) as count
from (
  select {{key}} as key, s.deadline_on,
    min(s.deadline_on) filter (where s.deadline_on >= :today) over (partition by {{key}}) as next
  from assignment_state s
  where s.deadline_on is not null and {held()} and {AT_WORK} and {{among}}
) found group by key
"""
STATEMENTS: dict[Division, sa.TextClause] = {
    "agency": sa.text(OF_AGENCIES),
    "period": sa.text(OF_ROWS.format(key="s.occurrence", among="true")),
    "plan": sa.text(
        OF_ROWS.format(key="s.plan_id", among="s.plan_id = any(cast(:plans as uuid[]))")
    ),
}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of one group, or of all groups (no key): the oldest that has passed, the next
    one to come, and the number of assignments that are due on the next one."""

    key: str | None
    oldest_overdue_on: date | None
    next_deadline_on: date | None
    next_deadline_count: int


async def deadlines_of_agencies(sql: Sql, as_of: AsOf, part: Scope) -> list[Deadlines]:
    """The deadlines of every agency that has an assignment at work with a deadline."""
    return await _read(sql, "agency", as_of, part)


async def deadlines_by(
    sql: Sql, by: Division, as_of: AsOf, part: Scope, *, plans: Sequence[uuid.UUID]
) -> list[Deadlines]:
    """The deadlines of every group; by plan of these *plans*."""
    return await _read(sql, by, as_of, part, **({"plans": list(plans)} if by == "plan" else {}))


def all_together(found: Sequence[Deadlines]) -> Deadlines:
    """The deadlines of all groups together."""
    passed = [one.oldest_overdue_on for one in found if one.oldest_overdue_on is not None]
    ahead = min((one.next_deadline_on for one in found if one.next_deadline_on), default=None)
    count = sum(one.next_deadline_count for one in found if one.next_deadline_on == ahead)
    return Deadlines(None, min(passed, default=None), ahead, 0 if ahead is None else count)


async def _read(sql: Sql, by: Division, as_of: AsOf, part: Scope, **also: Any) -> list[Deadlines]:
    given = as_of.parameters() | part.parameters() | also
    names = ("today", "role", "agency_id", "period", "plan_closed", *also)
    rows = await fetch(sql, STATEMENTS[by], {name: given[name] for name in names})
    return [Deadlines(str(row.key), row.oldest, row.next, row.count) for row in rows]

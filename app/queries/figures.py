"""Counting over all plans: from sums that are kept, and what was not folded into them yet.

One statement reads both, so they are of one moment. Where the sums are not laid out, or by another
setting than the one that is asked with, it counts the rows instead: slower, and as right.
"""

# ruff: noqa: S608 - names and conditions of our own

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import EVERY_AGENCY, EVERY_PERIOD
from app.queries.statistics import GROUPINGS, AsOf, By, GroupCounts, Grouping
from app.queries.status_tree import ALL, COUNTS, NUMBERS, SUMS, WEIGHED, held, judged

Numbers = Mapping[str, int]
NAMES = ", ".join(NUMBERS)


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of all assignments is counted; all of them if nothing is named."""

    agency_id: uuid.UUID | None = None
    period: str | None = None

    def parameters(self) -> dict[str, Any]:
        """As the statements name them."""
        return {
            "agency_id": self.agency_id or EVERY_AGENCY,
            "period": self.period or EVERY_PERIOD,
        }


IS_LAID_OUT = "(select exists (select from figure_basis where due_soon_days = :due_soon_days))"
IN_ROLE = "(cast(:role as text) is null or {row}.role = :role)"
IN_PART = f"""
  (cast(:agency_id as uuid) = '{EVERY_AGENCY}' or s.agency_id = :agency_id)
  and (cast(:period as text) = '{EVERY_PERIOD}' or s.occurrence = :period)
  and {IN_ROLE.format(row="s")}"""
# Whatever is asked for is named by cells, each with a key and a day.
SUMMED = f"""
  select cell.key, {NAMES}
  from cell
  cross join (values ('lead'), ('coordinating')) as role (role)
  cross join lateral (
    select * from figure f
    where f.agency_id = cell.agency_id and f.occurrence = cell.occurrence and f.role = role.role
      and f.since <= cell.today
    order by f.since desc limit 1
  ) f
  where {IS_LAID_OUT} and {IN_ROLE.format(row="role")}
"""
COUNTED = """
  select key, {counts} from (
    select {key} as key, {weight} as weight, {judged}
    from {rows} s {days} where {held} and {part} and {when} offset 0
  ) judged group by key
"""


def numbers(
    cells: str, *, key: str, part: str = IN_PART, days: str = "", today: str = ":today"
) -> str:
    """SQL of the numbers of each key: *cells* are those that are summed, *key* is that of a row.

    *part* says which rows belong to any of the cells. *days* is joined to every row where there
    are several, and *today* then the day of each.
    """
    counted = {
        "key": key,
        "judged": judged(today if days else f"cast({today} as date)"),
        "days": days,
        "held": held(today),
        "part": part,
    }
    log = COUNTED.format(
        rows="figure_change", weight="s.weight", counts=WEIGHED, when=IS_LAID_OUT, **counted
    )
    rows = COUNTED.format(
        rows="assignment_state", weight="1", counts=COUNTS, when=f"not {IS_LAID_OUT}", **counted
    )
    return f"with recursive cell as ({cells}), part as ({SUMMED} union all {log} union all {rows})"


# What waits for a handover is no agency's, though it is kept under the one that leaves it.
APART = ", ".join("0" if name == "awaiting_handover" else name for name in NUMBERS)
WAITING = ", ".join(name if name == "awaiting_handover" else "0" for name in NUMBERS)
SPLIT = f"""
  select key, {APART} from part
  union all select null, {WAITING} from part where awaiting_handover <> 0
"""
AGENCIES = f"""
  select agency.id as key, agency.id as agency_id, cast(:period as text) as occurrence,
    cast(:today as date) as today
  from agency where cast(:agency_id as uuid) = '{EVERY_AGENCY}' or agency.id = :agency_id
"""
# From one occurrence to the next by the key, however many days there are of each.
NEXT_PERIOD = """
  select f.occurrence from figure f where f.agency_id = :agency_id and f.occurrence > {after}
  order by f.occurrence limit 1
"""
PERIODS = f"""
  select known.occurrence as key, cast(:agency_id as uuid) as agency_id, known.occurrence,
    cast(:today as date) as today
  from (
    with recursive known (occurrence) as (
      ({NEXT_PERIOD.format(after=f"'{EVERY_PERIOD}'")})
      union all
      select ({NEXT_PERIOD.format(after="known.occurrence")}) from known
      where known.occurrence is not null
    )
    select occurrence from known where occurrence is not null
  ) known
  where :period = '{EVERY_PERIOD}' or known.occurrence = :period
"""


def _groups(cells: str, key: str, parts: str, grouping: Grouping) -> sa.TextClause:
    return sa.text(f"""
{numbers(cells, key=key)}, counted as (
  select key, {SUMS} from ({parts}) part (key, {NAMES}) group by key having sum({ALL}) > 0
)
select counted.*, {grouping.code} as code, {grouping.label} as label
from counted {grouping.named_with} order by {grouping.order}
""")


GROUPS: dict[By, sa.TextClause] = {
    "agency": _groups(AGENCIES, "s.agency_id", SPLIT, GROUPINGS["agency"]),
    "period": _groups(PERIODS, "s.occurrence", "table part", GROUPINGS["period"]),
}
# A day is given once, whatever holds of it.
DAYS = """
  select day as key, cast(:agency_id as uuid) as agency_id, cast(:period as text) as occurrence,
    day as today
  from unnest(cast(:days as date[])) day
"""
SERIES = sa.text(
    numbers(DAYS, key="day.today", days="join cell day on true", today="day.today")
    + f" select key, {SUMS} from part group by key"
)
PLAN_SERIES = sa.text(f"""
select key, {COUNTS} from (
  select day as key, {judged("day")}
  from unnest(cast(:days as date[])) day join assignment_state s on {held("day")}
  where s.plan_id = :plan_id and {IN_PART} offset 0
) judged group by key
""")
PAGE_OF_PLANS = f"""
with page as (
  select plan.id as key, plan.number as code, plan.title as label, {{issued_on}} as issued_on
  from plan
  where plan.status <> 'draft' and {{after}} and exists (
    select from assignment_state s where s.plan_id = plan.id and {held()} and {IN_PART}
  )
  order by {{issued_on}}, plan.id limit :limit + 1
)
select page.key, page.code, page.label, page.issued_on::text as issued_on, counted.*
from page cross join lateral (
  select {COUNTS} from (
    select {judged()} from assignment_state s
    where s.plan_id = page.key and {held()} and {IN_PART} offset 0
  ) judged
) counted
order by page.issued_on, page.key
"""
ISSUED_ON = "coalesce(plan.issued_on, 'infinity'::date)"
AFTER = (
    f"({ISSUED_ON}, plan.id) > (cast(cast(:after_issued_on as text) as date),"
    " cast(:after_id as uuid))"
)


def _numbers(row: Any) -> dict[str, int]:
    return {name: int(row[name]) for name in NUMBERS}


def _group(row: Any) -> GroupCounts:
    key = None if row["key"] is None else str(row["key"])
    return GroupCounts(key, row["code"], row["label"], _numbers(row))


async def list_counts(
    session: AsyncSession, as_of: AsOf, *, by: By, part: Part | None = None
) -> list[GroupCounts]:
    """The counts over all issued plans, agency by agency or period by period."""
    parameters = {**as_of.parameters(), **(part or Part()).parameters()}
    result = await (await session.connection()).execute(GROUPS[by], parameters)
    return [_group(row) for row in result.mappings()]


async def page_of_plan_counts(
    session: AsyncSession,
    as_of: AsOf,
    part: Part,
    *,
    limit: int,
    after: tuple[str, uuid.UUID] | None,
) -> tuple[list[GroupCounts], tuple[str, str] | None]:
    """The counts of a page of plans, those issued first; and the key of its last if more follow.

    The key is the day of issue and the id.
    """
    statement = PAGE_OF_PLANS.format(issued_on=ISSUED_ON, after=AFTER if after else "true")
    parameters = {**as_of.parameters(), **part.parameters(), "limit": limit}
    if after is not None:
        parameters |= {"after_issued_on": after[0], "after_id": after[1]}
    result = await (await session.connection()).execute(sa.text(statement), parameters)
    rows = result.mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    key = None if last is None else (last["issued_on"], str(last["key"]))
    return [_group(row) for row in rows[:limit]], key


async def counts_of_days(
    session: AsyncSession, as_of: AsOf, part: Part, days: Sequence[date]
) -> list[Numbers]:
    """The counts over all issued plans on each of these days, whatever day *as_of* names."""
    return await _series(session, SERIES, {**_of(as_of, part), "days": list(days)}, days)


async def plan_counts_of_days(
    session: AsyncSession, as_of: AsOf, part: Part, days: Sequence[date], *, plan_id: uuid.UUID
) -> list[Numbers]:
    """The counts of one plan on each of these days."""
    parameters = {**_of(as_of, part), "days": list(days), "plan_id": plan_id}
    return await _series(session, PLAN_SERIES, parameters, days)


def _of(as_of: AsOf, part: Part) -> dict[str, Any]:
    return {**as_of.parameters(), **part.parameters()}


async def _series(
    session: AsyncSession,
    statement: sa.TextClause,
    parameters: dict[str, Any],
    days: Sequence[date],
) -> list[Numbers]:
    result = await (await session.connection()).execute(statement, parameters)
    found = {row["key"]: _numbers(row) for row in result.mappings()}
    return [found.get(day, dict.fromkeys(NUMBERS, 0)) for day in days]

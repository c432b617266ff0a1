"""The figures over all plans: from the sums that are kept, and the changes not folded into them.

One statement reads both, so that they are of one moment, and says whether the sums are laid out for
the caller's `due_soon_days`. Where they are not, a second statement counts the rows: it is slower,
and its numbers are the same. There are two, since PostgreSQL would plan an unused branch for every
request. docs/sql/figures/ has both written out.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from app.models import EVERY_AGENCY, EVERY_PERIOD
from app.queries.figures.groupings import (
    GROUPINGS,
    GROUPS,
    NAMED,
    SORTS,
    TOTAL,
    Division,
    Grouping,
    Sort,
)
from app.queries.figures.plan import AsOf
from app.queries.figures.status_tree import (
    ALL,
    COUNTS,
    EVER_COUNTS,
    NUMBERS,
    STOCKS,
    SUMS,
    WEIGHED,
    ever,
    held,
    judged,
)
from app.queries.plans.days_past import STATUS
from app.reading import Sql, fetch

NAMES = ", ".join(STOCKS)
Plans = Literal["open", "closed", "all"]
"""The plans that figures are of, as they were on the day."""


@dataclass(frozen=True, slots=True)
class Scope:
    """An agency and a period to which the figures are narrowed (None: all of them), and of which
    plans they are."""

    agency_id: uuid.UUID | None = None
    period: str | None = None
    plans: Plans = "open"

    def parameters(self) -> dict[str, Any]:
        """The scope's parameters, by their names in the statements."""
        return {
            "agency_id": self.agency_id or EVERY_AGENCY,
            "period": self.period or EVERY_PERIOD,
            "plan_closed": None if self.plans == "all" else self.plans == "closed",
        }


IS_LAID_OUT = (
    "(select exists (select from figure_basis where due_soon_days = :due_soon_days)) as is_laid_out"
)
IN_ROLE = "(cast(:role as text) is null or {row}.role = :role)"
IN_PLANS = "(cast(:plan_closed as boolean) is null or {row}.plan_closed = :plan_closed)"
IN_PART = f"""
  (cast(:agency_id as uuid) = '{EVERY_AGENCY}' or s.agency_id = :agency_id)
  and (cast(:period as text) = '{EVERY_PERIOD}' or s.occurrence = :period)
  and {IN_ROLE.format(row="s")} and {IN_PLANS.format(row="s")}"""
ROLES = "(values ('lead'), ('coordinating')) as role (role)"
PARTS = f"{ROLES} cross join (values (false), (true)) as of_plans (plan_closed)"
"""SQL of the parts into which an agency's figures are divided, by which an index finds them."""
PARTS_ASKED = f"{IN_ROLE.format(row='role')} and {IN_PLANS.format(row='of_plans')}"
# Every question is a list of cells (agency, period, day), each with the key of its answer.
SUMMED = f"""
  select cell.key, {{names}}
  from cell
  cross join {PARTS}
  cross join lateral (
    select * from figure f
    where f.agency_id = cell.agency_id and f.occurrence = cell.occurrence and f.role = role.role
      and f.plan_closed = of_plans.plan_closed and f.since <= cell.today
    order by f.since desc limit 1
  ) f
  where {PARTS_ASKED}
"""
COUNTED = """
  select key, {counts} from (
    select {key} as key, {weight} as weight, {judged}
    from {rows} s {days} where {held} and {part} offset 0
  ) judged group by key
"""


def numbers(
    cells: str,
    *,
    from_sums: bool,
    key: str,
    part: str = IN_PART,
    days: str = "",
    today: str = ":today",
    is_ever: bool = False,
) -> str:
    """SQL of `part`, the numbers of each key: *from_sums*, or else from the rows.

    *cells* is SQL of the cells whose sums are read, *key* that of the key of a row, *part* the
    condition that a row belongs to one of the cells. For several days at once *days* joins them to
    every row, and *today* is the day of each. *is_ever*: with the numbers that stay counted.
    """
    day = today if days else f"cast({today} as date)"
    row = {
        "key": key,
        "judged": ever(day) if is_ever else judged(day),
        "days": days,
        "held": f"s.since <= {today}" if is_ever else held(today),
        "part": part,
    }
    weighed, counts = (EVER_COUNTS, EVER_COUNTS) if is_ever else (WEIGHED, COUNTS)
    log = COUNTED.format(rows="figure_change", weight="s.weight", counts=weighed, **row)
    rows = COUNTED.format(rows="assignment_state", weight="1", counts=counts, **row)
    sums = SUMMED.format(names=", ".join(NUMBERS) if is_ever else NAMES)
    found = f"{sums} union all {log}" if from_sums else rows
    return f"with recursive cell as ({cells}), part as ({found})"


Statements = Callable[[bool], sa.TextClause]
"""By `from_sums`: the statement that reads the sums, or the one that counts the rows."""


def both(make: Callable[[bool], str]) -> Statements:
    """The two statements that *make* composes, each when it is first asked for: of the texts, some
    20,000 characters each, most are never."""
    return cache(lambda from_sums: sa.text(make(from_sums)))


async def ask(sql: Sql, statements: Statements, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of the statement that reads the sums; if none are laid out, of the other one."""
    rows = await fetch(sql, statements(True), parameters)
    if not rows or rows[0].is_laid_out:
        return rows
    return await fetch(sql, statements(False), parameters)


# An assignment that awaits a handover is no agency's, though the sums keep it under its last one.
APART = ", ".join("0" if name == "awaiting_handover" else name for name in STOCKS)
WAITING = ", ".join(name if name == "awaiting_handover" else "0" for name in STOCKS)
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
KNOWN_PERIODS = f"""(
    with recursive known (occurrence) as (
      ({NEXT_PERIOD.format(after=f"'{EVERY_PERIOD}'")})
      union all
      select ({NEXT_PERIOD.format(after="known.occurrence")}) from known
      where known.occurrence is not null
    )
    select occurrence from known where occurrence is not null
  ) known"""
PERIODS = f"""
  select known.occurrence as key, cast(:agency_id as uuid) as agency_id, known.occurrence,
    cast(:today as date) as today
  from {KNOWN_PERIODS}
  where :period = '{EVERY_PERIOD}' or known.occurrence = :period
"""


def _groups(cells: str, key: str, parts: str, grouping: Grouping) -> Statements:
    named = NAMED.format(**grouping._asdict())
    return both(
        lambda from_sums: (
            f"""
{numbers(cells, from_sums=from_sums, key=key)}, counted as (
  select key, grouping(key) = 1 as is_total, {SUMS} from ({parts}) part (key, {NAMES})
  group by grouping sets ((key), ()) having sum({ALL}) > 0 or grouping(key) = 1
), {named}
select {TOTAL} as total, {GROUPS} as groups, {IS_LAID_OUT}
"""
        )
    )


CELLS: dict[Division, tuple[str, str, str]] = {
    "agency": (AGENCIES, "s.agency_id", SPLIT),
    "period": (PERIODS, "s.occurrence", "table part"),
}
STATEMENTS: dict[tuple[Division, Sort], Statements] = {
    (by, sort): _groups(*cells, GROUPINGS[by].sorted_by(sort))
    for by, cells in CELLS.items()
    for sort in SORTS
}
ALL_OF_IT = """
  select 0 as key, cast(:agency_id as uuid) as agency_id, cast(:period as text) as occurrence,
    cast(:today as date) as today
"""
ISSUED_ON = "coalesce(plan.issued_on, 'infinity'::date)"
AFTER = (
    f"({ISSUED_ON}, plan.id) > (cast(cast(:after_issued_on as text) as date),"
    " cast(:after_id as uuid))"
)


# Sums are stored for whole plans, as for agencies; for a part of a plan its rows are counted.
KEPT_OF_PLAN = f"""
  select {NAMES}
  from {ROLES}
  cross join lateral (
    select * from plan_figure f
    where f.plan_id = plan.id and f.role = role.role and f.since <= :today
    order by f.since desc limit 1
  ) f
  where {IN_ROLE.format(row="role")}
  union all select {NAMES} from logged where logged.key = plan.id
"""
# Most plans of twenty years are closed: the condition is tested before a plan's rows are counted.
IS_OF_PLANS = f"(cast(:plan_closed as boolean) is null or ({STATUS} = 'closed') = :plan_closed)"
COUNTED_OF_PLAN = f"""
  select {COUNTS} from (
    select {judged()} from assignment_state s
    where s.plan_id = plan.id and {held()} and {IN_PART} offset 0
  ) judged
"""
LOGGED = COUNTED.format(
    key="s.plan_id",
    weight="s.weight",
    judged=judged("cast(:today as date)"),
    rows="figure_change",
    days="",
    held=held(),
    part=IN_ROLE.format(row="s"),
    counts=WEIGHED,
)


def _page_of_plans(from_sums: bool, goes_on: bool, whole: bool) -> str:
    of_plan, logged = COUNTED_OF_PLAN, ""
    if from_sums and whole:
        of_plan = KEPT_OF_PLAN
        logged = f", logged as materialized ({LOGGED})"
    return f"""
{numbers(ALL_OF_IT, from_sums=from_sums, key="0")}, counted as (
  select true as is_total, {SUMS} from part
){logged}, page as (
  select found.*, row_number() over (order by issued_on, key) as place
  from (
    select plan.id as key, plan.number as code, plan.title as label, {ISSUED_ON} as issued_on, own.*
    from plan cross join lateral (select {SUMS} from ({of_plan}) part) own
    where plan.status <> 'draft' and {AFTER if goes_on else "true"} and {IS_OF_PLANS}
      and {ALL} > 0
    order by {ISSUED_ON}, plan.id limit :limit + 1
  ) found
), named as (
  select page.*, null as kind, false as is_total from page where place <= :limit
)
select {TOTAL} as total, {GROUPS} as groups, last.issued_on::text as issued_on, last.key::text,
  {IS_LAID_OUT}
from (select) one left join page last
  on last.place = :limit and exists (select from page where place > :limit)
"""


PAGES = {
    (goes_on, whole): both(partial(_page_of_plans, goes_on=goes_on, whole=whole))
    for goes_on in (False, True)
    for whole in (False, True)
}


class ProvinceFigures(NamedTuple):
    """JSON texts, and the plan after which the next page begins: its day of issue and its id."""

    total: str
    groups: str
    last: tuple[str, str] | None = None


async def province_figures(
    sql: Sql, as_of: AsOf, *, by: Division, part: Scope | None = None, sort: Sort = "order"
) -> ProvinceFigures:
    """The figures over all issued plans, by agency or by period; all of them are one page."""
    parameters = {**as_of.parameters(), **(part or Scope()).parameters()}
    [row] = await ask(sql, STATEMENTS[by, sort], parameters)
    return ProvinceFigures(row.total, row.groups)


async def figures_of_plans(
    sql: Sql,
    as_of: AsOf,
    part: Scope,
    *,
    limit: int,
    after: tuple[str, uuid.UUID] | None,
) -> ProvinceFigures:
    """The figures of a page of plans in the order of their issue; the total is of all plans.

    *after* is the day of issue and the id of the last plan before the page.
    """
    parameters = {**as_of.parameters(), **part.parameters(), "limit": limit}
    if after is not None:
        parameters |= {"after_issued_on": after[0], "after_id": after[1]}
    [row] = await ask(
        sql, PAGES[after is not None, (part.agency_id, part.period) == (None, None)], parameters
    )
    last = None if row.key is None else (row.issued_on, row.key)
    return ProvinceFigures(row.total, row.groups, last)

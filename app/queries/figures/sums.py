"""Folding changes into the sums of the figures, and laying all sums out anew from the rows.

`status_tree` judges the first day of each span of days over which the state of an assignment counts
the same way: the rule by which states are counted is written once. Those of reporting are kept by
`reporting_sums`, in the same transactions.

One transaction at a time does this, under `lock_figures`; requests neither wait for it nor make it
wait.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import FigureBasis
from app.queries.figures.kept import Kept, delta, deltas, finest, folded, laid_out
from app.queries.figures.status_tree import NUMBERS, RUNNING, STEPS, STOCKS, held, judged

MOVES = "s.status in ('not_started', 'in_progress') and not s.awaits_handover"
"""SQL of the condition that `s` counts otherwise as days pass, if it has a deadline."""


def _spans_of(deadline: str) -> str:
    """SQL of the days on which a row that counts otherwise by a deadline begins to, and ceases
    to, count each way; a row without one counts one way."""
    bounds = [f"s.{deadline} - cast(:due_soon_days as integer)", f"s.{deadline} + 1"]
    bounds += [f"s.{deadline} + {days + 1}" for days in STEPS.values()]
    firsts, lasts = ", ".join(["null", *bounds]), ", ".join([*bounds, "null"])
    return f"""unnest(
      case when {MOVES} and s.{deadline} is not null then array[{firsts}]::date[]
           else array[null]::date[] end,
      case when {MOVES} and s.{deadline} is not null then array[{lasts}]::date[]
           else array[null]::date[] end) as span (first, last)"""


def _span(source: str, sides: str, first: str, last: str, joined: str = "") -> str:
    return f"""
  select s.*, {sides} as sides, {first} as first, {last} as last from {source} s {joined}"""


def _running(source: str, name: str) -> str:
    day, condition = RUNNING[name]
    return _span(source, f"'{name}'", day, "null") + f" where {held(day)} and {condition}"


def _spans(source: str) -> str:
    """SQL of rows with a weight, as spans of days in each of which they count the same way.

    `sides` says which numbers a span is of: those by one of the deadlines or, where the two are the
    same, by both; the upcoming ones; or one that stays counted from its day on.
    """
    other = f"({MOVES} and s.deadline_on is distinct from s.original_deadline_on)"
    first, last = "greatest(s.since, s.starts_on, span.first)", "least(s.until, span.last)"
    spans = [
        _span(
            source,
            f"case when {other} then 'current' else 'both' end",
            first,
            last,
            f"cross join lateral {_spans_of('deadline_on')}",
        ),
        _span(
            source,
            "'original'",
            first,
            last,
            f"cross join lateral {_spans_of('original_deadline_on')} where {other}",
        ),
        _span(source, "'upcoming'", "s.since", "least(s.until, s.starts_on)"),
        *(_running(source, name) for name in RUNNING),
    ]
    return f"select * from ({' union all '.join(spans)}) span where first < last or last is null"


def _sides(name: str) -> str:
    """SQL of the condition that a span is of a number."""
    if name in RUNNING or name == "upcoming":
        return f"sides = '{name}'"
    return f"sides in ('both', '{'original' if name.startswith('original') else 'current'}')"


CHANGES = {name: f"{_sides(name)} and {STOCKS.get(name, 'true')}" for name in NUMBERS}
OF_AGENCIES = Kept(
    "figure",
    ("agency_id", "occurrence", "role", "plan_closed"),
    (
        ("agency_id", "occurrence", "role", "plan_closed"),
        ("agency_id", "role", "plan_closed"),
        ("occurrence", "role", "plan_closed"),
        ("role", "plan_closed"),
    ),
    CHANGES,
)
OF_PLANS = Kept("plan_figure", ("plan_id", "role"), (("plan_id", "role"),), CHANGES)
KEPT = (OF_AGENCIES, OF_PLANS)
COUNTING = (
    "since, until, deadline_on, original_deadline_on, status, awaits_handover, reported_on,"
    " completed_on, starts_on, taken_over_on"
)


def _judged(kept: Kept, source: str) -> str:
    """SQL of spans in which rows of *source* count the same way."""
    return f"""
  select {kept.cell}, s.first, s.last, s.weight as weight_of_all, s.sides,
    {judged("s.first")}
  from ({_spans(source)}) s"""


def _source(kept: Kept) -> str:
    """SQL of the rows of some plans. Many are alike in all that is counted by: they are taken
    together first."""
    alike = f"{kept.cell}, {COUNTING}"
    return f"""{kept.table}_source as (
  select count(*)::integer as weight, {alike} from assignment_state
  where plan_id = any(cast(:plans as uuid[])) group by {alike}
)"""


COLLECT = f"""
create temp table if not exists figure_collected on commit drop as
select {OF_AGENCIES.cell}, since as day, {OF_AGENCIES.names} from figure with no data
"""
# One statement sees the rows of a plan and its log as of one moment.
LAY_OUT = f"""
with logged as (
  delete from figure_change where plan_id = any(cast(:plans as uuid[]))
), {_source(OF_AGENCIES)}, {finest(OF_AGENCIES, _judged(OF_AGENCIES, "figure_source"))},
collected as (
  insert into figure_collected table figure_finest
), {_source(OF_PLANS)}, {deltas(OF_PLANS, _judged(OF_PLANS, "plan_figure_source"))}
{laid_out(OF_PLANS)}
"""
ADD_UP = f"with {delta(OF_AGENCIES, 'figure_collected')} {laid_out(OF_AGENCIES)}"
FOLD = f"""
with taken as materialized (
  delete from figure_change
  where id in (select id from figure_change order by id limit :rows) returning *
), {", ".join(folded(kept, _judged(kept, "taken")) for kept in KEPT)}
select count(*) from taken
"""


UNHURRIED = [
    sa.text("set local statement_timeout = '0'"),
    sa.text("set local lock_timeout = '0'"),
    sa.text("set local work_mem = '256MB'"),
    # The planner can't know the number of groups, and would sort all rows, which is slow.
    sa.text("set local enable_sort = 'off'"),
    # The rows of some plans are found by indexes, and lie together.
    sa.text("set local random_page_cost = '1.1'"),
    # No two rows have the same spans: memoizing them takes most of the time.
    sa.text("set local enable_memoize = 'off'"),
]


async def lift_timeouts(session: AsyncSession) -> None:
    """Set this transaction's time limits and memory for statements over all rows."""
    connection = await session.connection()
    for setting in UNHURRIED:
        await connection.execute(setting)


async def get_basis(session: AsyncSession) -> FigureBasis | None:
    """The setting for which the sums are laid out; None while they are not."""
    found = select(FigureBasis).where(col(FigureBasis.id) == 1)
    return (await session.exec(found.execution_options(populate_existing=True))).one_or_none()


FORGET = [sa.text(f"delete from {kept.table}") for kept in KEPT]


async def empty(session: AsyncSession) -> None:
    """Empty the sums, and drop the table of changes that batches collect for them."""
    connection = await session.connection()
    for forget in FORGET:
        await connection.execute(forget)
    await connection.execute(sa.text("drop table if exists figure_collected"))


async def count_plans(session: AsyncSession, plans: Sequence[UUID], *, due_soon_days: int) -> None:
    """Count all assignments of these plans, as of all days, in the place of their logged
    changes."""
    parameters = {"plans": list(plans), "due_soon_days": due_soon_days}
    connection = await session.connection()
    await connection.execute(sa.text(COLLECT))
    await connection.execute(sa.text(LAY_OUT), parameters)


async def add_up(session: AsyncSession) -> None:
    """Write the sums of all that was counted."""
    connection = await session.connection()
    await connection.execute(sa.text(COLLECT))
    await connection.execute(sa.text(ADD_UP))


async def fold(session: AsyncSession, *, due_soon_days: int, rows: int) -> int:
    """Fold at most *rows* changes into the sums, and answer their number.

    The caller holds `lock_figures`.
    """
    parameters = {"due_soon_days": due_soon_days, "rows": rows}
    folded = await (await session.connection()).execute(sa.text(FOLD), parameters)
    return int(folded.scalar_one())

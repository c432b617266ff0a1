"""Folding changes into the sums of the figures, and laying all sums out anew from the rows.

The state of an assignment counts the same way over spans of days. `status_tree` judges the first
day of each span; its counts are added on that day and taken off at the span's end, by cell and day.
So a fact that is entered late for a past day changes the sums from that day on, and the rule by
which states are counted is written once.

One transaction at a time does this, under `lock_figures`; requests neither wait for it nor make it
wait.
"""

# ruff: noqa: S608 - composed of the conditions in status_tree; no caller's value is in the text

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import EVERY_AGENCY, EVERY_PERIOD, FigureBasis
from app.queries.figures.status_tree import NUMBERS, RUNNING, STEPS, STOCKS, held, judged


class Kept(NamedTuple):
    """A table of sums: the columns of its cells, and the sets of them that sums are kept for."""

    table: str
    columns: tuple[str, ...]
    sets: tuple[tuple[str, ...], ...]

    @property
    def cell(self) -> str:
        """SQL of the columns."""
        return ", ".join(self.columns)

    @property
    def named(self) -> str:
        """SQL of the columns in a row of one of the sets, in which the others are null."""
        return ", ".join(
            f"coalesce({name}, '{EVERY[name]}') as {name}" if name in EVERY else name
            for name in self.columns
        )

    @property
    def grouping(self) -> str:
        """SQL of the sets, by day."""
        return ", ".join(f"({', '.join((*one, 'day'))})" for one in self.sets)

    def alike(self, one: str, other: str) -> str:
        """SQL of the condition that two rows are of one cell."""
        return " and ".join(f"{one}.{name} = {other}.{name}" for name in self.columns)

    def of(self, row: str) -> str:
        """SQL of the columns of a row."""
        return ", ".join(f"{row}.{name}" for name in self.columns)


EVERY = {"agency_id": EVERY_AGENCY, "occurrence": EVERY_PERIOD}
OF_AGENCIES = Kept(
    "figure",
    ("agency_id", "occurrence", "role", "plan_closed"),
    (
        ("agency_id", "occurrence", "role", "plan_closed"),
        ("agency_id", "role", "plan_closed"),
        ("occurrence", "role", "plan_closed"),
        ("role", "plan_closed"),
    ),
)
OF_PLANS = Kept("plan_figure", ("plan_id", "role"), (("plan_id", "role"),))
KEPT = (OF_AGENCIES, OF_PLANS)
NAMES = ", ".join(NUMBERS)
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


CHANGES = ",\n    ".join(
    f"coalesce(sum(weight) filter (where {_sides(name)}"
    f" and {STOCKS.get(name, 'true')}), 0)::integer as {name}"
    for name in NUMBERS
)
ADDED = ", ".join(f"sum({name})::integer as {name}" for name in NUMBERS)
CUMULATED = ", ".join(f"coalesce(sum({name}) over days, 0) as {name}" for name in NUMBERS)
ZEROS = ", ".join("0" for _ in NUMBERS)
COUNTING = (
    "since, until, deadline_on, original_deadline_on, status, awaits_handover, reported_on,"
    " completed_on, starts_on, taken_over_on"
)


def _deltas(kept: Kept, source: str) -> str:
    """SQL of `…_delta`, the change of each number of each cell on each day in every set.

    Without `offset 0` each number would judge each row anew.
    """
    return f"""{kept.table}_judged as (
  select {kept.cell}, s.first, s.last, s.weight as weight_of_all, s.sides,
    {judged("s.first")}
  from ({_spans(source)}) s offset 0
), {kept.table}_edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from {kept.table}_judged
  ) judged
), {kept.table}_finest as (
  select {kept.cell}, day,
    {CHANGES}
  from {kept.table}_edge group by {kept.cell}, day
), {kept.table}_delta as (
  select {kept.named}, day, {ADDED}
  from {kept.table}_finest
  group by grouping sets ({kept.grouping})
  having ({", ".join(f"sum({name})" for name in NUMBERS)}) <> ({ZEROS})
)"""


def _laid_out(kept: Kept) -> str:
    """SQL that writes a table of sums. Many rows are alike in all that is counted by: they are
    taken together first."""
    alike = f"{kept.cell}, {COUNTING}"
    return f"""{kept.table}_source as (
  select count(*)::integer as weight, {alike} from assignment_state group by {alike}
), {_deltas(kept, f"{kept.table}_source")}, {kept.table}_written as (
  insert into {kept.table} ({kept.cell}, since, {NAMES})
  select {kept.cell}, day, {CUMULATED}
  from {kept.table}_delta window days as (partition by {kept.cell} order by day)
)"""


def _folded(kept: Kept) -> str:
    """SQL that adds what was taken to a table of sums. A change alters all rows of its cell from
    its day on; a day that has no row yet begins with the sums of the day before. Rows that stay as
    they are are not written."""
    table, cell = kept.table, kept.cell
    return f"""{_deltas(kept, "taken")}, {table}_begun as (
  select {cell}, min(day) as day from {table}_delta group by {cell}
), {table}_days as (
  select {cell}, day from {table}_delta
  union
  select {kept.of("b")}, f.since from {table}_begun b cross join lateral (
    select since from {table} f
    where {kept.alike("f", "b")} and f.since >= b.day offset 0
  ) f
), {table}_change as (
  select {cell}, day, {CUMULATED}
  from {table}_days left join {table}_delta using ({cell}, day)
  window days as (partition by {cell} order by day)
), {table}_written as (
  insert into {table} ({cell}, since, {NAMES})
  select {kept.of("c")}, c.day,
    {", ".join(f"coalesce(f.{name}, 0) + c.{name}" for name in NUMBERS)}
  from {table}_change c left join lateral (
    select * from {table} f
    where {kept.alike("f", "c")} and f.since <= c.day order by f.since desc limit 1
  ) f on true
  where f.since is distinct from c.day
    or ({", ".join(f"c.{name}" for name in NUMBERS)}) <> ({ZEROS})
  on conflict ({cell}, since) do update
    set {", ".join(f"{name} = excluded.{name}" for name in NUMBERS)}
)"""


# One statement sees the rows and the log as of one moment.
LAY_OUT = f"""
with {", ".join(map(_laid_out, KEPT))}
delete from figure_change
"""
FOLD = f"""
with taken as materialized (
  delete from figure_change
  where id in (select id from figure_change order by id limit :rows) returning *
), {", ".join(map(_folded, KEPT))}
select count(*) from taken
"""


async def lift_timeouts(session: AsyncSession) -> None:
    """Set this transaction's time limits and memory for statements over all rows."""
    connection = await session.connection()
    settings = {
        "statement_timeout": "0",
        "lock_timeout": "0",
        "work_mem": "256MB",
        # The planner can't know the number of groups, and would sort all rows, which is slow.
        "enable_sort": "off",
        # No two rows have the same spans: memoizing them takes most of the time.
        "enable_memoize": "off",
    }
    for name, value in settings.items():
        await connection.execute(sa.text(f"set local {name} = '{value}'"))


async def get_basis(session: AsyncSession) -> FigureBasis | None:
    """The setting for which the sums are laid out; None while they are not."""
    found = select(FigureBasis).where(col(FigureBasis.id) == 1)
    return (await session.exec(found.execution_options(populate_existing=True))).one_or_none()


async def lay_out(session: AsyncSession, *, due_soon_days: int, at: datetime) -> None:
    """Count all rows anew; until the commit others read the old sums.

    The caller holds `lock_figures`.
    """
    connection = await session.connection()
    for kept in KEPT:
        await connection.execute(sa.text(f"delete from {kept.table}"))
    await connection.execute(sa.text(LAY_OUT), {"due_soon_days": due_soon_days})
    await connection.execute(
        sa.text(
            "insert into figure_basis (id, due_soon_days, laid_out_at)"
            " values (1, :due_soon_days, :at) on conflict (id) do update"
            " set due_soon_days = excluded.due_soon_days, laid_out_at = excluded.laid_out_at"
        ),
        {"due_soon_days": due_soon_days, "at": at},
    )
    # Who reads plans a statement once: by the sums as they are now, and not as they were.
    for kept in KEPT:
        await connection.execute(sa.text(f"analyze {kept.table}"))


async def fold(session: AsyncSession, *, due_soon_days: int, rows: int) -> int:
    """Fold at most *rows* changes into the sums, and answer their number.

    The caller holds `lock_figures`.
    """
    parameters = {"due_soon_days": due_soon_days, "rows": rows}
    folded = await (await session.connection()).execute(sa.text(FOLD), parameters)
    return int(folded.scalar_one())

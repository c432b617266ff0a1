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

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import EVERY_AGENCY, EVERY_PERIOD, FigureBasis
from app.queries.figures.status_tree import LONG_DAYS, NUMBERS, judged

CELL_COLUMNS = "agency_id, occurrence, role"
NAMES = ", ".join(NUMBERS)
OPEN = "s.status in ('not_started', 'in_progress') and not s.awaits_handover"

# Rows `s` with a weight, as spans of days in each of which they count the same way: before a
# deadline is near, while it is near, past it, long past it. A row that the passing of days does not
# move is one span; a row with two different deadlines has the spans of each. Without `offset 0`
# each use of a day would compute it anew.
SPANS = f"""
  select * from (
    select part.*, part.number < 4 as is_current,
      part.number >= 4 or not part.differs as is_original,
      greatest(part.since, part.due + case part.number % 4 when 1 then -part.soon when 2 then 1
        when 3 then {LONG_DAYS + 1} end) as first,
      least(part.until, part.due + case part.number % 4 when 0 then -part.soon when 1 then 1
        when 2 then {LONG_DAYS + 1} end) as last
    from (
      select s.*, case when s.moves then case when s.number < 4 then s.deadline_on
        else s.original_deadline_on end end as due
      from (
        select s.*, generate_series(case when s.moves then 0 else 3 end,
          case when s.differs then 7 else 3 end) as number
        from (
          select s.*, cast(:due_soon_days as integer) as soon, {OPEN} as moves,
            {OPEN} and s.deadline_on is distinct from s.original_deadline_on as differs
          from {{source}} s
        ) s
      ) s offset 0
    ) part
    where part.due is not null or part.number % 4 = 3 offset 0
  ) span
  where first < last or last is null
"""


def _side(name: str) -> str:
    return "is_original" if name.startswith("original") else "is_current"


CHANGES = ",\n    ".join(
    f"coalesce(sum(weight) filter (where {_side(name)} and {condition}), 0)::integer as {name}"
    for name, condition in NUMBERS.items()
)
ADDED = ", ".join(f"sum({name})::integer as {name}" for name in NUMBERS)
CUMULATED = ", ".join(f"coalesce(sum({name}) over days, 0) as {name}" for name in NUMBERS)
ZEROS = ", ".join("0" for _ in NUMBERS)
# The change of each number of each cell on each day, in every scope that is kept. Without
# `offset 0` each number would judge each row anew.
DELTAS = f"""
span as ({SPANS}), judged as (
  select {CELL_COLUMNS}, s.first, s.last, s.weight as weight_of_all, s.is_current, s.is_original,
    {judged("s.first")}
  from span s offset 0
), edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from judged
  ) judged
), finest as (
  select {CELL_COLUMNS}, day,
    {CHANGES}
  from edge group by {CELL_COLUMNS}, day
), delta as (
  select coalesce(agency_id, '{EVERY_AGENCY}') as agency_id,
    coalesce(occurrence, '{EVERY_PERIOD}') as occurrence, role, day, {ADDED}
  from finest
  group by grouping sets ((agency_id, occurrence, role, day), (agency_id, role, day),
    (occurrence, role, day), (role, day))
  having ({", ".join(f"sum({name})" for name in NUMBERS)}) <> ({ZEROS})
)"""
COUNTING = (
    "since, until, agency_id, role, occurrence, deadline_on, original_deadline_on, status,"
    " awaits_handover, reported_on, completed_on"
)
# Many rows are alike in every column that is counted by: they are taken together first.
LAY_OUT = f"""
with folded as (
  delete from figure_change
), source as (
  select count(*)::integer as weight, {COUNTING} from assignment_state group by {COUNTING}
), {DELTAS.format(source="source")}
insert into figure ({CELL_COLUMNS}, since, {NAMES})
select {CELL_COLUMNS}, day, {CUMULATED}
from delta window days as (partition by {CELL_COLUMNS} order by day)
"""
# A change alters all rows of its cell from its day on; a day that has no row yet begins with the
# sums of the day before. Rows that stay as they are are not written.
FOLD = f"""
with taken as materialized (
  delete from figure_change
  where id in (select id from figure_change order by id limit :rows) returning *
), {DELTAS.format(source="taken")}, begun as (
  select {CELL_COLUMNS}, min(day) as day from delta group by {CELL_COLUMNS}
), days as (
  select {CELL_COLUMNS}, day from delta
  union
  select b.agency_id, b.occurrence, b.role, f.since from begun b cross join lateral (
    select since from figure
    where agency_id = b.agency_id and occurrence = b.occurrence and role = b.role
      and since >= b.day offset 0
  ) f
), change as (
  select {CELL_COLUMNS}, day, {CUMULATED}
  from days left join delta using ({CELL_COLUMNS}, day)
  window days as (partition by {CELL_COLUMNS} order by day)
), written as (
  insert into figure ({CELL_COLUMNS}, since, {NAMES})
  select c.agency_id, c.occurrence, c.role, c.day,
    {", ".join(f"coalesce(f.{name}, 0) + c.{name}" for name in NUMBERS)}
  from change c left join lateral (
    select * from figure
    where agency_id = c.agency_id and occurrence = c.occurrence and role = c.role
      and since <= c.day order by since desc limit 1
  ) f on true
  where f.since is distinct from c.day
    or ({", ".join(f"c.{name}" for name in NUMBERS)}) <> ({ZEROS})
  on conflict ({CELL_COLUMNS}, since) do update
    set {", ".join(f"{name} = excluded.{name}" for name in NUMBERS)}
)
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
    await connection.execute(sa.text("delete from figure"))
    # One statement sees the rows and the log as of one moment.
    await connection.execute(sa.text(LAY_OUT), {"due_soon_days": due_soon_days})
    await connection.execute(
        sa.text(
            "insert into figure_basis (id, due_soon_days, laid_out_at)"
            " values (1, :due_soon_days, :at) on conflict (id) do update"
            " set due_soon_days = excluded.due_soon_days, laid_out_at = excluded.laid_out_at"
        ),
        {"due_soon_days": due_soon_days, "at": at},
    )


async def fold(session: AsyncSession, *, due_soon_days: int, rows: int) -> int:
    """Fold at most *rows* changes into the sums, and answer their number.

    The caller holds `lock_figures`.
    """
    parameters = {"due_soon_days": due_soon_days, "rows": rows}
    folded = await (await session.connection()).execute(sa.text(FOLD), parameters)
    return int(folded.scalar_one())

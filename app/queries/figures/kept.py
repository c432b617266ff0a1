"""Sums that are kept: cumulative numbers by cell and day, whatever they count.

A row that is counted does so the same way over a span of days. Its numbers are added on the first
day of the span and taken off at its end, by cell and day. So a fact that is entered late for a past
day changes the sums from that day on.
"""

from collections.abc import Mapping
from typing import NamedTuple

from app.models import EVERY_AGENCY, EVERY_PERIOD

EVERY = {"agency_id": EVERY_AGENCY, "occurrence": EVERY_PERIOD, "period": EVERY_PERIOD}


class Kept(NamedTuple):
    """A table of sums: the columns of its cells, the sets of them that sums are kept for, and SQL
    of the condition on which a span counts for each of its numbers."""

    table: str
    columns: tuple[str, ...]
    sets: tuple[tuple[str, ...], ...]
    numbers: Mapping[str, str]

    @property
    def cell(self) -> str:
        """SQL of the columns."""
        return ", ".join(self.columns)

    @property
    def names(self) -> str:
        """SQL of the numbers."""
        return ", ".join(self.numbers)

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

    @property
    def cumulated(self) -> str:
        """SQL of the sums of the numbers over the window `days`."""
        return ", ".join(f"coalesce(sum({name}) over days, 0) as {name}" for name in self.numbers)

    @property
    def zeros(self) -> str:
        """SQL of the numbers where nothing is counted."""
        return ", ".join("0" for _ in self.numbers)

    def alike(self, one: str, other: str) -> str:
        """SQL of the condition that two rows are of one cell."""
        return " and ".join(f"{one}.{name} = {other}.{name}" for name in self.columns)

    def of(self, row: str) -> str:
        """SQL of the columns of a row."""
        return ", ".join(f"{row}.{name}" for name in self.columns)

    def added(self, row: str = "") -> str:
        """SQL that adds up the numbers of rows."""
        return ", ".join(f"sum({row}{name})::integer as {name}" for name in self.numbers)


def finest(kept: Kept, judged: str) -> str:
    """SQL of `…_finest`, the change of each number of each finest cell on each day.

    *judged* is SQL of spans, each with its cell, its `first` and `last` day (exclusive; null:
    none), its `weight_of_all` and what the conditions of the numbers name. Without `offset 0` each
    number would judge each row anew.
    """
    changes = ",\n    ".join(
        f"coalesce(sum(weight) filter (where {condition}), 0)::integer as {name}"
        for name, condition in kept.numbers.items()
    )
    return f"""{kept.table}_judged as (
  {judged} offset 0
), {kept.table}_edge as (
  select *, case sign when 1 then first else last end as day, weight_of_all * sign as weight
  from (
    select *, unnest(case when last is null then array[1] else array[1, -1] end) as sign
    from {kept.table}_judged
  ) judged
), {kept.table}_finest as (
  select {kept.cell}, day,
    {changes}
  from {kept.table}_edge group by {kept.cell}, day
)"""


def delta(kept: Kept, source: str) -> str:
    """SQL of `…_delta`, the change of each number of each cell on each day in every set, from the
    changes of finest cells in *source*."""
    return f"""{kept.table}_delta as (
  select {kept.named}, day, {kept.added()}
  from {source}
  group by grouping sets ({kept.grouping})
  having ({", ".join(f"sum({name})" for name in kept.numbers)}) <> ({kept.zeros})
)"""


def deltas(kept: Kept, judged: str) -> str:
    """SQL of `…_delta`, from the spans *judged*."""
    return f"{finest(kept, judged)}, {delta(kept, f'{kept.table}_finest')}"


def laid_out(kept: Kept) -> str:
    """SQL that writes a table of sums from its `…_delta`."""
    return f"""
insert into {kept.table} ({kept.cell}, since, {kept.names})
select {kept.cell}, day, {kept.cumulated}
from {kept.table}_delta window days as (partition by {kept.cell} order by day)
"""


def folded(kept: Kept, judged: str) -> str:
    """SQL that adds the spans *judged* to a table of sums. A change alters all rows of its cell
    from its day on; a day that has no row yet begins with the sums of the day before. Rows that
    stay as they are are not written."""
    table, cell = kept.table, kept.cell
    return f"""{deltas(kept, judged)}, {table}_begun as (
  select {cell}, min(day) as day from {table}_delta group by {cell}
), {table}_days as (
  select {cell}, day from {table}_delta
  union
  select {kept.of("b")}, f.since from {table}_begun b cross join lateral (
    select since from {table} f
    where {kept.alike("f", "b")} and f.since >= b.day offset 0
  ) f
), {table}_change as (
  select {cell}, day, {kept.cumulated}
  from {table}_days left join {table}_delta using ({cell}, day)
  window days as (partition by {cell} order by day)
), {table}_written as (
  insert into {table} ({cell}, since, {kept.names})
  select {kept.of("c")}, c.day,
    {", ".join(f"coalesce(f.{name}, 0) + c.{name}" for name in kept.numbers)}
  from {table}_change c left join lateral (
    select * from {table} f
    where {kept.alike("f", "c")} and f.since <= c.day order by f.since desc limit 1
  ) f on true
  where f.since is distinct from c.day
    or ({", ".join(f"c.{name}" for name in kept.numbers)}) <> ({kept.zeros})
  on conflict ({cell}, since) do update
    set {", ".join(f"{name} = excluded.{name}" for name in kept.numbers)}
)"""

"""Comparing the figures that are kept in sums with the rows."""

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import EVERY_AGENCY
from app.queries.figures import reporting_sums
from app.queries.figures.kept import Kept
from app.queries.figures.reporting_province import ADDED, COUNTED_ALL, UNFOLDED
from app.queries.figures.reporting_tree import kind
from app.queries.figures.status_tree import EVER_COUNTS, added_up, ever
from app.queries.figures.sums import OF_AGENCIES, OF_PLANS
from app.queries.figures.timeliness import TODAY


def _counted(kept: Kept, rows: str, weight: str) -> str:
    """SQL of the numbers of each cell. Rows are added up to the finest cells first, and those to
    the others: a fraction of the work."""
    return f"""
  select {kept.named}, {added_up(kept.numbers)}
  from (
    select {kept.cell}, {EVER_COUNTS} from (
      select {kept.of("s")}, {weight} as weight, {ever()}
      from {rows} s where s.since <= :today offset 0
    ) judged group by {kept.cell}
  ) finest group by grouping sets ({", ".join(f"({', '.join(one)})" for one in kept.sets)})"""


def _counted_reports(kept: Kept, changed: str) -> str:
    """Like `_counted`, of submissions."""
    return f"""
  with {changed}
  select {kept.named}, {added_up(kept.numbers)}
  from (
    select {kept.cell}, {ADDED} from (
      select *, {kind(TODAY)} as kind from changed offset 0
    ) judged group by {kept.cell}
  ) finest group by grouping sets ({", ".join(f"({', '.join(one)})" for one in kept.sets)})"""


def _check(kept: Kept, logged: str, counted: str, named: str, order: str) -> sa.TextClause:
    """The statement of the numbers of a table of sums that differ; all of it is of one moment."""
    cell, names = kept.cell, kept.names
    pairs = (f"('{n}', coalesce(kept.{n}, 0), coalesce(counted.{n}, 0))" for n in kept.numbers)
    return sa.text(f"""
with logged as ({logged}
), latest as (
  select {cell}, max(since) as since from {kept.table} where since <= :today group by {cell}
), kept as (
  select {cell}, {added_up(kept.numbers)}
  from (
    select {cell}, {names} from {kept.table} join latest using ({cell}, since)
    union all select {cell}, {names} from logged
  ) part
  group by {cell}
), counted as ({counted}
)
select {named}, role, number.name, number.kept, number.counted
from kept full join counted using ({cell})
cross join lateral (values {", ".join(pairs)}) number (name, kept, counted)
where number.kept <> number.counted
order by {order}, role, number.name
""")


def _of_agencies(period: str) -> tuple[str, str]:
    """The SQL that names a cell of an agency, and the order of such cells."""
    named = (
        f"nullif(agency_id, '{EVERY_AGENCY}') as agency_id, cast(null as uuid) as plan_id,"
        f" (select code from agency where id = agency_id) as code, nullif({period}, '') as period"
    )
    return named, f"code nulls first, agency_id, {period}"


def _of_plans(period: str) -> tuple[str, str]:
    """The SQL that names a cell of a plan, and the order of such cells."""
    named = (
        "cast(null as uuid) as agency_id, plan_id,"
        f" (select number from plan where id = plan_id) as code, {period} as period"
    )
    return named, "plan_id, period"


CHECKS = (
    *(
        _check(
            kept,
            _counted(kept, "figure_change", "s.weight"),
            _counted(kept, "assignment_state", "1"),
            *names,
        )
        for kept, names in (
            (OF_AGENCIES, _of_agencies("occurrence")),
            (OF_PLANS, _of_plans("cast(null as text)")),
        )
    ),
    *(
        _check(
            kept,
            _counted_reports(kept, UNFOLDED),
            _counted_reports(kept, COUNTED_ALL),
            *names,
        )
        for kept, names in (
            (reporting_sums.OF_AGENCIES, _of_agencies("period")),
            (reporting_sums.OF_PLANS, _of_plans("nullif(period, '')")),
        )
    ),
)


class FigureDifference(NamedTuple):
    """A number whose sum differs from the rows; no agency: of all, no period: of all."""

    agency: str | None
    plan: str | None
    period: str | None
    role: str
    number: str
    kept: int
    counted: int


async def differences(
    session: AsyncSession, day: date, *, due_soon_days: int
) -> list[FigureDifference]:
    """Compare every sum as of a day with the rows, and answer the numbers that differ.

    An agency is named by its code, a plan by its number, or either by its id.
    """
    parameters = {"today": day, "due_soon_days": due_soon_days}
    connection = await session.connection()
    return [
        FigureDifference(
            row["agency_id"] and (row["code"] or str(row["agency_id"])),
            row["plan_id"] and (row["code"] or str(row["plan_id"])),
            row["period"],
            row["role"],
            row["name"],
            int(row["kept"]),
            row["counted"],
        )
        for check in CHECKS
        for row in (await connection.execute(check, parameters)).mappings()
    ]

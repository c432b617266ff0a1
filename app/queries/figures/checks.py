"""Comparing the figures that are kept in sums with the rows."""

# ruff: noqa: S608 - composed of the conditions in status_tree; no caller's value is in the text

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import EVERY_AGENCY, EVERY_PERIOD
from app.queries.figures.status_tree import COUNTS, HELD, JUDGED, NUMBERS, SUMS, WEIGHED

CELL = "agency_id, occurrence, role"
SCOPES = "(agency_id, occurrence, role), (agency_id, role), (occurrence, role), (role)"
NAMES = ", ".join(NUMBERS)
# Rows are added up to the finest cells first, and those to the others: a fraction of the work.
COUNTED = f"""
  select coalesce(agency_id, '{EVERY_AGENCY}') as agency_id,
    coalesce(occurrence, '{EVERY_PERIOD}') as occurrence, role, {SUMS}
  from (
    select {CELL}, {{counts}} from (
      select s.agency_id, s.occurrence, s.role, {{weight}} as weight, {JUDGED}
      from {{rows}} s where {HELD} offset 0
    ) judged group by {CELL}
  ) finest group by grouping sets ({SCOPES})"""
# One statement, so that all of it is of one moment.
CHECK = sa.text(f"""
with logged as ({COUNTED.format(rows="figure_change", weight="s.weight", counts=WEIGHED)}
), latest as (
  select {CELL}, max(since) as since from figure where since <= :today group by {CELL}
), kept as (
  select {CELL}, {SUMS}
  from (
    select {CELL}, {NAMES} from figure join latest using ({CELL}, since)
    union all select {CELL}, {NAMES} from logged
  ) part
  group by {CELL}
), counted as ({COUNTED.format(rows="assignment_state", weight="1", counts=COUNTS)}
)
select agency_id, agency.code, occurrence, role, number.name, number.kept, number.counted
from kept full join counted using (agency_id, occurrence, role)
left join agency on agency.id = agency_id
cross join lateral (
  values {", ".join(f"('{n}', coalesce(kept.{n}, 0), coalesce(counted.{n}, 0))" for n in NUMBERS)}
) number (name, kept, counted)
where number.kept <> number.counted
order by agency.code nulls first, agency_id, occurrence, role, number.name
""")


class FigureDifference(NamedTuple):
    """A number whose sum differs from the rows; no agency: of all, no period: of all."""

    agency: str | None
    period: str | None
    role: str
    number: str
    kept: int
    counted: int


async def differences(
    session: AsyncSession, day: date, *, due_soon_days: int
) -> list[FigureDifference]:
    """Compare every sum as of a day with the rows, and answer the numbers that differ."""
    parameters = {"today": day, "due_soon_days": due_soon_days}
    rows = (await (await session.connection()).execute(CHECK, parameters)).mappings()
    return [
        FigureDifference(
            None if row["agency_id"] == EVERY_AGENCY else row["code"] or str(row["agency_id"]),
            row["occurrence"] or None,
            row["role"],
            row["name"],
            int(row["kept"]),
            row["counted"],
        )
        for row in rows
    ]

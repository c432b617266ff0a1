"""Whether the figures that are kept in sums are what the rows say."""

# ruff: noqa: S608 - names and conditions of our own

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import EVERY_AGENCY, EVERY_PERIOD
from app.queries.status_tree import COUNTS, HELD, JUDGED, NUMBERS, SUMS, WEIGHED

SCOPES = """
  grouping sets ((agency_id, occurrence, role), (agency_id, role), (occurrence, role), (role))"""
CELL = f"""
  coalesce(agency_id, '{EVERY_AGENCY}') as agency_id,
  coalesce(occurrence, '{EVERY_PERIOD}') as occurrence, role"""
NAMES = ", ".join(NUMBERS)
# One statement, so that all of it is of one moment.
CHECK = sa.text(f"""
with logged as (
  select {CELL}, {WEIGHED} from (
    select s.agency_id, s.occurrence, s.role, s.weight, {JUDGED} from figure_change s where {HELD}
  ) judged group by {SCOPES}
), summed as (
  select distinct on (agency_id, occurrence, role) agency_id, occurrence, role, {NAMES}
  from figure where since <= :today order by agency_id, occurrence, role, since desc
), kept as (
  select agency_id, occurrence, role, {SUMS}
  from (select * from summed union all select * from logged) part
  group by agency_id, occurrence, role
), counted as (
  select {CELL}, {COUNTS} from (
    select s.agency_id, s.occurrence, s.role, {JUDGED} from assignment_state s where {HELD}
  ) judged group by {SCOPES}
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


class Difference(NamedTuple):
    """A number that is kept otherwise than the rows say; no agency and no period: of all."""

    agency: str | None
    period: str | None
    role: str
    number: str
    kept: int
    counted: int


async def differences(session: AsyncSession, day: date, *, due_soon_days: int) -> list[Difference]:
    """All differences on a day, in every scope that is kept."""
    parameters = {"today": day, "due_soon_days": due_soon_days}
    rows = (await (await session.connection()).execute(CHECK, parameters)).mappings()
    return [
        Difference(
            None if row["agency_id"] == EVERY_AGENCY else row["code"] or str(row["agency_id"]),
            row["occurrence"] or None,
            row["role"],
            row["name"],
            int(row["kept"]),
            row["counted"],
        )
        for row in rows
    ]

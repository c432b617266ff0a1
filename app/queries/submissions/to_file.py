"""The submissions of a period that agencies have still to file, each once, in the plan's order."""

import uuid
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession


class UnfiledSubmission(NamedTuple):
    """A submission that is expected, on which task and whose it is."""

    assignment_id: uuid.UUID
    agency_id: uuid.UUID
    agency_code: str
    task_ordinal: str
    occurrence: str
    role: str
    period: str
    due_on: date


TO_FILE = sa.text("""
select a.id, a.agency_id, g.code, t.ordinal, a.occurrence, a.role, u.period, u.due_on
  from submission u
  join assignment a on a.id = u.assignment_id
  join task t on t.id = a.task_id
  join agency g on g.id = a.agency_id
 where a.plan_id = :plan and u.period = :period and u.status = 'expected'
   and a.status in ('not_started', 'in_progress') and not a.awaits_handover
 order by t.position, g.code collate "C", a.occurrence
""")


async def submissions_to_file(
    session: AsyncSession, plan_id: uuid.UUID, period: str
) -> list[UnfiledSubmission]:
    """The submissions that the agencies of a plan have not filed for a period."""
    given = {"plan": plan_id, "period": period}
    rows = await (await session.connection()).execute(TO_FILE, given)
    return [UnfiledSubmission(*row) for row in rows]

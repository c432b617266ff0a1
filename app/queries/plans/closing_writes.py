"""The changes to all assignments of a plan at its closing and its reopening."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Assignment, AssignmentStatus
from app.queries.assignments.assignments import UNFINISHED, open_status

SUPERSEDE = sa.text("""
update handover set state = 'superseded', updated_at = :at
 where state = 'pending' and assignment_id = any(cast(:ids as uuid[]))
""")
CLOSE = sa.text("""
update assignment a
   set plan_closed = true, awaits_handover = false,
       assigned_on =
         case when a.awaits_handover then cast(:day as date) else a.assigned_on end,
       status = coalesce(ended.status, a.status),
       changed_on = greatest(a.changed_on, cast(:day as date)),
       updated_at = :at
  from assignment b
  left join unnest(cast(:ids as uuid[]), cast(:statuses as text[])) as ended (id, status)
    on ended.id = b.id
 where b.id = a.id and a.plan_id = :plan_id and a.status <> 'merged'
""")
# An assignment that was open gets the status back that it had on the last day before the closing.
REOPEN = sa.text(f"""
update assignment a
   set plan_closed = false, updated_at = :at,
       changed_on = greatest(a.changed_on, cast(:day as date)),
       status = case when a.status in ('carried_over', 'unfinished_at_close')
         then {open_status("s.status not in ('carried_over', 'unfinished_at_close')")}
         else a.status end
 where a.plan_id = :plan_id and a.plan_closed
""")


class OwedOfPlan(NamedTuple):
    """An assignment of a plan, with its agency."""

    id: uuid.UUID
    agency_id: uuid.UUID
    is_unfinished: bool


async def lock_assignments_of(session: AsyncSession, plan_id: uuid.UUID) -> list[OwedOfPlan]:
    """Lock all assignments of a plan, in the order of ids."""
    is_unfinished = col(Assignment.status).in_(UNFINISHED)
    statement = (
        select(Assignment.id, Assignment.agency_id, is_unfinished)
        .where(col(Assignment.plan_id) == plan_id)
        .order_by(col(Assignment.id))
        .with_for_update(key_share=True)
    )
    return [OwedOfPlan(*row) for row in await session.exec(statement)]


async def close_assignments(
    session: AsyncSession,
    plan_id: uuid.UUID,
    statuses: Mapping[uuid.UUID, AssignmentStatus],
    *,
    day: date,
    at: datetime,
) -> None:
    """Mark all assignments of a plan as those of a closed one from *day* on, and give these their
    statuses; nobody decides any more who takes one over."""
    connection = await session.connection()
    ids = list(statuses)
    await connection.execute(SUPERSEDE, {"ids": ids, "at": at})
    given = {"ids": ids, "statuses": [status.value for status in statuses.values()]}
    await connection.execute(CLOSE, {**given, "plan_id": plan_id, "day": day, "at": at})


async def reopen_assignments(
    session: AsyncSession, plan_id: uuid.UUID, *, day: date, at: datetime
) -> None:
    """Mark all assignments of a plan as those of an open one from *day* on."""
    await (await session.connection()).execute(REOPEN, {"plan_id": plan_id, "day": day, "at": at})

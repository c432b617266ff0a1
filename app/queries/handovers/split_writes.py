"""Bulk writes of a split: one assignment ends, and each successor gets one of its own."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Assignment
from app.queries.submissions import drafts


class AssignmentPart(NamedTuple):
    """The assignment that a successor gets of one that is split."""

    id: uuid.UUID
    split_from_id: uuid.UUID
    agency_id: uuid.UUID


# If a review changed the state while a decision was awaited, or the assignment came to its agency
# only later, that state stands until the split.
FROM = """greatest(given.day, a.changed_on,
         (select max(s.since) from assignment_state s where s.assignment_id = a.id))"""
"""SQL of the day on which the assignment `a` ends and its parts begin."""
PARTS = sa.text(f"""
insert into assignment (id, created_at, updated_at, plan_id, task_id, agency_id, assignee_id, role,
    occurrence, starts_on, deadline_on, original_deadline_on, status, changed_on, assigned_on,
    split_from_id)
select part.id, :at, :at, a.plan_id, a.task_id, part.agency_id, a.assignee_id, a.role,
       a.occurrence, a.starts_on, a.deadline_on, a.original_deadline_on,
       case when a.status in ('not_started', 'suspended') then a.status else 'in_progress' end,
       {FROM}, given.day, a.id
  from unnest(cast(:parts as uuid[]), cast(:of as uuid[]), cast(:agencies as uuid[]))
         as part (id, of_id, agency_id)
  join unnest(cast(:ids as uuid[]), cast(:days as date[])) as given (id, day)
    on given.id = part.of_id
  join assignment a on a.id = part.of_id
""")
WAIVE = sa.text(f"""
update submission u
   set status = 'waived', waived_reason = :reason, waived_on = {FROM},
       updated_at = :at
  from unnest(cast(:ids as uuid[]), cast(:days as date[])) as given (id, day)
  join assignment a on a.id = given.id
 where u.assignment_id = given.id and u.status in ('expected', 'returned')
""")
CLOSE = sa.text(f"""
update assignment a
   set status = 'split', awaits_handover = false, updated_at = :at,
       changed_on = {FROM},
       assigned_on = {FROM}
  from unnest(cast(:ids as uuid[]), cast(:days as date[])) as given (id, day)
 where a.id = given.id
""")
# An agency that had its own before a split took no part of it.
OWNED_BEFORE = sa.text("""
select b.id
  from assignment a
  join handover h on h.assignment_id = a.id and h.state = 'decided'
  join assignment b on b.task_id = a.task_id and b.occurrence = a.occurrence
   and b.agency_id = h.to_agency_id and b.split_from_id is distinct from a.id
 where a.id = any(cast(:ids as uuid[])) and a.status = 'split'
""")


async def insert_parts(
    session: AsyncSession,
    parts: Sequence[AssignmentPart],
    days: Mapping[uuid.UUID, date],
    *,
    at: datetime,
) -> None:
    """Insert the parts of split assignments, each like its assignment; *days* are theirs."""
    values = _lists(parts) | _days(days) | {"at": at}
    await (await session.connection()).execute(PARTS, values)


async def copy_drafts(
    session: AsyncSession, parts: Sequence[AssignmentPart], *, at: datetime
) -> None:
    """Give each part the draft on its assignment, for the same period."""
    await drafts.copy_drafts(session, _lists(parts), at=at)


async def close_split(
    session: AsyncSession, days: Mapping[uuid.UUID, date], *, reason: str, at: datetime
) -> None:
    """End split assignments; their unfiled submissions are waived for *reason*."""
    connection = await session.connection()
    await connection.execute(WAIVE, _days(days) | {"reason": reason, "at": at})
    await connection.execute(CLOSE, _days(days) | {"at": at})


async def lock_parts(session: AsyncSession, ids: Collection[uuid.UUID]) -> Sequence[Assignment]:
    """The parts of these split assignments, by id, locked until the transaction ends."""
    rows = await session.exec(
        select(Assignment)
        .where(col(Assignment.split_from_id).in_(ids))
        .order_by(col(Assignment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def owned_before(session: AsyncSession, ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The assignments that heirs of these split ones owed already, and that took over the role."""
    rows = await (await session.connection()).execute(OWNED_BEFORE, {"ids": list(ids)})
    return list(rows.scalars())


def _lists(parts: Sequence[AssignmentPart]) -> dict[str, object]:
    return {
        "parts": [part.id for part in parts],
        "of": [part.split_from_id for part in parts],
        "agencies": [part.agency_id for part in parts],
    }


def _days(days: Mapping[uuid.UUID, date]) -> dict[str, object]:
    return {"ids": list(days), "days": list(days.values())}

"""Waiving submissions, and expecting them again."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Submission, SubmissionStatus
from app.queries.submissions.submissions import UNFILED


class ChangedSubmission(NamedTuple):
    """A submission that was waived, or is expected again."""

    id: uuid.UUID
    assignment_id: uuid.UUID
    period: str
    due_on: date


async def waive_unfiled(
    session: AsyncSession,
    assignment_ids: Collection[uuid.UUID],
    *,
    reason: str,
    day: date,
    at: datetime,
    due_from: date = date.min,
) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Waive from *day* on the unfiled submissions of these assignments that are due on *due_from*
    or later; answers each submission's id and its assignment's."""
    if not assignment_ids:
        return []
    rows = await session.exec(
        sa.update(Submission)
        .where(
            col(Submission.assignment_id).in_(assignment_ids),
            col(Submission.status).in_(UNFILED),
            col(Submission.due_on) >= due_from,
        )
        .values(
            status=SubmissionStatus.WAIVED,
            waived_reason=reason,
            waived_on=day,
            updated_at=at,
        )
        .returning(col(Submission.id), col(Submission.assignment_id))
        .execution_options(synchronize_session=False)
    )
    return [(row_id, assignment_id) for row_id, assignment_id in rows]


WAIVE_DUE = sa.text("""
update submission u
   set status = 'waived', waived_reason = :reason, waived_on = :until, updated_at = :at
 where u.assignment_id = :id and u.status = 'expected' and u.due_on >= :since and u.due_on < :until
returning u.id, u.assignment_id, u.period, u.due_on
""")
# The days of the waiver are kept, since figures of those days stay as they are. A submission whose
# report request was withdrawn meanwhile stays waived.
EXPECT_AGAIN = sa.text("""
with waived as (
  select id, waived_on from submission
   where assignment_id = any(cast(:ids as uuid[])) and status = 'waived'
     and waived_reason = :reason and due_on >= :due_from
     and not exists (
       select from report_request q
        where q.id = submission.report_request_id and q.withdrawn_at is not null)
   order by id for no key update
), kept as (
  insert into submission_waiver (id, created_at, submission_id, waived_on, ended_on, reason)
  select gen_random_uuid(), :at, id, waived_on, :until, :reason from waived
   where waived_on < :until
)
update submission u
   set status = 'expected', waived_reason = null, waived_on = null, updated_at = :at
  from waived where u.id = waived.id
returning u.id, u.assignment_id, u.period, u.due_on
""")


async def waive_due_between(
    session: AsyncSession,
    assignment_id: uuid.UUID,
    since: date,
    until: date,
    *,
    reason: str,
    at: datetime,
) -> list[ChangedSubmission]:
    """Waive the submissions of an assignment that nobody began and that were due from *since*
    (inclusive) until *until* (exclusive)."""
    values = {"id": assignment_id, "since": since, "until": until, "reason": reason, "at": at}
    return await _run(session, WAIVE_DUE, **values)


async def expect_again(
    session: AsyncSession,
    assignment_ids: Sequence[uuid.UUID],
    until: date,
    *,
    reason: str,
    at: datetime,
    due_from: date | None = None,
) -> list[ChangedSubmission]:
    """Expect again, from the day *until* on, the submissions of these assignments that were waived
    for this reason and are due on that day or later, or on *due_from* or later."""
    values = {"ids": list(assignment_ids), "until": until, "reason": reason, "at": at}
    return await _run(session, EXPECT_AGAIN, **values, due_from=due_from or until)


async def _run(
    session: AsyncSession, statement: sa.TextClause, **values: Any
) -> list[ChangedSubmission]:
    await session.flush()
    rows = await (await session.connection()).execute(statement, values)
    return [ChangedSubmission(*row) for row in rows]

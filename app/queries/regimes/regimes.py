"""Reading reporting regimes of all plans, and changing the submissions that follow them."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import to_json
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.models import (
    AssigneeRole,
    Assignment,
    DueKind,
    DueRoll,
    Plan,
    PlanStatus,
    ReportingRegime,
    Submission,
    SubmissionDraft,
)
from app.models.submission import SubmissionStatus
from app.queries.assignments.assignments import UNFINISHED
from app.queries.row_security import reach_all
from app.queries.submissions.effects import OwedSubmission, SubmissionEffect


class DueDayChange(NamedTuple):
    """A period whose due day moves; `due_on_before` is None where the calendar gave none."""

    period: str
    data_to: date
    due_on_before: date | None
    due_on: date


class UnbegunSubmission(NamedTuple):
    """A submission that nobody has begun: expected, or waived as a regime has no such period."""

    id: uuid.UUID
    period: str
    data_from: date
    data_to: date
    due_on: date
    status: SubmissionStatus
    role: AssigneeRole
    agency_id: uuid.UUID


class SubmissionChange(NamedTuple):
    """The days and the status that a submission gets; waived if there is a reason."""

    id: uuid.UUID
    data_from: date
    data_to: date
    due_on: date
    status: SubmissionStatus
    waived_reason: str | None


# Locked by id, as submissions are everywhere: two transactions never wait for each other.
MOVE_DUE_DAYS = """
with held as (
  select u.id, u.due_on as due_on_before, moved.due_on,
         a.id as assignment_id, a.agency_id, a.task_id
    from json_to_recordset(cast(:moved as json))
      as moved (period text, data_to date, due_on_before date, due_on date)
    join assignment a on a.plan_id = :plan
    join submission u on u.assignment_id = a.id and u.period = moved.period
   where u.status = 'expected' and u.attempts = 0
     and u.data_to = moved.data_to and u.due_on >= :today
     and u.due_on = coalesce(moved.due_on_before, u.due_on) and u.due_on <> moved.due_on
   order by u.id
     for no key update of u
)
update submission u set due_on = held.due_on, updated_at = :at
  from held join task t on t.id = held.task_id where u.id = held.id
returning u.id, held.assignment_id, held.agency_id, t.ordinal, u.period, held.due_on,
          held.due_on_before
"""
UNBEGUN_SUBMISSIONS = sa.text("""
select u.id, u.period, u.data_from, u.data_to, u.due_on, u.status, a.role, a.agency_id
  from submission u join assignment a on a.id = u.assignment_id
 where a.plan_id = :plan and a.status = any(:unfinished) and u.period not like 'adhoc-%'
   and u.attempts = 0
   and (u.status = 'expected' and u.data_from >= :from_day or u.is_superseded)
 order by a.id, u.id
   for no key update of a, u
""")
DRAFTED = sa.text("select submission_id from submission_draft where submission_id = any(:ids)")
CHANGE_SUBMISSIONS = sa.text("""
update submission u
   set data_from = given.data_from, data_to = given.data_to, due_on = given.due_on,
       status = given.status, waived_reason = given.waived_reason,
       waived_on = case when given.waived_reason is not null then cast(:today as date) end,
       is_superseded = given.waived_reason is not null, updated_at = :at
  from json_to_recordset(cast(:changes as json))
    as given (id uuid, data_from date, data_to date, due_on date, status text, waived_reason text)
 where u.id = given.id
""")


async def regimes_of_issued_plans(session: AsyncSession) -> dict[uuid.UUID, list[ReportingRegime]]:
    """The regimes by plan, earliest in effect first, of issued plans that count working days."""
    counting = select(ReportingRegime.plan_id).where(
        col(ReportingRegime.replaced_at).is_(None),
        sa.or_(
            col(ReportingRegime.due_kind) == DueKind.WORKING_DAYS_AFTER,
            col(ReportingRegime.due_roll) == DueRoll.NEXT_WORKING_DAY,
        ),
    )
    rows = await session.exec(
        select(ReportingRegime)
        .join(Plan, col(Plan.id) == col(ReportingRegime.plan_id))
        .where(
            col(Plan.status) == PlanStatus.ISSUED,
            col(ReportingRegime.replaced_at).is_(None),
            col(ReportingRegime.plan_id).in_(counting),
        )
        .order_by(col(ReportingRegime.plan_id), col(ReportingRegime.effective_from))
    )
    found: dict[uuid.UUID, list[ReportingRegime]] = {}
    for row in rows:
        found.setdefault(row.plan_id, []).append(row)
    return found


async def delete_regimes(session: AsyncSession, plan_id: uuid.UUID) -> None:
    """Delete the regimes of a draft, in which nobody reports yet."""
    statement = sa.delete(ReportingRegime).where(col(ReportingRegime.plan_id) == plan_id)
    await session.exec(statement)


async def move_due_days(
    session: AsyncSession, plan_id: uuid.UUID, moved: Sequence[DueDayChange], *, at: datetime
) -> dict[uuid.UUID, SubmissionEffect]:
    """Move the due days of a plan's submissions on which nothing was filed; answers those moved by
    their ids.

    A submission stays where it is if it was due before today or its day is not `due_on_before`.
    """
    if not moved:
        return {}
    given = to_json([one._asdict() for one in moved]).decode()
    parameters: dict[str, Any] = {"moved": given, "plan": plan_id, "today": local_day(at), "at": at}
    rows = await (await session.connection()).execute(sa.text(MOVE_DUE_DAYS), parameters)
    return {
        row_id: SubmissionEffect("moves", OwedSubmission(*owed), before)
        for row_id, *owed, before in rows
    }


async def is_begun(session: AsyncSession, plan_id: uuid.UUID, period: str) -> bool:
    """True if anybody has drafted or filed a submission of a plan for a period."""
    found = (
        select(Submission.id)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .outerjoin(SubmissionDraft, col(SubmissionDraft.submission_id) == col(Submission.id))
        .where(
            col(Assignment.plan_id) == plan_id,
            col(Submission.period) == period,
            sa.or_(col(Submission.attempts) > 0, col(SubmissionDraft.submission_id).is_not(None)),
        )
    )
    async with reach_all(session):
        return bool((await session.exec(select(found.exists()))).one())


async def lock_unbegun_submissions(
    session: AsyncSession, plan_id: uuid.UUID, from_day: date
) -> list[UnbegunSubmission]:
    """The unbegun submissions of a plan's periods from *from_day* on (inclusive).

    They and their assignments are locked until the transaction ends.
    """
    parameters: dict[str, Any] = {
        "plan": plan_id,
        "from_day": from_day,
        "unfinished": [status.value for status in UNFINISHED],
    }
    async with reach_all(session):
        connection = await session.connection()
        rows = (await connection.execute(UNBEGUN_SUBMISSIONS, parameters)).mappings().all()
        # A row that was waited for is as it is now; of drafts only another statement sees that.
        ids = [row["id"] for row in rows]
        drafted = set((await connection.execute(DRAFTED, {"ids": ids})).scalars())
    return [
        UnbegunSubmission(
            **dict(row)
            | {"status": SubmissionStatus(row["status"]), "role": AssigneeRole(row["role"])}
        )
        for row in rows
        if row["id"] not in drafted
    ]


async def change_submissions(
    session: AsyncSession, changes: Sequence[SubmissionChange], *, at: datetime
) -> None:
    """Give locked submissions their new days and status: some are waived, some expected again."""
    if changes:
        given = to_json([one._asdict() for one in changes]).decode()
        parameters = {"changes": given, "at": at, "today": local_day(at)}
        await (await session.connection()).execute(CHANGE_SUBMISSIONS, parameters)

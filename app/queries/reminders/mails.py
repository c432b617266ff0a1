"""The e-mails that wait to be sent, and the items in them that are still open."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    Assignment,
    FocalPoint,
    MailState,
    Plan,
    PlanStatus,
    Reminder,
    ReminderItem,
    Submission,
    Task,
)
from app.queries.locks import lock_reminder_mails
from app.queries.registry.agencies import holds_on
from app.queries.reminders.due import REMINDED_ASSIGNMENTS, REMINDED_SUBMISSIONS
from app.queries.reminders.reminders import ReminderLine, select_lines


async def lock_waiting_mails(
    session: AsyncSession, *, at: datetime, limit: int
) -> list[tuple[Reminder, str | None]]:
    """The mails that are to be sent by *at* and their addresses, with all others that wait for the
    same receivers, at most *limit* of which are taken; the newest first.

    They are locked until the transaction ends, and nobody else takes mails meanwhile.
    """
    await lock_reminder_mails(session)
    waiting = col(Reminder.mail_state) == MailState.QUEUED
    due = (
        select(Reminder.agency_id, Reminder.receiver_key)
        .where(waiting, col(Reminder.next_try_at) <= at)
        .order_by(col(Reminder.next_try_at), col(Reminder.id))
        .limit(limit)
    )
    rows = await session.exec(
        select(Reminder, FocalPoint.email)
        .join(FocalPoint, col(FocalPoint.id) == col(Reminder.focal_point_id))
        .where(waiting, sa.tuple_(col(Reminder.agency_id), col(Reminder.receiver_key)).in_(due))
        .order_by(col(Reminder.created_at).desc(), col(Reminder.id).desc())
        .with_for_update(of=Reminder)
        .execution_options(populate_existing=True)
    )
    return list(rows)


async def lines_still_open(
    session: AsyncSession, ids: Collection[uuid.UUID], *, day: date
) -> list[ReminderLine]:
    """The items of these reminders that are still open and due on the same day, each item once.

    Items that were filed, completed, moved or handed over since are left out.
    """
    reported = sa.or_(
        col(ReminderItem.submission_id).is_(None),
        sa.and_(
            col(Submission.status).in_(REMINDED_SUBMISSIONS),
            col(Submission.due_on) == col(ReminderItem.due_on),
        ),
    )
    is_same_day = sa.or_(
        col(ReminderItem.submission_id).is_not(None),
        col(Assignment.deadline_on).is_not_distinct_from(col(ReminderItem.due_on)),
    )
    rows = await session.exec(
        select_lines()
        .join(Reminder, col(Reminder.id) == col(ReminderItem.reminder_id))
        .join(Agency, col(Agency.id) == col(Assignment.agency_id))
        .where(
            col(ReminderItem.reminder_id).in_(ids),
            col(Plan.status) == PlanStatus.ISSUED,
            col(Assignment.status).in_(REMINDED_ASSIGNMENTS),
            col(Assignment.awaits_handover).is_(False),
            holds_on(Agency, day),
            # The office is reminded of what others owe, an agency of its own assignments.
            sa.or_(
                col(Reminder.receiver) == "office",
                col(Assignment.agency_id) == col(Reminder.agency_id),
            ),
            is_same_day,
            reported,
        )
        .order_by(
            col(ReminderItem.due_on).nulls_last(),
            col(Plan.id),
            col(Task.position),
            col(Assignment.id),
            col(Submission.id).nulls_first(),
        )
    )
    found: dict[tuple[uuid.UUID, uuid.UUID | None], ReminderLine] = {}
    for row in rows:
        line = ReminderLine(*row)
        found.setdefault((line.assignment.id, line.item.submission_id), line)
    return list(found.values())


async def lock_reminders(session: AsyncSession, ids: Collection[uuid.UUID]) -> Sequence[Reminder]:
    """These reminders, locked until the transaction ends."""
    statement = select(Reminder).where(col(Reminder.id).in_(ids)).order_by(col(Reminder.id))
    fresh = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(fresh)).all()

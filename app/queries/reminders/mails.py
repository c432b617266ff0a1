"""The e-mails that wait to be sent, and the items in them that are still open."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    AgencyReport,
    Assignment,
    FocalPoint,
    ItemKind,
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
from app.queries.reminders.missing import no_action_plan, no_focal_point
from app.queries.reminders.reminders import OWING, ReminderLine, select_lines
from app.queries.row_security import reach_all

OF_ITEM = "reminder_item.plan_id", "coalesce(assignment.agency_id, reminder_item.agency_id)"
"""SQL of the plan and of the owing agency of an item."""


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
    mails = (
        select(Reminder, FocalPoint.email)
        .join(FocalPoint, col(FocalPoint.id) == col(Reminder.focal_point_id))
        .where(waiting, sa.tuple_(col(Reminder.agency_id), col(Reminder.receiver_key)).in_(due))
        .order_by(col(Reminder.created_at).desc(), col(Reminder.id).desc())
        .with_for_update(of=Reminder, key_share=True)
        .execution_options(populate_existing=True)
    )
    async with reach_all(session):
        return list(await session.exec(mails))


async def lines_still_open(
    session: AsyncSession, ids: Collection[uuid.UUID], *, day: date
) -> list[ReminderLine]:
    """The items of these reminders that are still open and due on the same day, each item once.

    Items that were filed, completed, moved or handed over since are left out.
    """
    open_lines = (
        select_lines()
        .join(Reminder, col(Reminder.id) == col(ReminderItem.reminder_id))
        .join(Agency, col(Agency.id) == OWING)
        .where(
            col(ReminderItem.reminder_id).in_(ids),
            col(Plan.status) == PlanStatus.ISSUED,
            holds_on(Agency, day),
            # The office is reminded of what others owe, an agency of what is its own.
            sa.or_(col(Reminder.receiver) == "office", col(Reminder.agency_id) == OWING),
            sa.case(_still_open(day), value=col(ReminderItem.kind)),
        )
        .order_by(
            col(ReminderItem.due_on).nulls_last(),
            col(Plan.id),
            col(Task.position).nulls_last(),
            col(Assignment.id),
            col(Submission.id).nulls_first(),
            col(ReminderItem.number),
        )
    )
    found: dict[tuple[Any, ...], ReminderLine] = {}
    async with reach_all(session):
        rows = await session.exec(open_lines)
    for row in rows:
        line = ReminderLine(*row)
        item = line.item
        subject = (item.assignment_id, item.submission_id, item.agency_report_id)
        found.setdefault((item.kind, item.plan_id, line.owing_id, *subject), line)
    return list(found.values())


def _still_open(day: date) -> dict[ItemKind, sa.ColumnElement[bool] | sa.TextClause]:
    """The condition that an item is still open and due on the same day, by the kind of its
    subject."""
    is_at_work = sa.and_(
        col(Assignment.status).in_(REMINDED_ASSIGNMENTS),
        col(Assignment.awaits_handover).is_(False),
    )
    due_on = col(ReminderItem.due_on)
    return {
        ItemKind.ASSIGNMENT: sa.and_(
            is_at_work, col(Assignment.deadline_on).is_not_distinct_from(due_on)
        ),
        ItemKind.SUBMISSION: sa.and_(
            is_at_work,
            col(Submission.status).in_(REMINDED_SUBMISSIONS),
            col(Submission.due_on) == due_on,
        ),
        ItemKind.AGENCY_REPORT: col(AgencyReport.status).in_(REMINDED_SUBMISSIONS),
        ItemKind.FOCAL_POINT: sa.text(no_focal_point(*OF_ITEM)).bindparams(day=day),
        ItemKind.ACTION_PLAN: sa.text(no_action_plan(*OF_ITEM)),
    }


async def lock_reminder_rows(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> Sequence[Reminder]:
    """These reminders, locked until the transaction ends."""
    statement = select(Reminder).where(col(Reminder.id).in_(ids)).order_by(col(Reminder.id))
    fresh = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.exec(fresh)).all()

"""Contacts, days and what was reminded on them, for tests of reminders."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings
from app.db import SessionMaker
from app.jobs.reminders import remind
from app.models import (
    Agency,
    Assignment,
    ContactLevel,
    FocalPoint,
    Plan,
    Receiver,
    Reminder,
    ReminderItem,
)
from app.queries.row_security import reach_all

DEADLINE = date(2024, 12, 31)
"""By when the sample's tasks of the year 2024 are owed."""
WEEK_BEFORE = date(2024, 12, 24)


class RemindedItem(NamedTuple):
    """One thing that one receiver heard of on a day."""

    on_day: date
    agency_id: UUID
    receiver: Receiver
    by_mail: bool
    assignment_id: UUID | None
    submission_id: UUID | None
    step: int | None


def morning(day: date) -> datetime:
    """Eight o'clock in the province."""
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)


def days(first: date, count: int) -> Iterable[date]:
    """So many days in a row."""
    return (first + timedelta(days=n) for n in range(count))


async def name_contact(
    session: AsyncSession, agency: Agency, plan: Plan, **given: Any
) -> FocalPoint:
    """Name the contact of an agency for a plan since long ago, its focal point unless *given* has
    another level."""
    code = agency.code.lower()
    given = {
        "level": ContactLevel.FOCAL,
        "name": "Người Mẫu",
        "email": f"{given.get('level', 'focal')}@{code}.example",
        "valid_from": date(2024, 1, 1),
        **given,
    }
    row = FocalPoint(agency_id=agency.id, plan_id=plan.id, **given)
    session.add(row)
    async with reach_all(session):
        await session.flush()
    await session.commit()
    return row


async def remind_on(sessions: SessionMaker, settings: Settings, day: date) -> bool:
    """Do the worker's reminders of a day; answers as `remind` does."""
    return await remind(sessions, settings, at=morning(day))


async def reminded(session: AsyncSession, *where: Any) -> list[RemindedItem]:
    """All items of reminders, in the order of days."""
    statement = (
        sa.select(
            col(Reminder.on_day),
            col(Reminder.agency_id),
            col(Reminder.receiver),
            col(Reminder.mail_state).is_not(None),
            col(ReminderItem.assignment_id),
            col(ReminderItem.submission_id),
            col(ReminderItem.step),
        )
        .join(ReminderItem, col(ReminderItem.reminder_id) == col(Reminder.id))
        .where(*where)
        .order_by(col(Reminder.on_day), col(Reminder.id), col(ReminderItem.number))
    )
    return [RemindedItem(*row) for row in await (await session.connection()).execute(statement)]


async def reminders_of(session: AsyncSession) -> list[Reminder]:
    """All reminders, as they stand."""
    statement = select(Reminder).order_by(col(Reminder.on_day), col(Reminder.receiver))
    return list(await session.exec(statement.execution_options(populate_existing=True)))


async def set_assignment(session: AsyncSession, row: Assignment, **values: Any) -> None:
    """Put an assignment into a state, whatever led to it."""
    await session.exec(
        sa.update(Assignment)
        .where(col(Assignment.id) == row.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    await session.commit()

"""Trying to send the e-mails of reminders: when, when again, and with which outcome.

A try is counted and committed before it is made, so that a try which ends its worker counts too. A
receiver may then get the same letter twice, with one Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.domain.reminders.letters import mail_text
from app.domain.webhooks.deliveries import next_try
from app.models import MailFault, MailState, Reminder
from app.outbound.mailing import EMail, MailAnswer
from app.queries.reminders import mails as queries

AT_ONCE = 20
"""The most receivers that one batch writes to."""
MAIL_LEASE = timedelta(minutes=10)
"""The time for which mails under way are left alone; after it their worker counts as gone."""


@dataclass(frozen=True, slots=True)
class ReminderMail:
    """One letter, and the ids of the reminders in it."""

    letter: EMail
    ids: tuple[UUID, ...]


async def begin_mails(session: AsyncSession, *, at: datetime) -> list[ReminderMail]:
    """Take the mails that are to be sent by *at*, one letter for each receiver, and count the try.

    Reminders that still wait from an earlier day go along, with today's counts of days. Work that
    was done since is left out; where nothing is left, the mail is cancelled.
    """
    waiting: dict[tuple[UUID, str], list[Reminder]] = {}
    addresses: dict[tuple[UUID, str], str | None] = {}
    for row, address in await queries.lock_waiting_mails(session, at=at, limit=AT_ONCE):
        key = (row.agency_id, row.receiver_key)
        waiting.setdefault(key, []).append(row)
        addresses.setdefault(key, address)
    posts: list[ReminderMail] = []
    for key, reminders in waiting.items():
        post = await _letter(session, reminders, addresses[key], at=at)
        for row in reminders:
            if post is None:
                _settle(row, MailState.CANCELLED)
                continue
            row.tries += 1
            row.next_try_at = at + MAIL_LEASE
        if post is not None:
            posts.append(post)
    await session.flush()
    return posts


async def finish_mail(
    session: AsyncSession, post: ReminderMail, answer: MailAnswer, *, at: datetime, luck: float
) -> None:
    """Record the outcome of a try; *luck* (0 to 1) spreads the next one.

    A mail that is rejected for good, or was tried to the last after about three days, has failed.
    """
    for row in await queries.lock_reminder_rows(session, post.ids):
        if row.mail_state != MailState.QUEUED:
            continue
        row.mail_fault = answer.fault
        if answer.fault is None:
            _settle(row, MailState.SENT)
            row.sent_at = at
            continue
        row.next_try_at = next_try(row.tries, at=at, luck=luck)
        if answer.fault == MailFault.REJECTED or row.next_try_at is None:
            _settle(row, MailState.FAILED)


def _settle(row: Reminder, state: MailState) -> None:
    row.mail_state = state
    row.next_try_at = None


async def _letter(
    session: AsyncSession, reminders: Sequence[Reminder], address: str | None, *, at: datetime
) -> ReminderMail | None:
    ids = tuple(row.id for row in reminders)
    lines = await queries.lines_still_open(session, ids, day=local_day(at))
    if not lines or address is None:
        return None
    words = await mail_text(session, reminders, lines, day=local_day(at))
    return ReminderMail(EMail(str(ids[0]), address, words.subject, words.text, at), ids)

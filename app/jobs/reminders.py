"""Making reminders once a day, from an hour of the province's clock on, and sending their mails."""

import random
import time
from datetime import datetime, timedelta

from app.clock import PROVINCE, utc_now
from app.config import Settings
from app.db import SessionMaker
from app.domain.reminders import mails
from app.domain.reminders import remind as reminders
from app.jobs.loops import LoopContext, logger
from app.outbound.mailing import Mailer

LOOK_SECONDS = 5.0
"""The interval at which the worker looks for e-mails to be sent."""


async def remind(sessions: SessionMaker, settings: Settings, *, at: datetime) -> bool:
    """Make the day's reminders once the hour has come; answers True once they are made.

    Safe to repeat: a second worker finds the day done.
    """
    if at.astimezone(PROVINCE).hour < settings.reminder_hour:
        return False
    async with sessions.begin() as session:
        made = await reminders.remind_by_rule(session, has_mail=bool(settings.smtp_host), at=at)
    if made:
        logger.info("reminded", receivers=made)
    return True


async def mail(work: LoopContext) -> None:
    """Send the e-mails that wait until the worker is to stop; without a server there are none."""
    if not work.settings.smtp_host:
        await work.stop.wait()
        return
    mailer = Mailer(work.settings)
    while not work.stop.is_set():
        if not await send_mails(work.sessions, mailer, at=utc_now()):
            await work.rest(LOOK_SECONDS)


async def send_mails(sessions: SessionMaker, mailer: Mailer, *, at: datetime) -> int:
    """Send the e-mails that are due by *at*, one after another; answers the number tried.

    No transaction is open while the server answers.
    """
    started = time.monotonic()
    async with sessions.begin() as session:
        posts = await mails.begin_mails(session, at=at)
    for post in posts:
        answer = await mailer.send(post.letter)
        if answer.fault is not None:
            logger.warning(
                "reminder_not_sent", reminder=post.letter.name, fault=answer.fault, code=answer.code
            )
        now = at + timedelta(seconds=time.monotonic() - started)
        luck = random.random()  # noqa: S311 - jitter
        async with sessions.begin() as session:
            await mails.finish_mail(session, post, answer, at=now, luck=luck)
    return len(posts)

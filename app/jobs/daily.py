"""The work of each day of the province."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from app.clock import local_day, utc_now
from app.jobs.amend import carry_out_amendments
from app.jobs.clean_up import (
    forget_ended_operations,
    forget_ended_tokens,
    forget_failed_logins,
    forget_old_events,
    forget_stored_answers,
)
from app.jobs.hand_over import hand_over
from app.jobs.loops import LoopContext, logger
from app.jobs.note_cluster import note_cluster
from app.jobs.reminders import remind
from app.jobs.right_clock import lead_of_clock
from app.jobs.roll_forward import roll_forward
from app.jobs.seed_calendar import seed_calendar

Job = Callable[..., Awaitable[object]]
LOOK_SECONDS = 60.0
"""The seconds after which the worker looks again whether a new day has begun."""


async def daily(work: LoopContext) -> None:
    """Do each day's work once; a job that fails is tried again at the next look."""
    done = reminded = None
    while not work.stop.is_set():
        now = utc_now()
        is_due = {done, reminded} != {local_day(now)}
        # The clock may have been set a moment ago.
        if is_due and await lead_of_clock(work) is None:
            if local_day(now) != done and await _day(work, at=now):
                done = local_day(now)
            # Later in the day, and after ended agencies have handed over.
            if local_day(now) != reminded and await _remind(work, at=now):
                reminded = local_day(now)
        await work.rest(LOOK_SECONDS)


async def _remind(work: LoopContext, *, at: datetime) -> bool:
    try:
        return await remind(work.sessions, work.settings, at=at)
    except Exception:
        logger.exception("day_failed")
        return False


async def _day(work: LoopContext, *, at: datetime) -> bool:
    # Ended agencies hand over before their successors get new assignments, and amendments are
    # carried out before assignments are made from the plan's words. The calendar comes first:
    # submissions whose due day counts working days are expected once their year is known.
    jobs: tuple[Job, ...] = (
        note_cluster,
        seed_calendar,
        hand_over,
        carry_out_amendments,
        roll_forward,
        forget_ended_tokens,
        forget_failed_logins,
        partial(forget_old_events, days=work.settings.event_days),
        forget_stored_answers,
        partial(forget_ended_operations, days=work.settings.operation_days),
    )
    done = True
    for job in jobs:
        try:
            await job(work.sessions, at=at)
        except Exception:
            logger.exception("day_failed")
            done = False
    return done

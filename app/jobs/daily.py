"""What is done once a day of the province."""

from datetime import datetime

from app.clock import local_day, utc_now
from app.jobs.clean_up import (
    forget_ended_operations,
    forget_ended_tokens,
    forget_old_events,
    forget_stored_answers,
)
from app.jobs.loops import Work, logger
from app.jobs.roll_forward import roll_forward

LOOK_SECONDS = 60.0
"""How often the worker looks whether a new day has begun in the province."""


async def daily(work: Work) -> None:
    """Do each day's work once; what fails is tried again at the next look."""
    done = None
    while not work.stop.is_set():
        now = utc_now()
        if local_day(now) != done and await _day(work, at=now):
            done = local_day(now)
        await work.rest(LOOK_SECONDS)


async def _day(work: Work, *, at: datetime) -> bool:
    try:
        await roll_forward(work.sessions, at=at)
        await forget_ended_tokens(work.sessions, at=at)
        await forget_old_events(work.sessions, at=at, days=work.settings.event_days)
        await forget_stored_answers(work.sessions, at=at)
        await forget_ended_operations(work.sessions, at=at, days=work.settings.operation_days)
    except Exception:
        logger.exception("day_failed")
        return False
    return True

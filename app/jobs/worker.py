"""The loop of the background jobs."""

import asyncio
import contextlib
from datetime import date

import sqlalchemy as sa
import structlog

from app.clock import local_day, utc_now
from app.config import Settings
from app.db import SessionMaker, make_engine, make_sessionmaker
from app.jobs.clean_up import forget_ended_tokens
from app.jobs.roll_forward import roll_forward

logger = structlog.get_logger("tiendo.worker")

LOOK_SECONDS = 60.0
"""How often the worker looks whether a new day has begun in the province."""


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what is being done then is finished first."""
    engine = make_engine(settings)
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.text("select 1"))
        logger.info("worker_started")
        done: date | None = None
        while not stop.is_set():
            done = await _day(make_sessionmaker(engine), done)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
        logger.info("worker_stopped")
    finally:
        await engine.dispose()


async def _day(sessionmaker: SessionMaker, done: date | None) -> date | None:
    """Do a day's work once; what fails is tried again at the next look."""
    now = utc_now()
    if local_day(now) == done:
        return done
    try:
        await roll_forward(sessionmaker, at=now)
        await forget_ended_tokens(sessionmaker, at=now)
    except Exception:
        # A worker that ends over one bad day does none of the next ones.
        logger.exception("day_failed")
        return done
    return local_day(now)

"""The background jobs of one process."""

import asyncio

from app.config import DatabaseRole, Settings
from app.db import make_engine, make_sessionmaker
from app.jobs.daily import daily
from app.jobs.figures import figures
from app.jobs.loops import Loop, LoopContext, logger
from app.jobs.operations import operations
from app.jobs.presence import present
from app.jobs.reminders import mail
from app.jobs.right_clock import work_by_right_clock
from app.jobs.webhook_deliveries import deliver
from app.queries.health import WORKER_NAME, ping

LOOPS: tuple[Loop, ...] = (daily, operations, deliver, mail, figures)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work by the right clock until `stop` is set; current work is finished first."""
    engine = make_engine(settings, role=DatabaseRole.WORKER, name=WORKER_NAME)
    try:
        async with engine.connect() as connection:
            await ping(connection)
        async with present(settings) as number:
            logger.info("worker_started")
            work = LoopContext(settings, make_sessionmaker(engine), stop, number)
            await work_by_right_clock(work, LOOPS)
            logger.info("worker_stopped")
    finally:
        await engine.dispose()

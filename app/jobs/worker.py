"""The loop of the background jobs."""

import asyncio

import sqlalchemy as sa
import structlog

from app.config import Settings
from app.db import make_engine

logger = structlog.get_logger("tiendo.worker")


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set; what is being done then is finished first."""
    engine = make_engine(settings)
    try:
        async with engine.connect() as connection:
            await connection.execute(sa.text("select 1"))
        logger.info("worker_started")
        await stop.wait()
        logger.info("worker_stopped")
    finally:
        await engine.dispose()

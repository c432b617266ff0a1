"""Showing that a worker lives: by a lock that the database lets go of when its connection ends.

So the leases of a killed worker are taken up at once; a lease alone would end half a minute later.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from app.config import DatabaseRole, Settings
from app.logs import get_logger
from app.queries.health import WORKER_NAME
from app.queries.locks import keep_lock, try_lock_worker

logger = get_logger("tiendo.worker")

LOOK_SECONDS = 1.0
"""The interval at which the connection is tried, and made anew where it has ended."""
PATIENCE = 5.0
"""Seconds that one answer is waited for."""
LOST = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""The errors of a connection that has ended, or can't be made now."""
SILENCE = {"tcp_keepalives_idle": "1", "tcp_keepalives_interval": "1", "tcp_keepalives_count": "2"}
"""Makes the database notice within three seconds that a whole machine is gone."""


@asynccontextmanager
async def present(settings: Settings) -> AsyncIterator[int]:
    """The number by which a worker is known to live, for as long as the context lasts."""
    number = secrets.randbelow(2**31)
    connection = await _announce(settings, number)
    keeping = asyncio.create_task(_stay(settings, number, connection))
    try:
        yield number
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _announce(settings: Settings, number: int) -> asyncpg.Connection:
    """A connection that has the lock of this number; raises TimeoutError if another has it."""
    connection = await asyncpg.connect(
        settings.driver_url(DatabaseRole.WORKER),
        timeout=PATIENCE,
        command_timeout=PATIENCE,
        server_settings={
            "application_name": WORKER_NAME,
            "role": DatabaseRole.WORKER.value,
            **SILENCE,
        },
    )
    # The connection of before may still hold the lock, if the network failed and not this process.
    if not await try_lock_worker(connection, number):
        connection.terminate()
        raise TimeoutError
    return connection


async def _stay(settings: Settings, number: int, connection: asyncpg.Connection) -> None:
    """Hold the lock until cancelled."""
    try:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await keep_lock(connection)
            except LOST:
                connection.terminate()
                with contextlib.suppress(*LOST):
                    connection = await _announce(settings, number)
                    logger.info("worker_announced_again")
    finally:
        connection.terminate()

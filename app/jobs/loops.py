"""Loops that run side by side: a failure in one is logged and stops no other."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.config import Settings
from app.db import SessionMaker
from app.logs import get_logger

logger = get_logger("tiendo.worker")

PAUSE_SECONDS = 5.0
"""The seconds after which a loop that failed is started again."""


@dataclass(frozen=True, slots=True)
class LoopContext:
    """The settings, the database and the signal to stop that every loop is given.

    `worker` is the number by which this worker is known to live.
    """

    settings: Settings
    sessions: SessionMaker
    stop: asyncio.Event
    worker: int | None = None

    async def rest(self, seconds: float) -> None:
        """Wait for *seconds*, or until the worker is to stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)


Loop = Callable[[LoopContext], Awaitable[None]]
"""A loop works until `stop` is set, and finishes its current work first."""


async def side_by_side(
    work: LoopContext, loops: Sequence[Loop], *, pause: float = PAUSE_SECONDS
) -> None:
    """Run all loops until every one of them has ended; *pause* in seconds."""
    async with asyncio.TaskGroup() as group:
        for loop in loops:
            group.create_task(_keep_going(work, loop, pause))


async def _keep_going(work: LoopContext, loop: Loop, pause: float) -> None:
    while not work.stop.is_set():
        try:
            await loop(work)
        except Exception:
            logger.exception("loop_failed", loop=loop.__name__)
            await work.rest(pause)

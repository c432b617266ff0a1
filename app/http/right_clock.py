"""Taking no change while this machine's clock is wrong: the day of receipt can't be undone.

An API whose clock is days ahead would receive reports late that came in time, and issue tokens that
outlive their time. Requests that only read are answered.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.types import Scope

from app.db import SessionMaker
from app.http.problems import UnavailableError
from app.logs import get_logger
from app.queries.clocks import clock_lead, is_wrong, wrong_clock

LOOK_SECONDS = 10.0
SAFE = ("GET", "HEAD", "OPTIONS")

logger = get_logger("tiendo.clock")


class ClockWatch:
    """Compares this machine's clock with the database's while the application serves."""

    def __init__(
        self,
        lead: Callable[[AsyncSession], Awaitable[timedelta]] = clock_lead,
        pause: float = LOOK_SECONDS,
    ) -> None:
        self._lead = lead
        self._pause = pause
        self.problem: UnavailableError | None = None
        """The refusal of changes; None while the clock is right, or was not compared yet."""

    def refusal(self, scope: Scope) -> UnavailableError | None:
        """The refusal of a request that changes something by a wrong clock."""
        return None if scope["method"] in SAFE else self.problem

    @asynccontextmanager
    async def watching(self, sessions: SessionMaker) -> AsyncIterator[None]:
        """Compare now, and again every few seconds until the end."""
        await self.look(sessions)
        watch = asyncio.create_task(self._watch(sessions))
        try:
            yield
        finally:
            watch.cancel()
            self.problem = None

    async def _watch(self, sessions: SessionMaker) -> None:
        while True:
            await asyncio.sleep(self._pause)
            await self.look(sessions)

    async def look(self, sessions: SessionMaker) -> None:
        """Compare once; where the database does not answer, the last result stands."""
        try:
            async with asyncio.timeout(self._pause), sessions() as session:
                lead = await self._lead(session)
        except (SQLAlchemyError, OSError, TimeoutError):
            return
        was_wrong = self.problem is not None
        self.problem = None
        if is_wrong(lead):
            words = wrong_clock(lead)
            self.problem = UnavailableError(words)
            if not was_wrong:
                logger.error("clock_wrong", **words._asdict())
        elif was_wrong:
            logger.info("clock_right")

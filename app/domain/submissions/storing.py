"""Storing the changes of pushes in parts, each while the next one is judged.

PostgreSQL takes longer to store a thousand rows than this process to judge them, and neither needs
the other meanwhile.
"""

import asyncio
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.submissions.case_rows import SubmissionChanges
from app.queries.submissions.push_writes import (
    ChangesToStore,
    prepare_changes,
    store_changes,
    store_prepared,
)

FIRST_PART = 100
"""Assignments whose changes are stored first: few, so that PostgreSQL begins soon."""
GROWTH = 3
"""Each part is so many times the one before: its rows are judged in the time that one takes, and
the fewer statements there are, the less they cost."""
ROWS_A_TURN = 50
"""After so many rows other requests have their turn, and the rows in hand are sent."""


async def store_judged(
    session: AsyncSession, judged: Iterator[SubmissionChanges], *, at: datetime, atomic: bool
) -> dict[uuid.UUID, DBAPIError]:
    """Store what *judged* comes to, each part while the next one is taken from it; answers the
    errors of the database by assignment.

    The rules let nothing pass that the database refuses; should it happen all the same, all but
    those rows are stored, or none if *atomic*. An error that concerns no single row (a lost
    connection, a time limit, a deadlock) is raised, and the whole request comes to nothing.
    """
    taken: list[SubmissionChanges] = []
    try:
        async with session.begin_nested():
            await _store_in_parts(session, _taken(judged, taken), at)
    except DBAPIError as error:
        if not _is_of_a_row(error):
            raise
        every = [*taken, *judged]
        async with session.begin_nested() as whole:
            failures = await _store_what_can_be(session, [*_changed(every)], at)
            if failures and atomic:
                await whole.rollback()
        return failures
    return {}


def _taken(
    judged: Iterator[SubmissionChanges], taken: list[SubmissionChanges]
) -> Iterator[SubmissionChanges]:
    for one in judged:
        taken.append(one)
        yield one


def _changed(judged: Iterable[SubmissionChanges]) -> Iterator[SubmissionChanges]:
    return (one for one in judged if one.submissions or one.drafts)


async def _store_in_parts(
    session: AsyncSession, judged: Iterable[SubmissionChanges], at: datetime
) -> None:
    part: list[SubmissionChanges] = []
    size = FIRST_PART
    async with _Storing(session) as storing:
        for number, one in enumerate(judged, 1):
            part.append(one)
            if len(part) == size:
                await storing.begin(prepare_changes(_changed(part), at=at))
                part, size = [], size * GROWTH
            elif number % ROWS_A_TURN == 0:
                await asyncio.sleep(0)
        await storing.begin(prepare_changes(_changed(part), at=at))


class _Storing:
    """Stores one part after another while its user goes on."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def begin(self, part: ChangesToStore) -> None:
        """Store *part* from now on, as soon as the part before it is stored."""
        await self._finish()
        if part.is_empty:
            return
        self._running = asyncio.create_task(store_prepared(self._session, part))
        # The task writes in the first turn of the loop, which sends at the end of that turn.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _finish(self) -> None:
        if self._running is not None:
            running, self._running = self._running, None
            await running

    async def __aexit__(
        self, failure: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if failure is None or self._running is None:
            await self._finish()
            return
        if issubclass(failure, asyncio.CancelledError):
            self._running.cancel()
        # The failure is raised on; nothing may use the session before the running part has ended.
        await asyncio.gather(self._running, return_exceptions=True)


async def _store_what_can_be(
    session: AsyncSession, changes: Sequence[SubmissionChanges], at: datetime
) -> dict[uuid.UUID, DBAPIError]:
    """Store all changes but those that the database refuses; answers the errors by assignment.

    Halving finds the rows, so that one bad row hides no other.
    """
    try:
        async with session.begin_nested():
            await store_changes(session, changes, at=at)
    except DBAPIError as error:
        if not _is_of_a_row(error):
            raise
        if len(changes) == 1:
            return {changes[0].assignment.id: error}
        middle = len(changes) // 2
        return {
            **await _store_what_can_be(session, changes[:middle], at),
            **await _store_what_can_be(session, changes[middle:], at),
        }
    return {}


def _is_of_a_row(error: DBAPIError) -> bool:
    """True if the database refused values: SQLSTATE 22 data, 23 constraints, P0 a trigger's
    refusal."""
    state = str(getattr(getattr(error.orig, "__cause__", None), "sqlstate", "") or "")
    return state.startswith(("22", "23", "P0"))

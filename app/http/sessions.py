"""The session of one request, whose work it commits at once, and the reader of one that reads.

Apart from `app.db`, since the worker has sessions too and loads nothing that answers requests.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from app.db import SessionMaker, give_back
from app.http.endings import endings_of
from app.reading import PoolReader, SqlReader


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One request's transaction: committed on return, rolled back on any exception."""
    sessionmaker: SessionMaker = request.app.state.sessionmaker
    async with sessionmaker.begin() as session:
        yield session


# scope="function": commit before the response leaves, so a failed commit is never a 201.
# An operation that reads takes it only where it tells row security for which agency it reads, which
# holds for one transaction.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]


def reader_of(request: Request) -> PoolReader:
    """The reader of this process."""
    reader: PoolReader = request.scope["app"].state["reader"]
    return reader


class RequestReader:
    """Runs the texts of one request, and makes a session where rows of the ORM are read as well.

    A request that asks for no such row pays for no session.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._session: AsyncSession | None = None

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        by_value: bool = False,
    ) -> Sequence[Any]:
        """The rows of *statement*."""
        await self.give_back()
        return await reader_of(self._request).fetch(statement, parameters, by_value=by_value)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlReader]:
        """A reader whose texts are one transaction."""
        await self.give_back()
        async with reader_of(self._request).transaction() as reader:
            yield reader

    async def give_back(self) -> None:
        """Give the session's connection back, whose rows stay: whoever held one while they wait for
        another would wait for others that do the same."""
        if self._session is not None:
            await give_back(self._session)

    @property
    def session(self) -> AsyncSession:
        """A session that only reads, until the endpoint has answered."""
        if self._session is None:
            sessionmaker: SessionMaker = self._request.app.state.reading_sessionmaker
            self._session = sessionmaker()
            endings_of(self._request).push_async_callback(self._session.close)
        return self._session


async def get_request_reader(request: Request) -> RequestReader:
    """The reader of one request."""
    return RequestReader(request)


ReaderDep = Annotated[RequestReader, Depends(get_request_reader)]


async def get_reading_session(reader: ReaderDep) -> AsyncSession:
    """One request's session, where all it does is read."""
    return reader.session


# The two round trips of an empty transaction are a third of what a hot read costs.
ReadingSessionDep = Annotated[AsyncSession, Depends(get_reading_session)]

"""Reading straight from the driver: what is shaped in SQL needs no session.

A session costs as much processor time as the rest of a short read. So statements that are texts go
to asyncpg as they are, on connections that plan each text once; what loads rows of the ORM uses a
session, whole.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

STATEMENTS = 500
"""How many prepared statements a connection keeps: a list has one for each set of its filters."""


class Row(asyncpg.Record):
    """A row whose columns are attributes, as those of SQLAlchemy's rows are."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class SqlReader(Protocol):
    """Answers a text with its rows; each text is a transaction of its own."""

    async def fetch(
        self, statement: sa.TextClause, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """The rows of *statement* with its named *parameters*."""


class PoolReader:
    """Reads by a pool of connections, within the number of connections of the whole process."""

    def __init__(self, pool: "asyncpg.Pool[Row]", budget: asyncio.Semaphore) -> None:
        self._pool = pool
        self._budget = budget

    async def fetch(
        self, statement: sa.TextClause, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """The rows of *statement*, once a connection is free; first come, first served."""
        sql, names = compiled(statement)
        async with self._budget:
            return await self._pool.fetch(sql, *[(parameters or {})[name] for name in names])


class ConnectionReader:
    """Reads by one connection of SQLAlchemy, or by one of an engine at each statement."""

    def __init__(self, bind: AsyncConnection | AsyncEngine) -> None:
        self._bind = bind

    async def fetch(
        self, statement: sa.TextClause, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """The rows of *statement*."""
        if isinstance(self._bind, AsyncConnection):
            return await _fetch(self._bind, statement, parameters or {})
        async with self._bind.connect() as connection:
            return await _fetch(connection, statement, parameters or {})


async def _fetch(
    connection: AsyncConnection, statement: sa.TextClause, parameters: Mapping[str, Any]
) -> Sequence[Row]:
    sql, names = compiled(statement)
    raw: Any = (await connection.get_raw_connection()).driver_connection
    rows: Sequence[Row] = await raw.fetch(
        sql, *[parameters[name] for name in names], record_class=Row
    )
    return rows


@lru_cache(maxsize=2000)
def compiled(statement: sa.TextClause) -> tuple[str, tuple[str, ...]]:
    """The text as the driver takes it, with `$1` for names, and these names in order."""
    found: Any = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]
    return found.string, tuple(found.positiontup or ())

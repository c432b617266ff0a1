"""Running texts of SQL straight by the driver: what is shaped in SQL needs no session.

A session costs as much processor time as the rest of a short request. So what is asked by texts
goes to asyncpg as it is, on connections that plan each text once; what loads and changes rows of
the ORM uses a session, whole. A query that serves both takes `Sql`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, Protocol

import asyncpg
import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.connections import Budget

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
    """Runs texts of SQL and answers with their rows."""

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        is_list: bool = False,
    ) -> Sequence[Any]:
        """The rows of *statement* with its named *parameters*.

        The statement of a list is planned for the values of its filters, any other one once.
        """


Sql = AsyncSession | SqlReader
"""What a text is run by: a reader, or a session in its transaction, with nothing unflushed."""


async def fetch(
    sql: Sql,
    statement: sa.TextClause,
    parameters: Mapping[str, Any] | None = None,
    *,
    is_list: bool = False,
) -> Sequence[Any]:
    """The rows of *statement* with its named *parameters*; their columns are attributes.

    The statement of a list is planned for the values of its filters, any other one once.
    """
    if isinstance(sql, AsyncSession):
        return await _rows(await sql.connection(), statement, parameters)
    return await sql.fetch(statement, parameters, is_list=is_list)


def read_json(value: Any) -> Any:
    """The value of a JSON column: the driver hands it on as text, a session as what it means."""
    return from_json(value) if isinstance(value, str | bytes) else value


class PoolReader:
    """Runs each text as a transaction of its own, or several in one, on pools of connections.

    One pool plans a statement once; *lists* plans for the values that are given, since a plan for
    any values of a list's filters and limit would sort the whole table. Both keep within the
    number of connections of the whole process.
    """

    def __init__(
        self, pool: "asyncpg.Pool[Row]", lists: "asyncpg.Pool[Row]", budget: Budget
    ) -> None:
        self._pool = pool
        self._lists = lists
        self._budget = budget

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        is_list: bool = False,
    ) -> Sequence[Row]:
        """The rows of *statement*, once a connection is free; first come, first served."""
        turn = await self._budget.take()
        try:
            return await _fetch(self._lists if is_list else self._pool, statement, parameters)
        finally:
            self._budget.give_back(turn)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlReader]:
        """A reader whose texts are one transaction: committed at the end, rolled back if raised."""
        turn = await self._budget.take()
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                yield DriverReader(connection)
        finally:
            self._budget.give_back(turn)


class DriverReader:
    """Runs texts by one connection of the driver."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        is_list: bool = False,  # noqa: ARG002 - the connection is already chosen
    ) -> Sequence[Row]:
        """The rows of *statement*."""
        return await _fetch(self._connection, statement, parameters)


class ConnectionReader:
    """Runs texts by one connection of SQLAlchemy, or by one of an engine at each statement."""

    def __init__(self, bind: AsyncConnection | AsyncEngine) -> None:
        self._bind = bind
        self._turn = asyncio.Lock()

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        is_list: bool = False,
    ) -> Sequence[Any]:
        """The rows of *statement*."""
        async with self.transaction() as reader:
            return await reader.fetch(statement, parameters, is_list=is_list)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlReader]:
        """A reader whose texts are one transaction, or a savepoint in that of the connection."""
        if isinstance(self._bind, AsyncConnection):
            # One connection runs one text after another, whoever asks at once.
            async with self._turn, self._bind.begin_nested():
                yield _Connected(self._bind)
            return
        async with self._bind.begin() as connection:
            yield _Connected(connection)


class _Connected:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        is_list: bool = False,  # noqa: ARG002 - the connection is already chosen
    ) -> Sequence[Any]:
        return await _rows(self._connection, statement, parameters)


async def _rows(
    connection: AsyncConnection, statement: sa.TextClause, parameters: Mapping[str, Any] | None
) -> Sequence[Any]:
    result = await connection.execute(statement, dict(parameters or {}))
    return result.all() if result.returns_rows else []


async def _fetch(
    driver: Any, statement: sa.TextClause, parameters: Mapping[str, Any] | None
) -> Sequence[Row]:
    sql, names = compiled(statement)
    given = parameters or {}
    rows: Sequence[Row] = await driver.fetch(sql, *[given[name] for name in names])
    return rows


@lru_cache(maxsize=2000)
def compiled(statement: sa.TextClause) -> tuple[str, tuple[str, ...]]:
    """The text as the driver takes it, with `$1` for names, and these names in order."""
    found: Any = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call]
    return found.string, tuple(found.positiontup or ())

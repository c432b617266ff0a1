"""Running texts of SQL straight by the driver: an answer shaped in SQL needs no session.

A session costs as much processor time as the rest of a short request. So a text goes to asyncpg as
it is, on connections that plan each text once; code that loads and changes rows of the ORM uses a
session, whole. A query that serves both takes `Sql`.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from operator import itemgetter
from typing import Any, Protocol

import asyncpg
import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.connections import Budget

STATEMENTS = 500
"""The number of prepared statements that a connection stores: a list has one for each set of
filters."""
IDLE_SECONDS = 300.0
"""The seconds for which a connection that nobody needs stays open."""

READS_ALONE = "reads_alone"
"""Marks a session that only reads, whose statements are transactions of their own."""


class ReadRow(asyncpg.Record):
    """A row whose columns are attributes, as those of SQLAlchemy's rows are."""

    # Python asks `__getattr__` last, which costs as much as a short function: not for each row of
    # a page.
    body = property(itemgetter("body"))
    key = property(itemgetter("key"))
    xmin = property(itemgetter("xmin"))

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
        by_value: bool = False,
    ) -> Sequence[Any]:
        """The rows of *statement* with its named *parameters*.

        PostgreSQL plans it once, or *by_value* anew for the values that are given.
        """


Sql = AsyncSession | SqlReader
"""The runner of a text: a reader, or a session in its transaction."""


async def fetch(
    sql: Sql,
    statement: sa.TextClause,
    parameters: Mapping[str, Any] | None = None,
    *,
    by_value: bool = False,
) -> Sequence[Any]:
    """The rows of *statement* with its named *parameters*; their columns are attributes.

    PostgreSQL plans it once, or *by_value* anew for the values that are given. A session writes
    first what it has not written yet, as it does before a query of the ORM.
    """
    if isinstance(sql, AsyncSession):
        await sql.flush()
        return await _rows(await sql.connection(), statement, parameters)
    return await sql.fetch(statement, parameters, by_value=by_value)


def require_transaction(session: AsyncSession) -> None:
    """Raise `RuntimeError` for a session whose statements are transactions of their own: a setting
    made for this transaction would be gone with the next statement."""
    if READS_ALONE in session.info:
        raise RuntimeError("A session that only reads has no transaction.")


def read_json(value: Any) -> Any:
    """The value of a JSON column: the driver returns its text, a session the parsed value."""
    return from_json(value) if isinstance(value, str | bytes) else value


class KeptPool:
    """A pool of the driver whose connections stay taken between two uses.

    Taking one from the pool and giving it back costs more than a short statement. A connection
    whose use failed goes back to the pool, which waits until what it ran is cancelled; so does one
    that nobody needs, and one while somebody waits for the pool, all of whose connections may be
    in use.
    """

    def __init__(self, pool: "asyncpg.Pool[ReadRow]") -> None:
        self._pool = pool
        self._waiting = 0
        self._idle: list[tuple[float, Any]] = []
        self._is_closed = False

    async def take(self) -> Any:
        """A connection: the one that was used last, or a new one."""
        while self._idle:
            _, connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            await self._pool.release(connection)
        self._waiting += 1
        try:
            return await self._pool.acquire()
        finally:
            self._waiting -= 1

    async def give_back(self, connection: Any, *, is_sound: bool) -> None:
        """Keep a connection for the next use, if nothing failed in this one."""
        if self._waiting or self._is_closed or not is_sound:
            await self._pool.release(connection)
            return
        now = time.monotonic()
        self._idle.append((now, connection))
        if now - self._idle[0][0] > IDLE_SECONDS:
            _, unneeded = self._idle.pop(0)
            await self._pool.release(unneeded)

    async def close(self) -> None:
        """Give all connections back to the pool, which is closed once it has all of them; those in
        use follow when their use ends."""
        self._is_closed = True
        while self._idle:
            await self._pool.release(self._idle.pop()[1])


class Use:
    """One use of a connection, in its turn."""

    __slots__ = ("_budget", "_connection", "_pool", "_turn")

    def __init__(self, pool: KeptPool, budget: Budget) -> None:
        self._pool = pool
        self._budget = budget

    async def __aenter__(self) -> Any:
        self._turn = await self._budget.take()
        try:
            self._connection = await self._pool.take()
        except BaseException:
            self._budget.give_back(self._turn)
            raise
        return self._connection

    async def __aexit__(self, failure: type[BaseException] | None, *_: object) -> None:
        try:
            await self._pool.give_back(self._connection, is_sound=failure is None)
        finally:
            self._budget.give_back(self._turn)


class PoolReader:
    """Runs each text as a transaction of its own, or several in one, on pools of connections.

    *once* plans a statement once. *by_value* plans it for the values that are given: of many
    filters a frequent value is found on the way, a rare one by an index. Both keep within the
    number of connections of the whole process.
    """

    def __init__(self, once: KeptPool, by_value: KeptPool, budget: Budget) -> None:
        self._once = once
        self._by_value = by_value
        self._budget = budget

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        by_value: bool = False,
    ) -> Sequence[ReadRow]:
        """The rows of *statement*, once a connection is free; first come, first served."""
        async with Use(self._by_value if by_value else self._once, self._budget) as connection:
            return await _fetch(connection, statement, parameters)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlReader]:
        """A reader whose texts are one transaction: committed at the end, rolled back if raised."""
        async with Use(self._once, self._budget) as connection, connection.transaction():
            yield DriverReader(connection)


class DriverReader:
    """Runs texts by one connection of the driver."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        by_value: bool = False,  # noqa: ARG002 - the connection is already chosen
    ) -> Sequence[ReadRow]:
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
        by_value: bool = False,
    ) -> Sequence[Any]:
        """The rows of *statement*."""
        async with self.transaction() as reader:
            return await reader.fetch(statement, parameters, by_value=by_value)

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
        by_value: bool = False,  # noqa: ARG002 - the connection is already chosen
    ) -> Sequence[Any]:
        return await _rows(self._connection, statement, parameters)


async def _rows(
    connection: AsyncConnection, statement: sa.TextClause, parameters: Mapping[str, Any] | None
) -> Sequence[Any]:
    result = await connection.execute(statement, dict(parameters or {}))
    return result.all() if result.returns_rows else []


async def _fetch(
    connection: Any, statement: sa.TextClause, parameters: Mapping[str, Any] | None
) -> Sequence[ReadRow]:
    sql, values_of = _prepared(statement)
    rows: Sequence[ReadRow] = await connection.fetch(sql, *values_of(parameters or {}))
    return rows


@lru_cache(maxsize=2000)
def _prepared(
    statement: sa.TextClause,
) -> tuple[str, Callable[[Mapping[str, Any]], Sequence[Any]]]:
    """The text as the driver takes it, and the function that picks its values from those by
    name."""
    sql, names = compiled(statement)
    if len(names) < 2:
        return sql, lambda given: [given[name] for name in names]
    return sql, itemgetter(*names)


@lru_cache(maxsize=2000)
def compiled(statement: sa.TextClause) -> tuple[str, tuple[str, ...]]:
    """The text as the driver takes it, with `$1` for names, and these names in order."""
    found: Any = statement.compile(dialect=dialect())  # type: ignore[no-untyped-call] # SQLAlchemy leaves it so
    return found.string, tuple(found.positiontup or ())

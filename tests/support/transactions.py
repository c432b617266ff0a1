"""Engines that all tests of a worker share, with transactions that are thrown away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, make_url, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole
from tests.support.databases import FILLED


async def work_as(on: AsyncConnection | AsyncSession, role: DatabaseRole | str | None) -> None:
    """Let a test's transaction go on as the worker does, or, without a role, as the owner of the
    tables: the service's roles can't even try what a trigger refuses."""
    connection = await on.connection() if isinstance(on, AsyncSession) else on
    await connection.exec_driver_sql(f"set local role {role}" if role else "set local role none")


async def count_rows(session: AsyncSession) -> None:
    """Have what a test asks next planned for the rows that it made, as autovacuum does in service:
    planned for none, the largest statements take ten times as long."""
    connection = await session.connection()
    role = (await connection.exec_driver_sql("show role")).scalar_one()
    await work_as(connection, None)
    tables = (await connection.exec_driver_sql(FILLED)).scalar_one()
    await connection.exec_driver_sql(f"analyze {tables}")
    await work_as(connection, role)


async def count_calls(session: AsyncSession) -> None:
    """Have the database count the calls of functions from now on, in this transaction."""
    connection = await session.connection()
    role = (await connection.exec_driver_sql("show role")).scalar_one()
    await work_as(connection, None)
    await connection.exec_driver_sql("set local track_functions = 'all'")
    await work_as(connection, role)


async def calls_of(session: AsyncSession, function: str) -> int:
    """The number of calls of the function in this transaction since `count_calls`."""
    asked = text("select calls from pg_stat_xact_user_functions where funcname = :function")
    return int(await session.scalar(asked, {"function": function}) or 0)


class QuickSavepoints(PGDialect_asyncpg):
    """Sends savepoints as they are.

    Almost half of what a test asks are the savepoints that stand for transactions of its requests.
    SQLAlchemy compiles each anew and has it prepared by its number, and what was prepared for the
    statements proper gives way to them.
    """

    supports_statement_cache = True

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """Begin it."""
        _send(connection, f"savepoint {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """Throw away what came after it."""
        _send(connection, f"rollback to savepoint {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """Keep what came after it."""
        _send(connection, f"release savepoint {name}")


def _send(connection: Connection, words: str) -> None:
    """Nothing comes before it but what has begun the transaction: `Engines.transaction` does."""
    held: Any = connection.connection.dbapi_connection
    try:
        await_(held.driver_connection.execute(words))
    except Exception as error:
        held._handle_exception(error)
        raise


registry.register("postgresql.quick", __name__, QuickSavepoints.__name__)


class Engines(dict[str, AsyncEngine]):
    """One engine a database: what a test has compiled and prepared, the next need not."""

    def __missing__(self, url: str) -> AsyncEngine:
        self[url] = create_async_engine(
            make_url(url).set(drivername="postgresql+quick"),
            query_cache_size=2000,
            connect_args={
                # Each text is planned once, as for the readers of the service: planned for its
                # values it would be planned anew in most tests, which is an eighth of their cost.
                "server_settings": {
                    "timezone": "UTC",
                    "jit": "off",
                    "plan_cache_mode": "force_generic_plan",
                },
                "prepared_statement_cache_size": 500,
            },
        )
        return self[url]

    @asynccontextmanager
    async def transaction(self, url: str) -> AsyncIterator[AsyncConnection]:
        """A connection of which nothing is left afterwards; it works as the API does."""
        async with self[url].connect() as connection:
            await connection.begin()
            await connection.exec_driver_sql(f"set local role {DatabaseRole.SERVICE}")
            yield connection
            await connection.rollback()

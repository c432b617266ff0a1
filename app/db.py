"""Sessions, and the connections that they share with readers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole, Settings
from app.connections import RESERVE, Budget, Turn
from app.reading import IDLE_SECONDS, READS_ALONE, STATEMENTS, KeptPool, PoolReader, ReadRow

SessionMaker = async_sessionmaker[AsyncSession]


class FairPool(AsyncAdaptedQueuePool):
    """Gives out connections within a budget, which says whose turn it is.

    SQLAlchemy's own pool lets a newcomer take what was just given back, past those who wait. The
    budget is shared with the pool of readers: together they use so many connections at once.
    """

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        # The pool itself never lets anybody wait: a turn is a connection.
        self.budget = Budget(self.size() - RESERVE)
        self._turns: dict[int, Turn] = {}

    def _do_get(self) -> Any:
        turn = await_(self.budget.take())
        try:
            record = super()._do_get()
        except BaseException:
            self.budget.give_back(turn)
            raise
        self._turns[id(record)] = turn
        return record

    def _do_return_conn(self, record: Any) -> None:
        try:
            super()._do_return_conn(record)
        finally:
            self.budget.give_back(self._turns.pop(id(record)))


def _server_settings(settings: Settings, role: DatabaseRole, name: str) -> dict[str, str]:
    milliseconds = str(int(settings.request_seconds * 1000))
    return {
        "application_name": name,
        # Whoever logs in, the owner too, works with what this role may do and no more.
        "role": role.value,
        "timezone": "UTC",
        "statement_timeout": milliseconds,
        "lock_timeout": milliseconds,
        "idle_in_transaction_session_timeout": milliseconds,
        # Our statements are short: compiling them costs more than it saves.
        "jit": "off",
    }


def make_engine(
    settings: Settings,
    *,
    role: DatabaseRole = DatabaseRole.SERVICE,
    name: str = "tiendo",
    connections: int | None = None,
    **options: Any,
) -> AsyncEngine:
    """An engine whose connections give up on slow statements, locks and idle transactions.

    They work as *role*. *name* is what the database lists its connections under; *connections* are
    as many as the settings say, or as are given.
    """
    return create_async_engine(
        settings.sqlalchemy_url(role),
        poolclass=FairPool,
        pool_size=(connections or settings.database_pool) + RESERVE,
        max_overflow=-1,
        # A statement that fails is logged; what agencies wrote, and digests, are not.
        hide_parameters=True,
        connect_args={"server_settings": _server_settings(settings, role, name)},
        **options,
    )


@asynccontextmanager
async def open_reader(
    settings: Settings, engine: AsyncEngine, *, name: str = "tiendo"
) -> AsyncIterator[PoolReader]:
    """A reader beside an engine, whose budget of connections it shares."""
    pool: Any = engine.pool
    # Planning the long texts of hot reads anew each time costs more than running them.
    once = _connections(settings, name, plan_cache_mode="force_generic_plan")
    async with once as planned_once, _connections(settings, name) as planned_by_value:
        yield PoolReader(planned_once, planned_by_value, pool.budget)


@asynccontextmanager
async def _connections(settings: Settings, name: str, **server: str) -> AsyncIterator[KeptPool]:
    size = settings.database_pool + RESERVE
    pool: asyncpg.Pool[ReadRow]
    async with asyncpg.create_pool(
        settings.driver_url(DatabaseRole.SERVICE),
        min_size=0,
        max_size=size,
        max_inactive_connection_lifetime=IDLE_SECONDS,
        reset=_leave_as_it_is,
        record_class=ReadRow,
        statement_cache_size=STATEMENTS,
        # The longest texts are those that it pays most to plan once.
        max_cacheable_statement_size=0,
        server_settings={**_server_settings(settings, DatabaseRole.SERVICE, name), **server},
    ) as pool:
        kept = KeptPool(pool)
        try:
            yield kept
        finally:
            await kept.close()


async def _leave_as_it_is(_: Any) -> None:
    """Reset nothing: a connection that only reads leaves nothing behind."""


def make_sessionmaker(bind: AsyncEngine | AsyncConnection, **options: Any) -> SessionMaker:
    """Sessions whose rows stay readable after the commit."""
    return async_sessionmaker(bind, class_=AsyncSession, expire_on_commit=False, **options)


def make_reading_sessionmaker(bind: AsyncEngine | AsyncConnection, **options: Any) -> SessionMaker:
    """Sessions that only read: each statement is a transaction of its own."""
    if isinstance(bind, AsyncEngine):
        bind = bind.execution_options(isolation_level="AUTOCOMMIT")
    return make_sessionmaker(bind, info={READS_ALONE: True}, **options)


async def give_back(session: AsyncSession) -> None:
    """Give the connection of a session that only reads back; its rows stay."""
    if session.in_transaction():
        await session.commit()

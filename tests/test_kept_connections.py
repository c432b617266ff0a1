"""The connections of the driver's pool that stay taken, and those that go back to it."""

import asyncio
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from app.config import Settings
from app.connections import Budget
from app.db import make_engine, open_reader
from app.reading import IDLE_SECONDS, KeptPool, PoolReader
from tests.support.patience import PATIENCE

SIZE = 4


class Connection:
    """A connection that says whether it was closed."""

    def __init__(self) -> None:
        self.is_shut = False

    def is_closed(self) -> bool:
        return self.is_shut

    async def fetch(self, sql: str, *_: Any) -> list[str]:
        if "fail" in sql:
            raise asyncpg.PostgresError(sql)
        return [sql]


class Pool:
    """A pool that remembers what it gave out and what came back; whoever asks when all are in use
    gets what comes back next."""

    def __init__(self) -> None:
        self.given: list[Connection] = []
        self.back: list[Connection] = []
        self.waiting: list[asyncio.Future[Connection]] = []

    async def acquire(self) -> Connection:
        if len(self.given) - len(self.back) == SIZE:
            self.waiting.append(asyncio.get_running_loop().create_future())
            return await self.waiting[-1]
        self.given.append(Connection())
        return self.given[-1]

    async def release(self, connection: Connection) -> None:
        self.back.append(connection)
        waiting = [one for one in self.waiting if not one.done()]
        if waiting:
            self.given.append(connection)
            waiting[0].set_result(connection)


@pytest.fixture
def pool() -> Pool:
    return Pool()


def reader_on(pool: Pool) -> tuple[PoolReader, Budget]:
    kept: Any = KeptPool(pool)  # type: ignore[arg-type]
    budget = Budget(2)
    return PoolReader(kept, kept, budget), budget


async def test_one_connection_serves_one_use_after_another(pool: Pool) -> None:
    reader, _ = reader_on(pool)

    for _ in range(3):
        await reader.fetch(sa.text("select 1"))

    assert len(pool.given) == 1
    assert not pool.back


async def test_who_needs_one_while_all_are_used_gets_the_next_that_is_given_back(
    pool: Pool,
) -> None:
    kept = KeptPool(pool)  # type: ignore[arg-type]
    used = [await kept.take() for _ in range(SIZE)]
    waiting = [asyncio.create_task(kept.take()) for _ in range(2)]
    await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)

    waiting[0].cancel()
    await kept.give_back(used[0], is_sound=True)

    assert await asyncio.wait_for(waiting[1], PATIENCE) is used[0]
    assert pool.back == [used[0]]
    # Nobody waits any more.
    await kept.give_back(used[1], is_sound=True)
    assert await kept.take() is used[1]
    assert pool.back == [used[0]]


async def test_a_connection_whose_use_failed_goes_back_to_the_pool(pool: Pool) -> None:
    reader, budget = reader_on(pool)

    with pytest.raises(asyncpg.PostgresError):
        await reader.fetch(sa.text("fail"))
    assert pool.back == pool.given
    await reader.fetch(sa.text("select 1"))

    assert len(pool.given) == 2
    # No turn was lost: both can be taken at once.
    await asyncio.wait_for(asyncio.gather(budget.take(), budget.take()), PATIENCE)


async def test_a_closed_connection_is_not_used_again(pool: Pool) -> None:
    reader, _ = reader_on(pool)
    await reader.fetch(sa.text("select 1"))
    pool.given[0].is_shut = True

    await reader.fetch(sa.text("select 1"))

    assert len(pool.given) == 2
    assert pool.back == pool.given[:1]


async def test_a_turn_without_a_connection_is_given_back(pool: Pool) -> None:
    async def refuse() -> Connection:
        raise OSError

    reader, budget = reader_on(pool)
    pool.acquire = refuse  # type: ignore[method-assign]

    for _ in range(5):
        with pytest.raises(OSError):  # noqa: PT011 - the one that was raised
            await reader.fetch(sa.text("select 1"))

    await asyncio.wait_for(asyncio.gather(budget.take(), budget.take()), PATIENCE)


async def test_connections_that_nobody_needs_go_back(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr("app.reading.time.monotonic", lambda: now)
    kept = KeptPool(pool)  # type: ignore[arg-type]
    both = [await kept.take(), await kept.take()]
    for connection in both:
        await kept.give_back(connection, is_sound=True)

    now = IDLE_SECONDS + 1
    used = await kept.take()
    await kept.give_back(used, is_sound=True)

    assert used is both[1]
    assert pool.back == [both[0]]
    await kept.close()
    assert pool.back == both


async def test_a_connection_in_use_follows_when_its_use_ends(pool: Pool) -> None:
    kept = KeptPool(pool)  # type: ignore[arg-type]
    connection = await kept.take()

    await kept.close()
    await kept.give_back(connection, is_sound=True)

    assert pool.back == [connection]


async def test_a_statement_that_nobody_waits_for_is_cancelled(settings: Settings) -> None:
    engine = make_engine(settings)
    async with open_reader(settings, engine, name="cancelled") as reader:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await reader.fetch(sa.text("select pg_sleep(20)"))
        [[running]] = await reader.fetch(
            sa.text(
                "select count(*) from pg_stat_activity where application_name = 'cancelled'"
                " and state = 'active' and query like '%pg_sleep(%' and pid <> pg_backend_pid()"
            )
        )
    await engine.dispose()

    assert running == 0

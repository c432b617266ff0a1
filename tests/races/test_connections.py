"""Requests that hold what they need for long: others are served beside them, and none stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.config import Settings
from tests.support.clients import serving
from tests.support.patience import PATIENCE
from tests.support.races import by

SLOW, QUICK = "/v1/agencies", "/v1/calendar-days"
WORKING = sa.text(
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid() and state = 'active' and query like '%agency%'"
)


@asynccontextmanager
async def locked(engine: AsyncEngine) -> AsyncIterator[None]:
    """Nobody reads an agency meanwhile."""
    async with engine.begin() as connection:
        await connection.execute(sa.text("lock table agency in access exclusive mode"))
        yield


async def until_working(engine: AsyncEngine, count: int) -> None:
    """Return when so many statements about agencies are being run, or wait for their lock."""
    async with asyncio.timeout(PATIENCE), engine.connect() as connection:
        while await connection.scalar(WORKING) != count:
            await connection.rollback()
            await asyncio.sleep(0.05)


async def test_two_clients_whose_requests_hang_hold_up_no_third(service: FastAPI, url: str) -> None:
    engine = create_async_engine(url)
    most = service.state.settings.database_pool
    loud = [by(service, name) for name in ("first-coordinator", "second-coordinator")]
    third = by(service, "reporter")
    for one in (*loud, third):
        assert (await one.get(QUICK)).status_code == 200

    async with locked(engine):
        hanging = [asyncio.create_task(loud[n % 2].get(SLOW)) for n in range(2 * most)]
        await until_working(engine, most)
        found = [await third.get(QUICK) for _ in range(3)]
    await engine.dispose()

    assert [one.status_code for one in found] == [200] * 3
    assert {one.status_code for one in await asyncio.gather(*hanging)} == {200}


async def test_a_request_out_of_time_leaves_no_statement_running(
    settings: Settings, url: str
) -> None:
    limits = {"request_seconds": 1.0, "database_pool": 2, "client_cache_seconds": 5.0}
    async with serving(settings, url, **limits) as service:
        engine = create_async_engine(url)
        caller = by(service, "reporter")
        # The caller's agency need not be looked for under the lock.
        assert (await caller.get(QUICK)).status_code == 200
        async with locked(engine):
            answers = await asyncio.gather(*(caller.get(SLOW) for _ in range(4)))
            await until_working(engine, 0)
            # Nor do they keep a connection.
            again = await caller.get(QUICK)
        after = await caller.get(SLOW)
        await engine.dispose()

    assert [one.status_code for one in answers] == [503] * 4
    assert (again.status_code, after.status_code) == (200, 200)


async def test_connections_that_ended_in_the_pool_are_a_passing_trouble(
    service: FastAPI, url: str
) -> None:
    engine = create_async_engine(url)
    caller = by(service, "reporter")
    end = sa.text(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    found = []
    for _ in range(10):
        await asyncio.gather(*(caller.get(QUICK) for _ in range(3)))
        async with engine.connect() as connection:
            await connection.execute(end)
        found += await asyncio.gather(*(caller.get(path) for path in (QUICK, SLOW, "/readyz")))
    await engine.dispose()

    assert {one.status_code for one in found} <= {200, 503}
    # Readiness tries its connection before it uses it.
    assert {one.status_code for one in found[2::3]} == {200}

"""A worker is known to live while it does, also after its connection was lost."""

import asyncio
import time

import pytest
import sqlalchemy as sa

from app.jobs import presence
from app.jobs.presence import present
from app.queries.locks import LIVING_WORKERS
from tests.support.patience import PATIENCE
from tests.support.webhooks import World

HELD = (
    "from pg_locks where locktype = 'advisory' and classid = hashtext('worker')::oid"
    " and database = (select oid from pg_database where datname = current_database())"
)
SESSION = sa.text(f"select pid {HELD}")
END = sa.text(f"select pg_terminate_backend(pid) {HELD}")


async def living(here: World) -> set[int]:
    async with here.sessions() as session:
        return set(await (await session.connection()).scalars(LIVING_WORKERS))


async def ask(here: World, query: sa.TextClause) -> int | None:
    async with here.sessions() as session:
        found: int | None = await (await session.connection()).scalar(query)
        return found


async def test_a_worker_lives_from_its_start_to_its_end(here: World) -> None:
    async with present(here.settings) as first, present(here.settings) as second:
        assert await living(here) == {first, second}
    # The database notices within a moment that they are gone.
    end = time.monotonic() + PATIENCE
    while await living(here):
        assert time.monotonic() < end
        await asyncio.sleep(0.02)


async def test_a_worker_whose_connection_was_lost_lives_again(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LOOK_SECONDS", 0.05)
    async with present(here.settings) as number:
        before = await ask(here, SESSION)
        assert await ask(here, END)
        end = time.monotonic() + PATIENCE
        while await ask(here, SESSION) in (None, before):
            assert time.monotonic() < end
            await asyncio.sleep(0.02)
        assert await living(here) == {number}

"""The sums of the figures while assignments change, by several connections at once."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlmodel import col, select

from app.clock import utc_now
from app.config import DatabaseRole, Settings
from app.db import SessionMaker, make_engine, make_sessionmaker
from app.domain.figures import sums as domain
from app.jobs.figures import figures
from app.jobs.loops import LoopContext
from app.models import AssigneeRole, Assignment, FigureBasis, FigureChange
from app.queries.figures.checks import FigureDifference, differences
from app.queries.locks import lock_figures
from tests.support.days import today
from tests.support.patience import PATIENCE
from tests.support.sample import issued_database

SOON = 30
PAST = date(2024, 12, 31)
Found = TypeVar("Found")
STATUSES = ("not_started", "in_progress", "suspended", "completed")
CHANGE = sa.text(
    "update assignment set status = :status, deadline_on = :deadline_on, changed_on = :today,"
    " reported_on = :done_on, completed_on = :done_on, role = :role, assigned_on = :told_on"
    " where id = :id"
)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database of these tests' own, with the issued plan."""
    with issued_database() as url:
        yield url


@pytest.fixture
async def sessions(url: str, settings: Settings) -> AsyncIterator[SessionMaker]:
    """Sessions on connections of their own."""
    changes = {"database_url": SecretStr(url)}
    engine = make_engine(settings.model_copy(update=changes), role=DatabaseRole.WORKER)
    yield make_sessionmaker(engine)
    await engine.dispose()


async def keep_up(sessions: SessionMaker, soon: int = SOON) -> bool:
    async with sessions.begin() as session:
        return await domain.fold_or_rebuild(session, due_soon_days=soon, at=utc_now())


async def keep_up_to_the_end(sessions: SessionMaker, soon: int = SOON) -> None:
    while await keep_up(sessions, soon):
        pass


async def waiting(sessions: SessionMaker) -> int:
    """The number of changes that are not folded."""
    async with sessions() as session:
        return int((await session.exec(select(sa.func.count()).select_from(FigureChange))).one())


async def laid_out_by(sessions: SessionMaker) -> int:
    async with sessions() as session:
        return (await session.exec(select(FigureBasis))).one().due_soon_days


async def change(sessions: SessionMaker, ids: list[UUID], dice: random.Random) -> None:
    """Change a few assignments in one transaction, which is given up now and then."""
    async with sessions() as session:
        connection = await session.connection()
        # In one order, so that no two wait for each other.
        for id_ in sorted(dice.sample(ids, 3), key=str):
            status = dice.choice(STATUSES)
            values = {
                "id": id_,
                "status": status,
                "today": today(),
                "deadline_on": dice.choice(
                    [None, today(), today() + timedelta(20), date(2024, 12, 31)]
                ),
                "done_on": today() if status == "completed" else None,
                "role": dice.choice(list(AssigneeRole)),
                # Told now of a past day: the days since are others.
                "told_on": today() - timedelta(dice.choice([0, 40])),
            }
            await connection.execute(CHANGE, values)
        if dice.random() < 0.2:
            await session.rollback()
        else:
            await session.commit()


async def change_often(
    sessions: SessionMaker, ids: list[UUID], seed: int, done: asyncio.Event
) -> None:
    dice = random.Random(seed)
    for _ in range(25):
        await change(sessions, ids, dice)
    done.set()


async def until(done: list[asyncio.Event], work: Callable[[], Awaitable[Found]]) -> list[Found]:
    """The results of the work, done again and again until everybody is done."""
    found = []
    while not all(event.is_set() for event in done):
        found.append(await work())
    return found


async def test_at_every_moment_the_sums_are_what_the_rows_say(
    sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "FOLDED_AT_ONCE", 7)
    await keep_up_to_the_end(sessions)
    async with sessions() as session:
        ids: list[UUID] = list(await session.exec(select(col(Assignment.id)).limit(40)))
    done = [asyncio.Event() for _ in range(3)]
    has_folded = asyncio.Event()

    async def fold() -> bool:
        if await keep_up(sessions):
            has_folded.set()
            return True
        return False

    async def rebuild() -> None:
        # While all is laid out nothing is folded, which is to happen before.
        await asyncio.wait_for(has_folded.wait(), PATIENCE)
        async with sessions.begin() as session:
            async for _ in domain.rebuild(session, due_soon_days=SOON, at=utc_now()):
                pass

    async def look() -> list[FigureDifference]:
        async with sessions() as session:
            return await differences(session, today() + timedelta(25), due_soon_days=SOON)

    async def write() -> None:
        writers = (change_often(sessions, ids[n::3], n, done[n]) for n in range(3))
        await asyncio.gather(*writers)

    folded, found, also, *_ = await asyncio.gather(
        until(done, fold), until(done, look), until(done, fold), rebuild(), write()
    )
    await keep_up_to_the_end(sessions)

    assert any([*folded, *also])
    assert [one for one in [*found, await look()] if one] == []
    assert await waiting(sessions) == 0


async def test_a_second_worker_leaves_it_to_the_first(sessions: SessionMaker) -> None:
    await keep_up_to_the_end(sessions)
    async with sessions() as session:
        ids: list[UUID] = list(await session.exec(select(col(Assignment.id)).limit(3)))
    dice = random.Random(5)
    while not await waiting(sessions):
        await change(sessions, ids, dice)

    async with sessions.begin() as first:
        await lock_figures(first)
        assert not await keep_up(sessions)
        assert await waiting(sessions)

    assert await keep_up(sessions)
    assert not await waiting(sessions)


async def test_another_setting_is_laid_out_anew(sessions: SessionMaker) -> None:
    for soon in (SOON, 7, SOON):
        await keep_up_to_the_end(sessions, soon)

        assert await laid_out_by(sessions) == soon
        async with sessions() as session:
            assert await differences(session, today(), due_soon_days=soon) == []


async def test_the_worker_lays_out_and_folds_until_it_is_stopped(
    sessions: SessionMaker, settings: Settings
) -> None:
    async with sessions.begin() as session:
        await session.exec(sa.delete(FigureBasis))
    work = LoopContext(settings, sessions, asyncio.Event())

    async def stop_when_done() -> None:
        while True:
            async with sessions() as session:
                if (await session.exec(select(FigureBasis))).one_or_none():
                    break
            await asyncio.sleep(0)
        work.stop.set()

    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(figures(work), stop_when_done())

    assert await laid_out_by(sessions) == settings.due_soon_days

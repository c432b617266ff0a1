import asyncio

import pytest

from app.config import Settings
from app.db import make_engine, make_sessionmaker
from app.jobs.loops import LoopContext, side_by_side
from app.jobs.worker import LOOPS
from tests.support.patience import PATIENCE


@pytest.fixture
def work(settings: Settings) -> LoopContext:
    """Work that nobody has stopped yet."""
    return LoopContext(settings, make_sessionmaker(make_engine(settings)), asyncio.Event())


async def test_a_loop_that_fails_is_started_again_and_ends_no_other(work: LoopContext) -> None:
    starts: list[int] = []
    failed = asyncio.Event()

    async def failing(work: LoopContext) -> None:
        starts.append(len(starts))
        if len(starts) == 3:
            failed.set()
        raise RuntimeError("for the test")

    async def going_on(work: LoopContext) -> None:
        await failed.wait()
        work.stop.set()

    async with asyncio.timeout(PATIENCE):
        await side_by_side(work, [failing, going_on], pause=0)

    assert starts == [0, 1, 2]


async def test_what_a_loop_is_doing_when_it_is_stopped_is_finished(work: LoopContext) -> None:
    done: list[str] = []

    async def slow(work: LoopContext) -> None:
        while not work.stop.is_set():
            done.append("begun")
            await asyncio.sleep(0)
            done.append("finished")

    async def stopping(work: LoopContext) -> None:
        work.stop.set()

    async with asyncio.timeout(PATIENCE):
        await side_by_side(work, [slow, stopping])

    assert done == ["begun", "finished"]


async def test_every_loop_ends_when_the_worker_is_to_stop(work: LoopContext) -> None:
    work.stop.set()

    async with asyncio.timeout(PATIENCE):
        await side_by_side(work, LOOPS)

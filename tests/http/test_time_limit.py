"""A time limit cancels what takes too long, and nothing else."""

import asyncio

import pytest

from app.http import time_limit
from app.http.time_limit import TimeLimit

LONG = 60.0


async def within(seconds: float, work: float = LONG) -> str:
    with TimeLimit(seconds):
        await asyncio.sleep(work)
    return "done"


async def test_what_ends_in_time_is_left_alone() -> None:
    assert await within(LONG, work=0) == "done"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_what_takes_too_long_is_cancelled_and_its_task_goes_on() -> None:
    with pytest.raises(TimeoutError):
        await within(0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_a_cancellation_by_somebody_else_stays_one() -> None:
    task = asyncio.create_task(within(LONG))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_of_both_cancellations_that_of_somebody_else_counts() -> None:
    """Whoever stops the service while a request runs out of time waits for the task to end."""

    async def cancelled_twice() -> None:
        with TimeLimit(LONG) as limit:
            limit._cancel()
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(LONG)

    task = asyncio.create_task(cancelled_twice())
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_answer_that_comes_in_spite_of_it_is_taken() -> None:
    async def stubborn() -> str:
        with TimeLimit(0):
            try:
                await asyncio.sleep(LONG)
            except asyncio.CancelledError:
                return "done"
        raise AssertionError("it was cancelled")

    assert await stubborn() == "done"


async def test_an_end_that_takes_too_long_is_cancelled_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time_limit, "CLEANING_UP", 0.0)

    async def never_ending() -> None:
        with TimeLimit(0):
            try:
                await asyncio.sleep(LONG)
            finally:
                await asyncio.sleep(LONG)

    with pytest.raises(TimeoutError):
        await never_ending()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_another_failure_is_not_hidden_by_it() -> None:
    with pytest.raises(ZeroDivisionError), TimeLimit(LONG):
        raise ZeroDivisionError


async def test_nothing_is_cancelled_later() -> None:
    with TimeLimit(0.01):
        pass
    await asyncio.sleep(0.05)

"""Threads end with who waits for them."""

import asyncio
import threading
import time

import pytest

from app.threads import in_thread


def count_up(steps: list[int]) -> None:
    """Work that takes for ever."""
    while True:
        steps.append(len(steps))
        time.sleep(0)


async def test_a_thread_answers_and_raises_as_the_function_does() -> None:
    assert await in_thread(int, "12", base=8) == 10
    with pytest.raises(ValueError, match="invalid literal"):
        await in_thread(int, "9", base=8)


async def test_a_thread_out_of_time_stops_working() -> None:
    steps: list[int] = []
    before = threading.active_count()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await in_thread(count_up, steps)

    # It has ended when the caller goes on, and its thread does other work.
    done = len(steps)
    assert done > 0
    assert await in_thread(sum, range(1000)) == 499500
    assert len(steps) == done
    assert threading.active_count() <= before + 4


async def test_what_was_not_begun_is_never_done() -> None:
    done: list[int] = []
    busy = [asyncio.create_task(in_thread(count_up, [])) for _ in range(4)]
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(in_thread(done.append, 1))
    await asyncio.sleep(0.05)
    for task in (waiting, *busy):
        task.cancel()
    await asyncio.gather(waiting, *busy, return_exceptions=True)

    assert done == []

"""Working only while this machine's clock is right: a day's work can't be undone.

A worker whose clock is months ahead would delete the feed, make next year's assignments and call
agencies late.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from app.jobs.loops import Loop, LoopContext, logger, side_by_side
from app.queries.clocks import clock_lead, is_wrong, wrong_clock

LOOK_SECONDS = 10.0
"""The interval at which the worker compares the clocks."""


async def work_by_right_clock(
    work: LoopContext, loops: Sequence[Loop], *, pause: float = LOOK_SECONDS
) -> None:
    """Run the loops while the clock is right; while it isn't, end them and wait.

    Returns once the worker is to stop; *pause* in seconds.
    """
    while not work.stop.is_set():
        await _wait(work, pause)
        inner = replace(work, stop=asyncio.Event())
        async with asyncio.TaskGroup() as group:
            group.create_task(_watch(work, inner, pause))
            group.create_task(side_by_side(inner, loops))


async def _wait(work: LoopContext, pause: float) -> None:
    """Return once the clock is right, or the worker is to stop; logs once that it waits."""
    is_said = False
    while not work.stop.is_set() and (lead := await lead_of_clock(work)) is not None:
        if not is_said:
            logger.error("clock_wrong", **wrong_clock(lead)._asdict())
            is_said = True
        await work.rest(pause)
    if is_said:
        logger.info("clock_right")


async def _watch(work: LoopContext, inner: LoopContext, pause: float) -> None:
    """Let the loops end once the worker is to stop or the clock is wrong."""
    try:
        while not work.stop.is_set() and await lead_of_clock(work) is None:
            await work.rest(pause)
    finally:
        inner.stop.set()


async def lead_of_clock(work: LoopContext) -> timedelta | None:
    """The time by which the clock is ahead of the database's where it is wrong; None where it is
    right.

    None also where the database does not answer: then nothing is done in it either.
    """
    try:
        async with work.sessions() as session:
            lead = await clock_lead(session)
    except Exception:
        logger.exception("clock_not_compared")
        return None
    return lead if is_wrong(lead) else None

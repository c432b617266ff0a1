"""Running a command on what nobody trusts: it is killed when its time is over."""

import asyncio
import os
import signal
import weakref
from asyncio import AbstractEventLoop, Semaphore
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from app.documents.limits import too_much_work

AT_ONCE = max(2, os.cpu_count() or 1)
"""So many readers of files run at once beside a process that serves; others wait their turn."""
_YIELDING = ("nice", "-n", "10")  # whoever waits for an answer comes before files
_turns: weakref.WeakKeyDictionary[AbstractEventLoop, Semaphore] = weakref.WeakKeyDictionary()


def turn() -> Semaphore:
    """The turns of this process's readers: to be held while one runs."""
    return _turns.setdefault(asyncio.get_running_loop(), Semaphore(AT_ONCE))


@asynccontextmanager
async def limited_process(
    *command: str, seconds: float, environment: Mapping[str, str], talks: bool = True
) -> AsyncIterator[Process]:
    """A process that yields to others from its start and sees nothing of this one's settings; with
    all that it started, it is killed at the end. Raises `FileTooLargeError` where it takes longer.
    *talks*: over its standard input and output."""
    pipe = PIPE if talks else DEVNULL
    process = await asyncio.create_subprocess_exec(
        *_YIELDING,
        *command,
        stdin=pipe,
        stdout=pipe,
        stderr=DEVNULL,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", **environment},
        start_new_session=True,
    )
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield process
    except TimeoutError:
        if limit.expired():
            raise too_much_work() from None
        raise
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

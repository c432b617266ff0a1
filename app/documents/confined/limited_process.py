"""Running a command on a file that nobody trusts: the command is killed when its time is over."""

import asyncio
import os
import signal
import weakref
from asyncio import (
    AbstractEventLoop,
    BaseTransport,
    Semaphore,
    StreamReader,
    StreamReaderProtocol,
    StreamWriter,
    Task,
)
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import IO, Any, TypeVar, cast

from app.documents.confined.limits import too_much_work

AT_ONCE = max(2, os.cpu_count() or 1)
"""So many readers of files run at once beside a process that serves; others wait their turn."""
_NICENESS = "5"
"""Whoever waits for an answer comes before files. They still get a third of what another process
gets: with less, a file takes longer on a busy machine than its time by the clock."""
_Transport = TypeVar("_Transport", bound=BaseTransport)
_turns: weakref.WeakKeyDictionary[AbstractEventLoop, Semaphore] = weakref.WeakKeyDictionary()


def turn() -> Semaphore:
    """The turns of this process's readers: to be held while one runs."""
    return _turns.setdefault(asyncio.get_running_loop(), Semaphore(AT_ONCE))


@dataclass(frozen=True, slots=True)
class LimitedProcess:
    """A process with pipes to its standard input and from its standard output."""

    popen: Popen[bytes]
    stdin: StreamWriter
    stdout: StreamReader

    async def wait(self) -> int:
        """The exit status of the process; negative where a signal ended it."""
        return await asyncio.to_thread(self.popen.wait)

    async def say(self, given: bytes) -> None:
        """Write to the standard input as long as the process reads; only its end shows whether it
        failed."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.stdin.write(given)
            await self.stdin.drain()

    async def communicate(self, given: bytes) -> bytes:
        """Write *given* to the standard input, close it, and return the whole standard output."""
        answer = asyncio.ensure_future(self.stdout.read())
        await self.say(given)
        self.stdin.close()
        return await answer


@asynccontextmanager
async def limited_process(
    *command: str, seconds: float, environment: Mapping[str, str]
) -> AsyncIterator[LimitedProcess]:
    """A process that yields to others from its start and sees nothing of this one's settings; with
    all that it started, it is killed at the end. Raises `FileTooLargeError` where it takes longer.
    """
    popen = _start(command, environment)
    limit = asyncio.timeout(seconds)
    try:
        async with limit, _talking(popen) as process:
            yield process
    except TimeoutError:
        if limit.expired():
            raise too_much_work() from None
        raise
    finally:
        if popen.poll() is None:
            os.killpg(popen.pid, signal.SIGKILL)
            await asyncio.to_thread(popen.wait)


def _start(command: Sequence[str], environment: Mapping[str, str]) -> Popen[bytes]:
    """Start the process otherwise than the event loop does: uvloop forks, which holds this process
    up for the longer the more memory it has, while the standard library has none of it copied
    (vfork)."""
    return Popen(  # noqa: S603 - our own programs with our own arguments
        ("nice", "-n", _NICENESS, *command),  # noqa: S607 - wherever the system keeps it
        bufsize=0,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", **environment},
        start_new_session=True,
    )


@asynccontextmanager
async def _talking(popen: Popen[bytes]) -> AsyncIterator[LimitedProcess]:
    """The process with its pipes read and written by this event loop."""
    _yield_session(popen.pid)
    loop = asyncio.get_running_loop()
    stdout, stdin = StreamReader(), cast(IO[bytes], popen.stdin)
    with ExitStack() as pipes:
        # An interruption while one pipe is being connected leaves the other one open.
        pipes.callback(stdin.close)
        reading, _ = await _connected(
            loop.connect_read_pipe(lambda: StreamReaderProtocol(stdout), popen.stdout)
        )
        pipes.pop_all()
        pipes.callback(reading.close)
        writing, protocol = await _connected(
            loop.connect_write_pipe(lambda: StreamReaderProtocol(StreamReader()), stdin)
        )
        pipes.callback(writing.close)
        yield LimitedProcess(popen, StreamWriter(writing, protocol, None, loop), stdout)


async def _connected(
    connecting: Coroutine[Any, Any, tuple[_Transport, StreamReaderProtocol]],
) -> tuple[_Transport, StreamReaderProtocol]:
    """The transport of a pipe; where the caller is interrupted, it is connected all the same and
    then closed. uvloop, interrupted itself, closes the descriptor and leaves the file open, whose
    end would later close whatever had been given the same number meanwhile."""
    task = asyncio.ensure_future(connecting)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_close_if_connected)
        raise


def _close_if_connected(task: Task[tuple[_Transport, StreamReaderProtocol]]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result()[0].close()


def _yield_session(process_id: int) -> None:
    """Have the whole session of a process yield, where Linux weighs sessions against each other and
    niceness counts within one alone (sched(7), the autogroup feature)."""
    with suppress(OSError):
        Path(f"/proc/{process_id}/autogroup").write_text(_NICENESS)

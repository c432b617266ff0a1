"""A process that reads or writes a file leaves the processor to whoever waits for an answer."""

import asyncio
import os
from pathlib import Path
from subprocess import Popen
from typing import IO, Any

import pytest

from app.documents.confined import limited_process as module
from app.documents.confined.limited_process import limited_process

LOWEST = 19
NICENESS = 5


async def test_a_process_yields_from_its_very_start() -> None:
    async with limited_process("nice", seconds=20, environment={}) as process:
        told = await process.communicate(b"")

    assert int(told) == min(LOWEST, os.nice(0) + NICENESS)


@pytest.mark.skipif(
    not Path("/proc/self/autogroup").exists(), reason="this kernel weighs processes, not sessions"
)
async def test_its_session_yields_to_others() -> None:
    async with limited_process("cat", seconds=20, environment={}) as process:
        weighed = _autogroup(process.popen.pid)

    assert weighed.split()[1:] == ["nice", str(NICENESS)]


def _autogroup(process_id: int) -> str:
    return Path(f"/proc/{process_id}/autogroup").read_text()


async def test_what_a_process_is_told_and_answers_may_be_larger_than_a_pipe() -> None:
    given = b"mot dong\n" * 100_000

    async with limited_process("cat", seconds=20, environment={}) as process:
        assert await process.communicate(given) == given
        assert await process.wait() == 0


async def test_a_process_that_stops_listening_is_judged_by_how_it_ended() -> None:
    async with limited_process("false", seconds=20, environment={}) as process:
        assert await process.communicate(b"x" * 1_000_000) == b""
        assert await process.wait() == 1


@pytest.mark.parametrize("pipe", ["connect_read_pipe", "connect_write_pipe"])
async def test_who_is_interrupted_at_the_start_leaves_no_pipe_open(
    monkeypatch: pytest.MonkeyPatch, pipe: str
) -> None:
    loop, begin = asyncio.get_running_loop(), module._start
    started: list[Popen[bytes]] = []

    async def interrupted(_: Any, connected: IO[bytes]) -> None:
        connected.close()
        raise OSError

    def start(*given: Any) -> Popen[bytes]:
        started.append(begin(*given))
        return started[0]

    monkeypatch.setattr(loop, pipe, interrupted)
    monkeypatch.setattr(module, "_start", start)
    with pytest.raises(OSError):  # noqa: PT011 - the one that was raised
        async with limited_process("cat", seconds=60, environment={}):
            pass
    await asyncio.sleep(0)

    [popen] = started
    _assert_closed(popen)


@pytest.mark.parametrize("steps", range(8))
async def test_who_is_interrupted_at_any_step_leaves_no_pipe_open(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    begin, started = module._start, list[Popen[bytes]]()

    def start(*given: Any) -> Popen[bytes]:
        started.append(begin(*given))
        return started[0]

    async def run() -> None:
        async with limited_process("cat", seconds=60, environment={}):
            await asyncio.sleep(60)

    monkeypatch.setattr(module, "_start", start)
    running = asyncio.create_task(run())
    for _ in range(1 + steps):
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0.01)

    [popen] = started
    _assert_closed(popen)


def _assert_closed(popen: Popen[bytes]) -> None:
    for pipe in (popen.stdin, popen.stdout):
        assert pipe is not None
        assert pipe.closed

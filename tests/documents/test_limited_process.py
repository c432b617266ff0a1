"""What reads or writes a file leaves the processor to whoever waits for an answer."""

import os
from pathlib import Path

import pytest

from app.documents.limited_process import limited_process

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

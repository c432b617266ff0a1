"""What reads or writes a file leaves the processor to whoever waits for an answer."""

import os

from app.documents.limited_process import limited_process

LOWEST = 19


async def test_a_process_yields_from_its_very_start() -> None:
    async with limited_process("nice", seconds=20, environment={}) as process:
        told = await process.communicate(b"")

    assert int(told) == min(LOWEST, os.nice(0) + 10)

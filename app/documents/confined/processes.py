"""Running a program of ours beside this one, which writes one file and ends."""

import sys
from pathlib import Path

from app.documents.confined.limited_process import limited_process
from app.errors import FileTooLargeError

_ROOT = Path(__file__).parents[3]


class EndedError(Exception):
    """A process ended without an answer: by its own `code`, or, None, by its limits."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"ended with {code}")
        self.code = code


async def run_module(name: str, *given: bytes, seconds: float) -> bytes:
    """The standard output of `python -m name`, given its standard input. The process sees none of
    this process's settings, and is killed after *seconds*. Raises `EndedError`."""
    command = (sys.executable, "-P", "-m", name)
    environment = {"PYTHONPATH": str(_ROOT)}
    try:
        async with limited_process(*command, seconds=seconds, environment=environment) as process:
            answer = await process.communicate(b"".join(given))
            code = await process.wait()
    except FileTooLargeError:
        raise EndedError(None) from None
    if code:
        # By signal: its CPU time was over. By itself: it ran out of memory or stumbled.
        raise EndedError(None if code < 0 else code)
    return answer

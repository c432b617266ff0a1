"""Showing progress to the person at the terminal. Standard library only: `tools` uses it too."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TextIO

INTERVAL = 4.0
"""Seconds: nobody waits longer than five without a word."""


def write_utf8() -> None:
    """Write Vietnamese whatever the locale is, and names of files as they were read."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def say(text: str, *, to: TextIO | None = None) -> None:
    """Write a line to the terminal. A closed terminal must not keep us from stopping in order."""
    with contextlib.suppress(OSError):
        print(text, file=to or sys.stdout, flush=True)


@contextlib.contextmanager
def doing(vi: str, en: str, state: Callable[[], str] | None = None) -> Iterator[None]:
    """Print at once the name of the step, and every few seconds the time it has taken. *state*
    answers how much of it is done."""
    started, done = time.monotonic(), threading.Event()

    def report_progress() -> None:
        while not done.wait(INTERVAL):
            seconds = f"{time.monotonic() - started:.0f} s"
            say(f"  {seconds}: {state()}" if state else f"  {seconds}…")

    say(f"{vi}… / {en}…")
    reporter = threading.Thread(target=report_progress, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        done.set()
        reporter.join()

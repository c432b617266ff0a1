"""Processes that a run starts, watches and ends."""

import asyncio
import contextlib
import json
import logging
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path
from signal import SIGTERM, Signals

from app.home.progress import say

LOG_BYTES = 10_000_000
LINE_BYTES = 1 << 20


def is_for_people(line: str) -> bool:
    """True if a log line belongs on the terminal: a warning or worse, or a plain sentence."""
    try:
        entry = json.loads(line)
    except ValueError:
        return bool(line.strip())
    level = entry.get("level", "") if isinstance(entry, dict) else ""
    return str(level).lower() in ("warning", "error", "critical", "exception")


def is_for_the_log(_: str) -> bool:
    """For a server whose log is its own affair."""
    return False


@dataclass(frozen=True)
class RunProcess:
    """One process of a run. What it writes goes to its log, and from there what people need."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    files: tuple[int, ...] = ()
    shows: Callable[[str], bool] = is_for_people
    stop_signal: Signals = SIGTERM
    patience: float = 6.0
    """Seconds between asking it to end and ending it."""


class Running:
    """A part that has been started."""

    def __init__(self, part: RunProcess, process: asyncio.subprocess.Process) -> None:
        self.part = part
        self.complaint = ""
        """The last thing that PostgreSQL could not get over."""
        self._process = process
        self._copying = asyncio.create_task(self._copy_output())

    async def ended(self) -> int:
        """Wait for its end, and for its last words to be copied; answers its exit code."""
        code = await self._process.wait()
        # A child of its own may still hold the pipe: it must not hold us.
        await asyncio.wait({self._copying}, timeout=1)
        return code

    async def stop(self) -> None:
        """Ask it to end; if it does not in time, end it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(self.part.stop_signal)
        try:
            async with asyncio.timeout(self.part.patience):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self.ended()

    async def _copy_output(self) -> None:
        stream = self._process.stdout
        handler = RotatingFileHandler(
            self.part.log, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8"
        )
        with contextlib.closing(handler):
            while stream is not None:
                try:
                    line = (await stream.readline()).decode("utf-8", "replace")
                except ValueError:  # longer than any line should be
                    continue
                if not line:
                    return
                self._pass_on(handler, line.rstrip("\n"))

    def _pass_on(self, handler: logging.Handler, line: str) -> None:
        handler.emit(logging.makeLogRecord({"msg": line, "levelno": logging.INFO}))
        if found := re.search("(?:FATAL|PANIC):  (.*)", line):
            self.complaint = found[1]
        if self.part.shows(line):
            say(line, to=sys.stderr)


async def start(part: RunProcess) -> Running:
    """Start it in a session of its own, so that Ctrl-C reaches only us and all end in order."""
    process = await asyncio.create_subprocess_exec(
        *part.command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=part.environment,
        pass_fds=part.files,
        start_new_session=True,
        limit=LINE_BYTES,
    )
    return Running(part, process)

"""`tiendo …` on a database of its own, in this process: starting one takes longer than it runs."""

import asyncio
import io
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import asyncpg

from app.cli import main
from app.config import get_settings
from tests.support import databases


@dataclass(frozen=True)
class Done:
    """The exit code and the output of a command."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Terminal:
    """The terminal in which commands are given: the database and the secrets that they work on."""

    url: str
    secrets: Path

    def run(self, *args: str) -> Done:
        """One command, to its end."""
        code = 0
        interrupt = signal.getsignal(signal.SIGINT)
        with (
            patch.dict("os.environ", databases.environment(self.url, self.secrets)),
            patch.object(sys, "argv", ["tiendo", *args]),
            redirect_stdout(io.StringIO()) as stdout,
            redirect_stderr(io.StringIO()) as stderr,
        ):
            get_settings.cache_clear()
            try:
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
            finally:
                signal.signal(signal.SIGINT, interrupt)
                get_settings.cache_clear()
        return Done(code, stdout.getvalue(), stderr.getvalue())

    def rows(self, statement: str, *values: str) -> list[tuple[Any, ...]]:
        """The rows of the database after a command."""

        async def fetch() -> list[tuple[Any, ...]]:
            connection = await asyncpg.connect(self.url.replace("+asyncpg", ""))
            try:
                return [tuple(row) for row in await connection.fetch(statement, *values)]
            finally:
                await connection.close()

        return asyncio.run(fetch())


@contextmanager
def terminal(secrets: Path, *, like: str = "template") -> Iterator[Terminal]:
    """A migrated database, with what the template holds that it is *like*, and commands on it."""
    with databases.new_database(like=like) as url:
        yield Terminal(url, secrets)

"""The first start of a test run, copies of the home that it made, and a run on one of them.

A first start takes longer than all later ones, and each of those longer than most tests.
"""

import asyncio
import fcntl
import json
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.home.folder import Home
from tests.support import databases, loopback, runs

LONG_AND_ODD = "kế hoạch, 'của' \"tỉnh\" %20 " + "x" * 120


@dataclass(frozen=True)
class FirstStart:
    """The home that a first start has made, what it said, the commands of its processes once it
    answered, and what its database held then.

    `known` is how many submissions the database takes there to be when it plans: minus one where
    nobody has looked yet.
    """

    home: Path
    said: str
    commands: list[str]
    rows: dict[str, int]
    known: float


async def rows_of(home: Path) -> dict[str, int]:
    """The number of rows in each table of a running home."""
    names = "select table_name from information_schema.tables where table_schema = 'public'"
    async with _database(home) as connection:
        tables = [name for (name,) in await connection.fetch(names)]
        counts = ", ".join(f'(select count(*) from "{name}")' for name in tables)
        [row] = await connection.fetch(f"select {counts}")
        return dict(zip(tables, row, strict=True))


async def _held_by(home: Path) -> dict[str, Any]:
    known = "select reltuples from pg_class where oid = 'submission'::regclass"
    async with _database(home) as connection:
        return {"rows": await rows_of(home), "known": await connection.fetchval(known)}


@asynccontextmanager
async def _database(home: Path) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect((home / "secrets" / "tiendo_database_url").read_text())
    try:
        yield connection
    finally:
        await connection.close()


def first_start() -> FirstStart:
    """The one of this test run, on a path that is long and odd; whoever asks first, of all workers,
    has it made."""
    folder = databases.folder_of_run()
    home, log, noted = folder / LONG_AND_ODD, folder / "home.log", folder / "home.made"
    with open(folder / "home.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not noted.exists():
            noted.write_text(json.dumps(_start_once(home, log)))
    return FirstStart(home, log.read_text(), **json.loads(noted.read_text()))


def _start_once(home: Path, log: Path) -> dict[str, Any]:
    with runs.running(home, loopback.free_port(), log):
        held = asyncio.run(_held_by(home)) | {"commands": runs.processes(home)}
    runs.wait_until_gone(home)
    return held


@contextmanager
def used_home() -> Iterator[Path]:
    """A copy of the home that the first start of this test run has made, beside it."""
    with tempfile.TemporaryDirectory(dir=databases.folder_of_run()) as folder:
        to = Path(folder) / "home"
        # By cp, since shutil forgets whose the files are.
        subprocess.run(["/bin/cp", "-a", first_start().home, to], check=True)
        yield to


@dataclass(frozen=True)
class Service:
    """A run with the sample."""

    home: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The address at which the service answers."""
        return loopback.url(self.port)

    @cached_property
    def secrets(self) -> dict[str, str]:
        """Those of the sample's clients, by id."""
        clients = json.loads(Home(self.home).sample_clients.read_text())
        return {client["client_id"]: client["client_secret"] for client in clients}


@pytest.fixture(scope="session")
def sample_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A run of this worker's own; tests leave it going, and what they file there stays."""
    port, log = loopback.free_port(), tmp_path_factory.mktemp("service") / "log"
    with used_home() as home, runs.running(home, port, log) as process:
        yield Service(home, port, log, process)

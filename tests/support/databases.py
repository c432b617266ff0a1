"""The PostgreSQL of a test run: one server, one migrated template, one database a worker.

`TIENDO_TEST_DATABASE_URL` names a database of a server on which we may create others; without it
the embedded PostgreSQL is started in a temporary folder. Either way a process of its own keeps it
for as long as the test run lives, however that ends, and clears it away afterwards.

`python -m tests.support.databases run COMMAND…` gives one command an empty database of its own.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from app.cli.failures import explain
from app.home.binaries import find_binaries
from app.home.errors import StartError
from app.home.postgres import Cluster
from app.home.secrets import ensure_secrets
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]
RUN = "TIENDO_TEST_RUN"
"""`PID:FOLDER` of the test run; xdist's workers inherit it."""
MEMORY = Path("/dev/shm")  # noqa: S108 - folders of its own in it
ROOM = 4 * 2**30
"""Bytes that must be free in memory before the databases of a run are kept there."""
FILLED = """
select string_agg(oid::regclass::text, ', ') as tables from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_relation_size(oid) > 0
"""
"""The tables that hold rows, by name."""

_keepers: list[subprocess.Popen[bytes]] = []


class NoDatabaseError(Exception):
    """The test database does not start; says why."""


def begin_run() -> None:
    """Name the run's folder, before xdist starts its workers; nothing is started yet."""
    place = MEMORY if _has_room(MEMORY) else _short_temporary_folder()
    folder = tempfile.mkdtemp(prefix="tiendo-test-", dir=place)
    os.environ[RUN] = f"{os.getpid()}:{folder}"


def start_server() -> None:
    """Start the server in the background; only in the process that has begun the run."""
    with (folder_of_run() / "keeper.log").open("w") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.support.databases", "keep"],
            cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    _keepers.append(keeper)


def await_server() -> None:
    """Return once it answers; raises `NoDatabaseError` where it does not."""
    if not _keepers:
        start_server()
    end = time.monotonic() + PATIENCE
    while not (folder_of_run() / "url").exists():
        if _keepers[-1].poll() is not None or time.monotonic() > end:
            said = (folder_of_run() / "keeper.log").read_text(encoding="utf-8", errors="replace")
            raise NoDatabaseError(said.strip() or "the server of the tests does not start")
        time.sleep(0.02)


def end_run() -> None:
    """Wait until what was started is gone."""
    folder = folder_of_run()
    del os.environ[RUN]
    (folder / "done").touch()
    for keeper in _keepers:
        keeper.wait(PATIENCE)
    # The files of a server that could not start were left to be read.
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def new_database(*, migrated: bool = True, like: str = "template") -> Iterator[str]:
    """A database of one's own, as SQLAlchemy's URL, dropped at the end.

    It is a copy of the migrated template, or of one that `keep_template` has made.
    """
    server = _server()
    name = f"{_prefix()}_{uuid.uuid4().hex[:12]}"
    template = f"{_prefix()}_{like}" if migrated else "template0"
    # Copied as files: to write each page of a copy to the log would take twice as long.
    copy = f'create database "{name}" template "{template}" strategy file_copy'
    _on(server, copy)
    try:
        yield _sqlalchemy_url(server, name)
    finally:
        _on(server, f'drop database "{name}" with (force)')


@asynccontextmanager
async def restored(url: str, server: str, dump: Path) -> AsyncIterator[str]:
    """The database at *url* in another cluster, by pg_dump and pg_restore, as SQLAlchemy's URL."""
    name = f"{_prefix()}_{uuid.uuid4().hex[:12]}"
    source = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    target = _with_database(server, name)
    await _execute(server, f'create database "{name}" template template0')
    await _call("pg_dump", "--format=custom", f"--file={dump}", source)
    # The other cluster has no roles of ours yet: migrating makes them.
    quiet = ("--exit-on-error", "--no-owner", "--no-privileges")
    await _call("pg_restore", *quiet, f"--dbname={target}", str(dump))
    await asyncio.to_thread(_migrate, target)
    try:
        yield _sqlalchemy_url(server, name)
    finally:
        await _execute(server, f'drop database "{name}" with (force)')


async def _call(program: str, *arguments: str) -> None:
    """Run a program of the PostgreSQL that is installed with us."""
    process = await asyncio.create_subprocess_exec(find_binaries(None) / program, *arguments)
    assert await process.wait() == 0, program


def keep_template(name: str, make: Callable[[str], None], *, like: str = "template") -> str:
    """See that there is a template of that name, a copy of the one it is *like* filled by *make*;
    whoever asks first makes it."""
    server = _server()
    folder, database = folder_of_run(), f"{_prefix()}_{name}"
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / f"{name}.made").exists():
            _on(server, f'drop database if exists "{database}"')
            _on(server, f'create database "{database}" template "{_prefix()}_{like}"')
            make(_sqlalchemy_url(server, database))
            _count_rows(_with_database(server, database))
            (folder / f"{name}.made").touch()
    return name


def _count_rows(url: str) -> None:
    """Have its copies planned for as what they are, from the first statement on.

    Of a table without a row nothing is noted, so that it is planned for as one that will grow: a
    statement is planned once, by whichever test asks it first, and as one of no row it would be
    asked of the thousands of rows that the next test makes.
    """
    [row] = asyncio.run(_execute(url, FILLED))
    if row["tables"]:
        _on(url, f"vacuum analyze {row['tables']}")


def environment(url: str, secrets: Path) -> dict[str, str]:
    """The environment that a process of ours needs to work on a database."""
    secrets.mkdir(mode=0o700, exist_ok=True)
    ensure_secrets(secrets)
    return {**os.environ, "TIENDO_DATABASE_URL": url, "TIENDO_SECRETS_DIR": str(secrets)}


def secrets_of_run() -> Path:
    """The folder of the secrets with which the template was migrated."""
    return folder_of_run() / "secrets"


def _server() -> str:
    """The server's URL. With xdist it is there before any test, else the first one starts it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        await_server()
    return (folder_of_run() / "url").read_text()


def folder_of_run() -> Path:
    """The folder that a test run deletes at its end, in memory where there is room."""
    return Path(os.environ[RUN].partition(":")[2])


def _keep() -> None:
    """Hold the server and the template until the test run is over, or gone."""
    pid, folder = os.environ[RUN].partition(":")[0], folder_of_run()
    with _any_server(folder) as server:
        _on(server, f'create database "{_prefix()}_template" template template0')
        _migrate(_with_database(server, f"{_prefix()}_template"))
        part = folder / "url.part"
        part.write_text(server)
        part.rename(folder / "url")
        while not (folder / "done").exists() and _is_alive(int(pid)):
            time.sleep(0.05)
        _drop_all(server)
    shutil.rmtree(folder, ignore_errors=True)


def _keep_or_say_why() -> None:
    try:
        _keep()
    except Exception as error:
        sentences = explain(error)
        if sentences is None:
            raise
        sys.exit("\n".join(sentences))


@contextmanager
def _any_server(folder: Path) -> Iterator[str]:
    given = os.environ.get("TIENDO_TEST_DATABASE_URL")
    if given:
        yield "postgresql://" + given.partition("://")[2]
        return
    with new_cluster(folder) as url:
        yield url


@contextmanager
def new_cluster(folder: Path) -> Iterator[str]:
    """A PostgreSQL cluster of one's own in *folder*, as its URL; ended afterwards."""
    cluster = Cluster(folder / "data", folder / "run", durable=False)
    cluster.prepare()
    with (
        cluster.reachable() as url,
        cluster.server() as server,
        open(folder / "postgres.log", "w") as log,
    ):
        postgres = subprocess.Popen(server.command, stdout=log, stderr=log, pass_fds=server.files)
        try:
            _wait_for(url, postgres, folder / "postgres.log")
            yield url
        finally:
            postgres.send_signal(signal.SIGINT)
            postgres.wait()


def _wait_for(url: str, postgres: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while postgres.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError, asyncpg.CannotConnectNowError):
            _on(url, "select 1")
            return
        time.sleep(0.02)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    reason = said[-1] if said else "?"
    raise StartError(
        f"PostgreSQL của kiểm thử không khởi động được: {reason}",
        f"The PostgreSQL of the tests does not start: {reason}",
    )


def _migrate(url: str) -> None:
    # By the real command: in a process of its own, since Alembic runs an event loop.
    subprocess.run(
        [sys.executable, "-m", "app.cli", "migrate"],
        cwd=ROOT, env=environment(url, secrets_of_run()), check=True,
    )  # fmt: skip


def _drop_all(server: str) -> None:
    names = "select datname from pg_database where starts_with(datname, $1)"
    for row in asyncio.run(_execute(server, names, _prefix() + "_")):
        _on(server, f'drop database "{row["datname"]}" with (force)')


def _on(url: str, statement: str) -> None:
    asyncio.run(_execute(url, statement))


async def _execute(url: str, statement: str, *values: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


def _prefix() -> str:
    return f"tiendo_test_{os.environ[RUN].partition(':')[0]}"


def _sqlalchemy_url(server: str, name: str) -> str:
    return _with_database(server, name).replace("postgresql://", "postgresql+asyncpg://", 1)


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _has_room(memory: Path) -> bool:
    """True if the folder is in memory, and there is enough of it.

    A database has 300 files. To make them on a disk that files were just deleted from takes half a
    second of ext4, and no time in memory.
    """
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
        free = min(kilobytes * 1024, shutil.disk_usage(memory).free)
    except (OSError, StopIteration):
        return False
    return free > ROOM and memory.is_mount() and os.access(memory, os.W_OK)


def _short_temporary_folder() -> str:
    folder = tempfile.gettempdir()
    return folder if len(folder) < 40 else "/tmp"  # noqa: S108 - a path of a socket is short


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _run(command: list[str]) -> int:
    begin_run()
    try:
        folder = folder_of_run()
        with new_database(migrated=False) as url:
            env = environment(url, folder / "secrets")
            return subprocess.run(command, env=env, check=False).returncode
    finally:
        end_run()


if __name__ == "__main__":
    if sys.argv[1] == "keep":
        _keep_or_say_why()
    else:
        sys.exit(_run(sys.argv[2:]))

"""The database that is measured on: its own embedded PostgreSQL, or an empty one by URL."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from app.home.postgres import Cluster
from app.home.secrets import ensure_secrets

PATIENCE = 60.0


@contextmanager
def database(folder: Path, *options: str) -> Iterator[str]:
    """The URL of a database for as long as the context lasts; durable, as in production.

    *options* are more of those with which the server is started.
    """
    given = os.environ.get("TIENDO_BENCH_DATABASE_URL")
    if given:
        yield given
        return
    cluster = Cluster(folder / "data", folder / "run")
    cluster.prepare()
    with (
        cluster.reachable() as url,
        cluster.server() as server,
        open(folder / "postgres.log", "w") as log,
    ):
        postgres = subprocess.Popen(
            [*server.command, *options], stdout=log, stderr=log, pass_fds=server.files
        )
        try:
            asyncio.run(_wait_for(url))
            yield url
        finally:
            postgres.send_signal(signal.SIGINT)
            postgres.wait()


def environment(url: str, folder: Path) -> dict[str, str]:
    """The environment that the service needs to work on that database."""
    secrets = folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    ensure_secrets(secrets)
    # Nothing of what the caller's own service is set to.
    env = {name: value for name, value in os.environ.items() if not name.startswith("TIENDO_")}
    # The allowance of a client is not measured.
    env |= {"TIENDO_RATE_PER_SECOND": "0", "TIENDO_CLIENT_TURNS": "100"}
    return {**env, "TIENDO_DATABASE_URL": url, "TIENDO_SECRETS_DIR": str(secrets)}


def migrate(env: dict[str, str]) -> None:
    """By the real command."""
    subprocess.run([sys.executable, "-m", "app.cli", "migrate"], env=env, check=True)


def lay_out(env: dict[str, str]) -> None:
    """Add up the figures by the real command."""
    command = [sys.executable, "-m", "app.cli", "figures", "rebuild"]
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def folding(env: dict[str, str]) -> Iterator[None]:
    """The worker's folding of figures for as long as the context lasts."""
    worker = subprocess.Popen([sys.executable, "-m", "benchmarks.folding"], env=env)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


async def _wait_for(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection = await asyncpg.connect(url)
        except (OSError, asyncpg.CannotConnectNowError):
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.05)
        else:
            await connection.close()
            return

"""A home in which the service has run once, and a run on one that tests look at together.

A first start takes longer than all later ones, and each of those longer than most tests.
"""

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from app.home.folder import Home
from tests.support import databases, loopback, runs


def copy_used_home(to: Path) -> Path:
    """Copy the used home of this test run; whoever asks first, of all workers, has it made."""
    folder = Path(os.environ[databases.RUN].partition(":")[2])
    with open(folder / "home.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "home.made").exists():
            with runs.running(folder / "home", loopback.free_port(), folder / "home.log"):
                pass
            runs.wait_until_gone(folder / "home")
            (folder / "home.made").touch()
    # By cp, since shutil forgets whose the files are.
    subprocess.run(["/bin/cp", "-a", folder / "home", to], check=True)
    return to


@dataclass(frozen=True)
class Service:
    """A run with the sample."""

    home: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """Where it answers."""
        return loopback.url(self.port)

    @cached_property
    def secrets(self) -> dict[str, str]:
        """Those of the sample's clients, by id."""
        clients = json.loads(Home(self.home).sample_clients.read_text())
        return {client["client_id"]: client["client_secret"] for client in clients}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A run of this worker's own; tests leave it going, and what they file there stays."""
    folder, port = tmp_path_factory.mktemp("service"), loopback.free_port()
    home, log = copy_used_home(folder / "home"), folder / "log"
    with runs.running(home, port, log) as process:
        yield Service(home, port, log, process)

"""`tiendo run`, as a person starts it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import loopback
from tests.support.patience import PATIENCE

ROOT = Path(__file__).parents[2]


def environment(home: Path, port: int) -> dict[str, str]:
    """Ours, without what would lead away from this home."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TIENDO_")}
    return {**ours, "TIENDO_HOME": str(home), "TIENDO_PORT": str(port)}


def start(home: Path, port: int, log: Path) -> subprocess.Popen[bytes]:
    """Start it and return at once; what it says goes to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "app.cli", "run"],
            cwd=ROOT, env=environment(home, port), stdout=output, stderr=output,
        )  # fmt: skip


def refused(home: Path, port: int) -> str:
    """Start it where it can't start; answers what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "run"],
        cwd=ROOT, env=environment(home, port), capture_output=True, text=True,
        timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert all("…" in line for line in done.stdout.splitlines()), done.stdout
    return done.stderr


@contextmanager
def running(home: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run that answers; asked to end afterwards if it has not ended."""
    process = start(home, port, log)
    try:
        wait_for_word(process, log)
        assert status(port, "/healthz") == 200
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def wait_for_word(process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when it has said where it is."""
    end = time.monotonic() + PATIENCE
    while "/docs" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


def status(port: int, path: str) -> int:
    """The HTTP status that answers one GET."""
    connection = http.client.HTTPConnection(loopback.HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def read(port: int, path: str) -> Any:
    """The JSON body that answers one GET."""
    connection = http.client.HTTPConnection(loopback.HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def wait_until_gone(home: Path) -> None:
    """Return when no process works for this home any more."""
    end = time.monotonic() + PATIENCE
    while left := processes(home):
        assert time.monotonic() < end, left
        time.sleep(0.05)


def processes(home: Path) -> list[str]:
    """Those whose command or folder says that they belong to this home, except our children's."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            variables = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        is_server = _is_same(folder / "cwd", home / "data")
        if is_server or str(home / "data") in words or f"TIENDO_HOME={home}" in variables:
            found.append(f"{folder.name} {' '.join(words)}")
    return found


def _is_same(folder: Path, other: Path) -> bool:
    try:
        return folder.samefile(other)
    except OSError:
        return False

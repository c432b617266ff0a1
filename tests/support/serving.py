"""`tiendo serve`, as an operator starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.home.secrets import ensure_secrets
from tests.support import loopback
from tests.support.patience import PATIENCE
from tests.support.runs import ROOT

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
"""A database that does not answer, for what needs none."""


@contextmanager
def served(folder: Path, *words: str, url: str = NOWHERE, **settings: str) -> Iterator[int]:
    """The port of a service that answers, with these words and settings; ended afterwards."""
    port, secrets = loopback.free_port(), folder / "secrets"
    secrets.mkdir(mode=0o700, exist_ok=True)
    ensure_secrets(secrets)
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TIENDO_")}
    given = {
        "TIENDO_DATABASE_URL": url,
        "TIENDO_SECRETS_DIR": str(secrets),
        "TIENDO_HOST": loopback.HOST,
        "TIENDO_PORT": str(port),
        **{f"TIENDO_{name.upper()}": value for name, value in settings.items()},
    }
    with (folder / "serve.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", *words],
            cwd=ROOT, env=ours | given, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait(port, process, folder / "serve.log")
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not exchange(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)


def exchange(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """The whole answer to these bytes, sent with a pause after each part, until it ends."""
    answer = b""
    try:
        with socket.create_connection((loopback.HOST, port), timeout=PATIENCE) as connection:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
            while received := connection.recv(65536):
                answer += received
    except OSError:
        return answer
    return answer

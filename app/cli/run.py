"""`tiendo run`: the database, the API and the worker of one machine, together."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

import typer

from app.cli.listen import bind, local_host
from app.cli.together import Together
from app.home.errors import StartError
from app.home.folder import Home, find_home, open_home
from app.home.secrets import ensure_secrets

LINGERING = 10.0
"""Seconds that the processes of a killed run may take to end."""

app = typer.Typer(add_completion=False)


@app.command()
def run() -> None:
    """Chạy CSDL, API và các việc nền tại máy này. / Run database, API and jobs on this machine."""
    home = find_home()
    host, port = os.environ.get("TIENDO_HOST") or local_host(), _port()
    with open_home(home), _take_port(home, host, port) as taken:
        secrets = os.environ.get("TIENDO_SECRETS_DIR")
        if not secrets:
            ensure_secrets(home.secrets)
        code = Together(home, host, port, taken, secrets or str(home.secrets)).run()
    sys.exit(code)


def _port() -> int:
    given = os.environ.get("TIENDO_PORT") or "8000"
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise StartError(
            f"TIENDO_PORT phải là một số từ 1 đến 65535: {given}",
            f"TIENDO_PORT must be a number from 1 to 65535: {given}",
        )
    return int(given)


@contextmanager
def _take_port(home: Home, host: str, port: int) -> Iterator[socket]:
    """Hold the port before anything is started; after a killed run, wait until it lets go of it."""
    end = time.monotonic() + (LINGERING if home.unfinished.exists() else 0)
    while True:
        try:
            taken = bind(host, port)
        except StartError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            break
    home.unfinished.touch(mode=0o600)
    try:
        with taken:
            yield taken
    finally:
        home.unfinished.unlink(missing_ok=True)

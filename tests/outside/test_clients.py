"""Clients that other people's generators make of the contract work with the service as it runs."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.node import tools
from tests.support import loopback, runs
from tests.support.homes import copy_used_home

CONTRACT = runs.ROOT / "openapi" / "openapi.json"
WALKS = Path(__file__).parent / "walks"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A run with the sample: its address and its folder."""
    folder, port = tmp_path_factory.mktemp("clients"), loopback.free_port()
    with runs.running(copy_used_home(folder / "home"), port, folder / "log"):
        yield loopback.url(port), folder / "home"


def caller(home: tuple[str, Path], client_id: str) -> list[str]:
    """The words that a walk is called with."""
    url, folder = home
    clients = json.loads((folder / "sample-clients.json").read_text())
    secret = next(one["client_secret"] for one in clients if one["client_id"] == client_id)
    return [url, client_id, secret]


def said(*words: str | Path, **variables: str) -> str:
    """What a command writes; its whole output when it fails."""
    done = subprocess.run(
        words, env={**os.environ, **variables}, capture_output=True, text=True,
        timeout=runs.PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_python_client_walks(home: tuple[str, Path], tmp_path: Path) -> None:
    said(
        Path(sys.executable).with_name("openapi-python-client"), "generate",
        "--fail-on-warning", "--path", CONTRACT, "--meta", "none",
        "--config", WALKS / "client.yaml", "--output-path", tmp_path / "tiendo_client",
    )  # fmt: skip
    walk = shutil.copy(WALKS / "walk.py", tmp_path)

    said(
        sys.executable, "-m", "mypy", "--strict", "--config-file=",
        "--cache-dir", tmp_path / "cache", walk, MYPYPATH=str(tmp_path),
    )  # fmt: skip
    asked = said(sys.executable, "-W", "error", walk, *caller(home, "sample-reporter-sngv"))

    assert int(asked) > 15


def test_typescript_client_walks(home: tuple[str, Path], tmp_path: Path) -> None:
    packages = tools()
    (tmp_path / "node_modules").symlink_to(packages)
    for name in ("walk.mts", "tsconfig.json"):
        shutil.copy(WALKS / name, tmp_path)

    said(
        packages / ".bin" / "openapi-typescript", CONTRACT,
        "--default-non-nullable=false", "--output", tmp_path / "tiendo.d.mts",
    )  # fmt: skip
    said(packages / ".bin" / "tsc", "--project", tmp_path)
    answer = said("node", tmp_path / "walk.mjs", *caller(home, "sample-reporter-sct"))

    assert json.loads(answer) == [["withdraw"], True, "validation_failed"]

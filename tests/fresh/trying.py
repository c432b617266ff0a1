"""Trying one cell: the command is started as a person starts it, and what it says is timed."""

import functools
import os
import shlex
import shutil
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.home.progress import say
from tests.fresh.cells import CONDITIONS, FOLDERS, SETTINGS, Cell
from tests.fresh.systems import PYTHONS, USER, USER_ID, System
from tools.bundle import make

# The quickest tests among those that need a database, and among those that listen.
TESTS = "tests/cli/test_calendar.py tests/outbound"
ANSWERED = "@@ answered"
ASKED = "@@ asked"
# Asks until the API answers, in either family of addresses; patience is left to the reader of the
# output.
PROBE = """\
import sys, time, urllib.request
while True:
    for host in ("127.0.0.1", "[::1]"):
        try:
            urllib.request.urlopen(f"http://{host}:{sys.argv[1]}/healthz", timeout=9)
        except OSError:
            continue
        sys.exit()
    time.sleep(0.1)
"""
# Commands work beside the run, and PostgreSQL is not root and can do nothing of what root can.
ASK = """\
server=$(head -n 1 .tiendo/data/postmaster.pid)
.venv/bin/tiendo client list >/dev/null &&
grep -qE '^Uid:[[:space:]]+[1-9]' /proc/$server/status &&
! grep -qE '^Cap(Inh|Prm|Eff|Amb):.*[1-9a-f]' /proc/$server/status && echo '@@ asked'
"""


@dataclass
class Outcome:
    """The results of a try. Times are seconds from the start of make."""

    first_word: float = 0.0
    silence: float = 0.0
    answer: float = 0.0
    again: float = 0.0
    said: list[str] = field(default_factory=list)
    good: bool = False

    def hear(self, line: str, at: float, kind: str) -> None:
        """Keep a line, and see whether it says that the cell has answered or has been asked."""
        self.said.append(f"{at:7.1f} {line}")
        say(f"    {self.said[-1]}")
        if line == ANSWERED or (kind == "test" and line == ASKED):
            self.answer = at
        self.good = self.good or line == ASKED


def try_cell(cell: Cell, source: bytes, wheels: Path, patience: float) -> Outcome:
    """Lay the source where the cell wants it, and start the command there."""
    system = System(cell.suite)
    folder = FOLDERS[cell.folder].format(home=home(cell))
    top = system.root / folder.lstrip("/")
    subprocess.run(["rm", "-rf", str(top), str(system.root / "var/cache/tiendo")], check=True)
    if cell.folder == "unpacked bundle":
        lay_bundle(PYTHONS[cell.suite], top, cell)
    else:
        lay(source, top, wheels, cell)
    outcome = start(cell, system, folder, patience)
    if outcome.good and cell.command == "run":
        again = start(cell, system, folder, patience)
        outcome.again, outcome.good = again.answer, again.good
    subprocess.run(["rm", "-rf", str(top)], check=True)
    return outcome


def home(cell: Cell) -> str:
    """Private to its owner: 0700 for both."""
    return f"/home/{USER}" if cell.user else "/root"


def owner_of(cell: Cell) -> int:
    """The id of the user that owns the files."""
    return USER_ID if cell.user else 0


def lay(source: bytes, top: Path, wheels: Path | None, cell: Cell) -> None:
    """As git leaves it under this umask, with wheels as in an unpacked bundle."""
    closed, owner = int(cell.umask, 8), owner_of(cell)
    made = [parent for parent in (top, *top.parents) if not parent.exists()]
    top.mkdir(parents=True)
    # By tar, which leaves nothing outside of the folder; Python has that from 3.11.4 on.
    subprocess.run(["tar", "-x", "--no-same-owner", "-C", top], input=source, check=True)
    for path in (*made, *top.rglob("*")):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~closed)
        os.chown(path, owner, owner)
    if wheels:
        (top / "wheels").mkdir()
        for wheel in wheels.glob("*.whl"):
            os.link(wheel, top / "wheels" / wheel.name)


@functools.cache
def bundle(version: str) -> Path:
    """The archive for this version of Python, made once."""
    return make([version])


def lay_bundle(version: str, top: Path, cell: Cell) -> None:
    """The archive as it is copied to a server, in a folder where nothing else is."""
    top.mkdir()
    copied = shutil.copy(bundle(version), top)
    for path in (top, copied):
        os.chown(path, owner_of(cell), owner_of(cell))


def start(cell: Cell, system: System, folder: str, patience: float) -> Outcome:
    """Start it, listen until it has answered and has been asked, and end it."""
    script = "\n".join(
        [
            f"export HOME={home(cell)}",
            *(SETTINGS[one] for one in cell.conditions if one in SETTINGS),
            f"umask {cell.umask}",
            f"cd {shlex.quote(folder)} || exit 1",
            *_shell(cell),
        ]
    )
    # A network of its own: no cell needs another machine, and none meets another's port.
    conditions = ["ip link set lo up"]
    conditions += [line for one in cell.conditions for line in CONDITIONS.get(one, ())]
    command = system.command(script, user=cell.user, conditions=conditions)
    return listen(command, patience, cell.command)


def _shell(cell: Cell) -> list[str]:
    if cell.command == "test":
        return [f"make test T='{TESTS}' && echo {shlex.quote(ASKED)}"]
    probe = f"python3 -c {shlex.quote(PROBE)}"
    lines = ["make run & run=$!", f"{probe} 8000"]
    if cell.folder == "unpacked bundle":
        lines.insert(0, "tar xf tiendo-*.tar && cd tiendo-*/ || exit 1")
    if cell.command == "two":
        lines += ["TIENDO_HOME=other TIENDO_PORT=8001 make run & other=$!", f"{probe} 8001"]
        # Root's copy of PostgreSQL is there by now: two that make it at once are tried too.
        lines += ["kill $(cat other/lock); wait $other; rm -rf other /var/cache/tiendo"]
    lines += [f"echo {shlex.quote(ANSWERED)}", ASK, "kill $(cat .tiendo/lock)", "wait $run"]
    return lines


def listen(command: list[str], patience: float, kind: str) -> Outcome:
    """Time what it says until its end; one that takes too long is ended."""
    outcome = Outcome()
    started = last = time.monotonic()
    process = subprocess.Popen(
        ["timeout", "--kill-after=5", str(patience), *command],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    begun = b""
    # By what is written and not by lines: a row of dots is no silence.
    while some := os.read(process.stdout.fileno(), 1 << 16):
        now = time.monotonic()
        if not outcome.first_word:
            outcome.first_word = now - started
        if not outcome.answer:
            outcome.silence = max(outcome.silence, now - last)
        last = now
        *lines, begun = (begun + some).split(b"\n")
        for raw in lines:
            outcome.hear(raw.decode("utf-8", "replace").rstrip(), now - started, kind)
    outcome.good = process.wait() == 0 and outcome.good and bool(outcome.answer)
    return outcome


def refusal(system: System, source: bytes, script: str, *, offline: bool = False) -> str:
    """The words of `make` where it can't go on, without wheels and without the missing parts."""
    cell = Cell(system.suite, user=True)
    folder = f"{home(cell)}/refused"
    top = system.root / folder.lstrip("/")
    subprocess.run(["rm", "-rf", str(top)], check=True)
    lay(source, top, None, cell)
    done = subprocess.run(
        system.command(
            f"cd {folder} && {script} 2>&1",
            user=True,
            conditions=["ip link set lo up"] if offline else [],
        ),
        capture_output=True, text=True, errors="replace", check=False, timeout=300,
    )  # fmt: skip
    subprocess.run(["rm", "-rf", str(top)], check=True)
    return done.stdout

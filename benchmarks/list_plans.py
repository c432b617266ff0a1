"""`python -m benchmarks.list_plans`: each filter of lists by both kinds of plan of PostgreSQL.

A list that is planned once (`Listing.is_planned_once`) is measured with a plan for any values, any
other with a plan for its values, and each beside the other kind. A filter of which the other is
notably faster is marked: what is said of it beside its conditions is wrong, or has become so. That
a list is planned at each request, for up to five milliseconds, is no mark.
"""

import argparse
import asyncio
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import asyncpg

from app.auth.principal import Principal, Role
from app.clock import local_day, utc_now
from app.queries.assignments.assignments_json import (
    ASSIGNMENTS,
    Viewpoint,
    page_of_assignments_json,
)
from app.queries.lists import PageRequest
from app.queries.submissions.submissions import SUBMISSIONS
from app.queries.submissions.submissions_json import list_submissions_json
from benchmarks.__main__ import prepare
from benchmarks.data import identifier
from benchmarks.database import database, environment, migrate
from benchmarks.limit import recorded

WARMING = 2
KINDS = {"by value": "force_custom_plan", "once": "force_generic_plan"}
NOTABLY = 1.2
"""The ratio from which another plan is notably faster."""
SLACK = {"once": 0.3, "by value": 5.0}
"""The milliseconds that a list may take longer beside."""


class Case(NamedTuple):
    """A list that is asked for: its name, and the query that reads it."""

    name: str
    read: Callable[[Any], Awaitable[Any]]


class Values(NamedTuple):
    """Frequent, rare and unknown values of filters, and the agencies that ask."""

    submissions: Mapping[str, list[Any]]
    assignments: Mapping[str, list[Any]]
    readers: Mapping[str, Principal]


async def values(connection: asyncpg.Connection, day: date) -> Values:
    """Those of the data of the measurements."""

    async def column(sql: str) -> list[Any]:
        return [row[0] for row in await connection.fetch(sql)]

    agencies = await column("select agency_id from assignment group by 1 order by count(*)")
    plans = await column("select plan_id from assignment group by 1 order by count(*)")
    [coordinator] = await column(
        "select coordinator_id from plan group by 1 order by count(*) desc limit 1"
    )
    [assignment] = await column("select id from assignment offset 777 limit 1")
    [task] = await column("select task_id from assignment offset 777 limit 1")
    long_ago, ahead, unknown = day - timedelta(3000), day + timedelta(3000), uuid.UUID(int=9)
    named = {
        "plan": [plans[-1], plans[0], unknown],
        "plans": [[plans[-1]], []],
        "agency": [agencies[-1], agencies[0], unknown],
        "task": [task],
        "ordinal": ["1.1", "9.9"],
        "updated_since": [_start(long_ago), _start(ahead)],
    }
    return Values(
        submissions={
            **named,
            "assignment": [assignment],
            "period": [str(day.year), "1999"],
            "status": [["expected"], ["returned"], ["submitted", "returned"]],
            "is_late": [True, False],
            "overdue_since": [day, long_ago],
            "due_from": [long_ago, ahead],
            "due_before": [long_ago, ahead],
            "received_from": [long_ago, day],
            "received_before": [long_ago, ahead],
            "evidence": ["12/BC-SNGV"],
        },
        assignments={
            **named,
            "role": ["lead", "coordinating"],
            "status": [["not_started"], ["suspended"]],
            "timeliness": [["overdue"], ["due_soon"]],
            "overdue_days_from": [1, 3000],
            "refusal": ["pending"],
            "occurrence": [str(day.year), "1999"],
            "deadline_from": [day, ahead],
            "deadline_before": [day, long_ago],
        },
        readers={
            "of much": _principal(agencies[-1], Role.REPORTER),
            "of little": _principal(agencies[0], Role.REPORTER),
            "coordinator": _principal(coordinator, Role.COORDINATOR),
            "of all": _principal(coordinator, Role.SUPERVISOR),
        },
    )


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _principal(agency: uuid.UUID, role: Role) -> Principal:
    return Principal(uuid.UUID(identifier("client")), agency, frozenset({role}))


def cases(found: Values, day: date, today: date) -> Iterator[Case]:
    """Each list, by each reader, in each order, with each filter alone and without."""
    for who, reader in found.readers.items():
        for order in (*SUBMISSIONS.orders, "-updated_at"):
            for name, given in _alone(found.submissions):
                asked = PageRequest(given, order, None, 50)
                read = partial(
                    list_submissions_json,
                    principal=reader, asked=asked, day=day, is_past=day < today,
                )  # fmt: skip
                yield Case(f"submissions {who}, {order}, {name}", read)
    view = Viewpoint.of(found.readers["of much"], day, today=today, due_soon_days=7)
    for order in (*ASSIGNMENTS.orders, "-updated_at"):
        for name, given in _alone(found.assignments):
            asked = PageRequest({"is_there": True} | given, order, None, 50)
            read = partial(page_of_assignments_json, view=view, asked=asked)
            yield Case(f"assignments, {order}, {name}", read)


def _alone(filters: Mapping[str, list[Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "", {}
    for name, values_of_it in filters.items():
        for value in values_of_it:
            yield f"{name}={value}", {name: value}


async def measure(url: str, rounds: int, ago: int) -> None:
    """Print a line a case, and how many of them another plan would serve notably better."""
    today = local_day(utc_now())
    day = today - timedelta(ago)
    connections = {
        kind: await asyncpg.connect(
            url, server_settings={"plan_cache_mode": mode, "jit": "off"},
            max_cacheable_statement_size=0,
        )
        for kind, mode in KINDS.items()
    }  # fmt: skip
    worse = number = 0
    print("| | used | ms | the other, ms |\n| --- | --- | ---: | ---: |")
    for case in cases(await values(connections["once"], today), day, today):
        sql, given, by_value = await recorded(case.read)
        used, other = ("by value", "once") if by_value else ("once", "by value")
        taken = {
            kind: await _median(connections[kind], sql, given, rounds) for kind in (used, other)
        }
        is_worse = taken[used] > NOTABLY * taken[other] + SLACK[used]
        worse, number = worse + is_worse, number + 1
        mark = " *" if is_worse else ""
        print(f"| {case.name} | {used} | {taken[used]:.2f} | {taken[other]:.2f}{mark} |")
    print(f"\n{number} lists; of {worse} the other plan is notably faster")
    for connection in connections.values():
        await connection.close()


async def _median(connection: Any, sql: str, given: list[Any], rounds: int) -> float:
    statement, times = await connection.prepare(sql), []
    for number in range(WARMING + rounds):
        started = time.perf_counter()
        await statement.fetch(*given)
        if number >= WARMING:
            times.append(1000 * (time.perf_counter() - started))
    return median(times)


def main() -> None:
    """Make the data, measure, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.list_plans", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--ago", type=int, default=0, help="lists of a day so many days ago")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="tiendo-bench-", dir="/tmp") as name,
        database(Path(name)) as url,
    ):
        env = environment(url, Path(name))
        migrate(env)
        asyncio.run(prepare(url, env))
        asyncio.run(measure(url, options.rounds, options.ago))


if __name__ == "__main__":
    main()

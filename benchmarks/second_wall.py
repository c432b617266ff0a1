"""The cost of the second wall: the same statements as the service's role, and as the owner without.

`make bench S=--second-wall` measures this alone. Beside the wall the owner asks functions of the
same names in a schema of their own, which name no agency; as a superuser it passes row security.
"""

import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import asyncpg
import sqlalchemy as sa

from app.auth.principal import Principal, Role
from app.clock import local_day, utc_now
from app.config import DatabaseRole
from app.queries.row_security import ALLOW
from app.queries.submissions import cases
from app.queries.submissions.case_rows import SubmissionKey
from app.queries.submissions.submissions_json import get_submission_json
from app.reading import DriverReader, ReadRow, fetch

ROUNDS = 400
WARMING = 20
BESIDE = """
drop schema if exists beside_the_wall cascade;
create schema beside_the_wall;
create function beside_the_wall.drafts_of(agencies uuid[]) returns table (
  submission_id uuid, content jsonb, drafted_by_id uuid, narrative_id uuid, sources uuid[],
  updated_at timestamptz, state bigint
) language sql stable rows 20 as $$
  select d.submission_id, d.content, d.drafted_by_id, d.narrative_id, d.sources, d.updated_at,
    d.xmin::text::bigint
    from submission_draft d where d.agency_id = any (agencies)
$$;
"""
OWNED = """
select a.agency_id, u.assignment_id, u.period, a.plan_id
  from submission u join assignment a on a.id = u.assignment_id
 where u.status = 'expected' order by u.id limit 1
"""
CONTACT = """
insert into focal_point (id, created_at, updated_at, agency_id, plan_id, level, name, phone,
    valid_from)
values (gen_random_uuid(), now(), now(), $1, $2, 'focal', 'Văn thư', '0239 385 5555', '2024-01-01')
"""
CONTACTS = sa.text("select * from focal_point where agency_id = :agency and plan_id = :plan")


@dataclass
class Side:
    """A connection before the wall or beside it, and the milliseconds of each kind."""

    connection: asyncpg.Connection
    is_guarded: bool
    times: dict[str, list[float]] = field(default_factory=dict)


async def measure(url: str) -> None:
    """Ask in turn on either side, and print the medians."""
    options: dict[str, Any] = {"record_class": ReadRow, "max_cacheable_statement_size": 0}
    settings = {"plan_cache_mode": "force_generic_plan", "jit": "off"}
    before = await asyncpg.connect(
        url, server_settings={**settings, "role": str(DatabaseRole.SERVICE)}, **options
    )
    beside = await asyncpg.connect(url, server_settings=settings, **options)
    try:
        await beside.execute(BESIDE)
        await beside.execute("set search_path = beside_the_wall, public")
        owned = await beside.fetchrow(OWNED)
        assert owned is not None
        await beside.execute(CONTACT, owned["agency_id"], owned["plan_id"])
        sides = [Side(before, True), Side(beside, False)]
        for name, ask in _kinds(owned).items():
            await _measure(name, ask, sides)
    finally:
        await beside.execute("drop schema if exists beside_the_wall cascade")
        await before.close()
        await beside.close()
    _print_table(*sides)


async def _measure(name: str, ask: Callable[[Side], Awaitable[object]], sides: list[Side]) -> None:
    for number in range(-WARMING, ROUNDS):
        for side in sides:
            transaction = side.connection.transaction()
            await transaction.start()
            started = time.perf_counter()
            await ask(side)
            taken = 1000 * (time.perf_counter() - started)
            await transaction.rollback()
            if number >= 0:
                side.times.setdefault(name, []).append(taken)


def _kinds(owned: asyncpg.Record) -> dict[str, Callable[[Side], Awaitable[object]]]:
    agency, plan = uuid.UUID(int=owned["agency_id"].int), owned["plan_id"]
    assignment, period = owned["assignment_id"], owned["period"]
    reader = Principal(uuid.UUID(int=0), agency, frozenset({Role.REPORTER}))
    today = local_day(utc_now())

    async def read(side: Side) -> object:
        sql = DriverReader(side.connection)
        return await get_submission_json(
            sql, reader, day=today, assignment=assignment, period=period
        )

    async def hold(side: Side) -> object:
        keys = [SubmissionKey(agency, assignment, period)]
        return await cases.submission_cases(
            DriverReader(side.connection), keys, day=today, lock=True
        )

    async def contacts(side: Side) -> object:
        sql = DriverReader(side.connection)
        if side.is_guarded:
            await fetch(sql, ALLOW, {"agencies": str(agency)})
        [found] = await fetch(sql, CONTACTS, {"agency": agency, "plan": plan})
        return found

    return {
        "Đọc một báo cáo / one submission read": read,
        "Giữ một báo cáo để nộp / one submission held to be filed": hold,
        "Đầu mối của một cơ quan / the contacts of an agency": contacts,
    }


def _print_table(before: Side, beside: Side) -> None:
    print(
        "\n| Bức tường thứ hai / the second wall | với / with, ms | không / without, ms | ratio |"
    )
    print("| --- | ---: | ---: | ---: |")
    for name, times in before.times.items():
        a, b = median(times), median(beside.times[name])
        print(f"| {name} | {a:.3f} | {b:.3f} | {a / b:.2f} |")

"""The sample that a local run starts with: a plan in full life, the same on every machine."""

import asyncio
from collections import Counter
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cli.sample_life import MADE_UP
from app.cli.sample_story import SYSTEM, play
from app.config import Settings
from tests.support import databases
from tests.support.sample import fill, load_registry

COUNTED = sa.text("""
select u.period, u.status, t.received_on > u.due_on, t.content ->> 'results', c.client_id
  from submission u join submission_attempt t on t.submission_id = u.id and t.number = u.attempts
  join client c on c.id = t.client_id
""")


# Of whole years: agencies' own reports, values of indicators, grades, answered remarks.
OF_YEARS = sa.text("""
select (select count(*) from agency_report where status = 'accepted'),
  (select count(distinct (indicator_id, period)) from indicator_value),
  (select count(distinct year) from rating), (select count(*) from remark where answer is not null)
""")


def test_the_sample_is_in_full_life(settings: Settings) -> None:
    made: list[str] = []
    rows: list[Any] = []
    of_years: list[int] = []

    async def live(session: AsyncSession) -> None:
        made.extend(one["client_id"] for one in await play(session, settings, is_lively=True))
        connection = await session.connection()
        rows.extend(await connection.execute(COUNTED))
        of_years.extend((await connection.execute(OF_YEARS)).one())

    with databases.new_database() as url:
        asyncio.run(fill(url, load_registry, live))

    by_system = [row for row in rows if row[4] == SYSTEM]
    statuses = Counter(status for _, status, *_ in by_system)
    assert made[-1] == SYSTEM
    assert len(rows) > 500
    assert {period for period, *_ in by_system} >= {"2024", "2025"}
    assert all(row[3].endswith(MADE_UP) for row in by_system)
    assert {"accepted", "returned", "submitted"} <= statuses.keys()
    assert statuses["accepted"] > len(by_system) * 0.8
    assert 0 < sum(row[2] for row in by_system) < len(by_system) / 2
    reports, values, rated, remarks = of_years
    assert reports >= 12
    assert (values, rated, remarks) == (4, 2, 2)

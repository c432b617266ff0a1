"""The items of reminders are found among all that was ever owed by indexes, not by reading it
all."""

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.reminders.rules import DEFAULT_LADDER
from app.queries.reminders import due, planned
from tests.support.sample import issued_database
from tests.support.transactions import Engines, work_as

DAY = date(2024, 12, 24)
# Long done: one assignment copied into years of which nobody is reminded any more.
OLD = """
insert into assignment (id, created_at, updated_at, plan_id, task_id, agency_id, assignee_id, role,
  occurrence, starts_on, deadline_on, status, completed_on, changed_on)
select gen_random_uuid(), created_at, updated_at, plan_id, task_id, agency_id, assignee_id, role,
  'old-' || n, starts_on, deadline_on - n, 'completed', deadline_on - n, changed_on
from (select * from assignment where deadline_on is not null order by id limit 1) a,
  generate_series(1, 20000) n
"""
# And one submission waived for as many periods, or expected, on few days of other years.
OTHER_SUBMISSIONS = """
insert into submission (id, created_at, updated_at, assignment_id, period, data_from, data_to,
  due_on, status, waived_reason, waived_on, expected_on, attempts)
select gen_random_uuid(), created_at, updated_at, assignment_id, 'adhoc-other-' || n, data_from,
  data_to, due_on + 365 * (n % 4 - 4 + n % 2 * 5),
  case when n % 2 = 0 then 'waived' else 'expected' end,
  case when n % 2 = 0 then 'Không còn' end, case when n % 2 = 0 then due_on end, due_on, 0
from (select * from submission order by id limit 1) s, generate_series(1, 20000) n
"""


async def explained(session: AsyncSession, text: str) -> str:
    """PostgreSQL's plan of finding the items of a day's reminders."""
    given: dict[str, Any] = {
        "days": list(DEFAULT_LADDER.days),
        "every_days": DEFAULT_LADDER.every_days,
        "head_from": DEFAULT_LADDER.head_from,
        "office_from": DEFAULT_LADDER.office_from,
        "since": date(2024, 12, 23),
        "day": DAY,
        "horizon": date(2025, 1, 23),
        "plan": None,
    }
    statement = sa.text(f"explain (analyze, buffers) {text}").bindparams(*due.TYPES, planned.PLAN)
    if text == str(planned.PREVIEW_OF_AGENCY):
        statement = statement.bindparams(planned.MINE)
        given["mine"] = uuid.UUID(int=0)
    rows = await (await session.connection()).execute(statement, given)
    return "\n".join(rows.scalars())


@pytest.fixture
def url() -> Iterator[str]:
    """A database that no other test has to go through: rows thrown away stay where they were."""
    with issued_database() as url:
        yield url


async def test_what_is_not_due_on_the_day_of_a_step_is_not_read_to_remind(
    url: str, engines: Engines
) -> None:
    async with engines.transaction(url) as connection, AsyncSession(connection) as session:
        await work_as(connection, None)
        await connection.exec_driver_sql(OLD)
        await connection.exec_driver_sql(OTHER_SUBMISSIONS)
        for table in ("assignment", "submission", "plan"):
            await connection.exec_driver_sql(f"analyze {table}")

        plan = await explained(session, str(planned.PREVIEW))
        of_an_agency = await explained(session, str(planned.PREVIEW_OF_AGENCY))

    for found in (plan, of_an_agency):
        assert "ix_assignment_deadline_on_at_work on assignment" in found
        assert "Seq Scan on assignment" not in found
        assert "Seq Scan on submission" not in found
        assert max(map(int, re.findall(r"Rows Removed by Filter: (\d+)", found))) < 1000
    # Not all that is due, to find that an agency owes nothing of it.
    assert 10 * _pages(of_an_agency) < _pages(plan)


def _pages(plan: str) -> int:
    """The number of pages that a statement read, of all that it did."""
    return int(re.findall(r"Buffers: shared hit=(\d+)", plan)[0])

"""The items of reminders are found among all that was ever owed by indexes, not by reading it
all."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.reminders.rules import DEFAULT_LADDER
from app.queries.reminders import due as plans
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


async def explained(session: AsyncSession) -> str:
    """PostgreSQL's plan of finding the items of a day's reminders."""
    given = {
        "days": list(DEFAULT_LADDER.days),
        "every_days": DEFAULT_LADDER.every_days,
        "head_from": DEFAULT_LADDER.head_from,
        "office_from": DEFAULT_LADDER.office_from,
        "since": date(2024, 12, 23),
        "day": DAY,
        "horizon": date(2025, 1, 23),
        "reads_all": True,
        "mine": None,
        "plan": None,
    }
    statement = sa.text(f"explain {plans.PREVIEW}").bindparams(
        *plans.TYPES,
        sa.bindparam("reads_all", type_=sa.Boolean),
        sa.bindparam("mine", type_=sa.Uuid),
        sa.bindparam("plan", type_=sa.Uuid),
    )
    rows = await (await session.connection()).execute(statement, given)
    return "\n".join(rows.scalars())


@pytest.fixture
def url() -> Iterator[str]:
    """A database that no other test has to go through: rows thrown away stay where they were."""
    with issued_database() as url:
        yield url


async def test_what_was_done_long_ago_is_not_read_to_remind(url: str, engines: Engines) -> None:
    async with engines.transaction(url) as connection, AsyncSession(connection) as session:
        await work_as(connection, None)
        await connection.exec_driver_sql(OLD)
        for table in ("assignment", "submission", "plan"):
            await connection.exec_driver_sql(f"analyze {table}")

        plan = await explained(session)

    assert "ix_assignment_deadline_on_at_work on assignment" in plan
    assert "Seq Scan on assignment" not in plan

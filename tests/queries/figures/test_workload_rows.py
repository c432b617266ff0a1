"""However much an agency leads or coordinates, its workload reads the first of each from an index:
what it coordinates is not gone through for what it leads, nor all that it leads for a page."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings
from app.models import Agency, AssigneeRole
from app.queries.figures.deadlines import deadlines_of_agencies
from app.queries.figures.plan import AsOf
from app.queries.figures.province import Plans, Scope
from app.queries.figures.workload import WorkloadFilter, get_workload_json
from app.reading import compiled, fetch
from tests.support.sample import issued_database, opened
from tests.support.transactions import Engines, work_as

MANY = 20_000
# One assignment of an agency, copied into more occurrences than anybody has.
COPIES = """
insert into assignment (id, created_at, updated_at, plan_id, task_id, agency_id, assignee_id, role,
  occurrence, starts_on, deadline_on, original_deadline_on, status, changed_on)
select gen_random_uuid(), created_at, updated_at, plan_id, task_id, agency_id, assignee_id, role,
  'copy-' || n, starts_on, '2020-01-01', '2020-01-01', 'not_started', changed_on
from (
  select * from assignment where role = $1 and starts_on < '2025-01-01'
  order by id limit 1
) a, generate_series(1, $2) n
returning agency_id
"""
READ = re.compile(r"actual time=\S+ rows=([\d.]+) loops=(\d+)")
REMOVED = re.compile(r"Rows Removed by Filter: (\d+)")
AS_OF = AsOf(date(2025, 6, 1), due_soon_days=30)


class Explaining:
    """Runs each text, and notes how many states of assignments it read."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.read: list[float] = []

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        by_value: bool = False,
    ) -> Any:
        connection = await self.session.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        text, names = compiled(statement)
        values = [(parameters or {})[name] for name in names]
        plan = await driver.fetch(f"explain (analyze, costs off) {text}", *values)
        steps = "\n".join(row[0] for row in plan).split("->")
        scans = [step for step in steps if " on assignment_state " in step]
        assert scans
        self.read.append(sum(map(read_by, scans)))
        return await fetch(self.session, statement, parameters)


def read_by(scan: str) -> float:
    """The rows that one step read from its table, those that it threw away included."""
    found = sum(float(rows) * int(loops) for rows, loops in READ.findall(scan))
    return found + sum(int(rows) for rows in REMOVED.findall(scan))


@dataclass(frozen=True)
class Busy:
    """An agency that leads, or coordinates, more than anybody does."""

    session: AsyncSession
    agency: Agency


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database that no other test has to go through: rows thrown away stay where they were."""
    with issued_database() as url:
        yield url


@pytest.fixture(scope="module", params=AssigneeRole)
async def busy(
    url: str, settings: Settings, engines: Engines, request: pytest.FixtureRequest
) -> AsyncIterator[Busy]:
    """One, for all that is only asked of it."""
    async with opened(engines, url, settings) as issued:
        await work_as(issued.session, None)
        connection = await issued.session.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        found = await driver.fetch(COPIES, request.param.value, MANY)
        assert len(found) == MANY
        await driver.execute("analyze assignment_state")
        agency = await issued.session.get(Agency, found[0]["agency_id"])
        assert agency is not None
        yield Busy(issued.session, agency)


@pytest.mark.parametrize("plans", ["open", "all"])
async def test_a_workload_reads_what_it_shows(busy: Busy, plans: Plans) -> None:
    sql = Explaining(busy.session)
    asked = WorkloadFilter(AS_OF, plans)

    await get_workload_json(sql, busy.agency.code, asked, mine=busy.agency.id, limit=50, after=None)

    # Without sums another statement counts the rows.
    assert sql.read[0] < MANY / 10


async def test_the_first_deadlines_of_an_agency_are_read_alone(busy: Busy) -> None:
    sql = Explaining(busy.session)

    await deadlines_of_agencies(sql, AS_OF, Scope(agency_id=busy.agency.id))

    assert sql.read[0] < MANY / 10

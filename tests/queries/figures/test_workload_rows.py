"""However much an agency leads or coordinates, its workload reads the first of each from an index:
what it coordinates is not gone through for what it leads, nor all that it leads for a page."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AssigneeRole
from app.queries.figures.deadlines import deadlines_of_agencies
from app.queries.figures.plan import AsOf
from app.queries.figures.province import Plans, Scope
from app.queries.figures.workload import WorkloadFilter, get_workload_json
from app.reading import compiled, fetch
from tests.support.sample import Sample
from tests.support.transactions import work_as

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
        is_list: bool = False,
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


@pytest.fixture(params=AssigneeRole)
async def agency(issued: Sample, request: pytest.FixtureRequest) -> Agency:
    """One that leads, or coordinates, more than anybody does."""
    await work_as(issued.session, None)
    connection = await issued.session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    found = await driver.fetch(COPIES, request.param.value, MANY)
    assert len(found) == MANY
    await driver.execute("analyze assignment_state")
    agency = await issued.session.get(Agency, found[0]["agency_id"])
    assert agency is not None
    return agency


@pytest.mark.parametrize("plans", ["open", "all"])
async def test_a_workload_reads_what_it_shows(issued: Sample, agency: Agency, plans: Plans) -> None:
    sql = Explaining(issued.session)
    asked = WorkloadFilter(AS_OF, plans)

    await get_workload_json(sql, agency.code, asked, mine=agency.id, limit=50, after=None)

    # Without sums another statement counts the rows.
    assert sql.read[0] < MANY / 10


async def test_the_first_deadlines_of_an_agency_are_read_alone(
    issued: Sample, agency: Agency
) -> None:
    sql = Explaining(issued.session)

    await deadlines_of_agencies(sql, AS_OF, Scope(agency_id=agency.id))

    assert sql.read[0] < MANY / 10

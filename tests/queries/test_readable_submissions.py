"""A list of submissions holds all that an agency may read, by whichever way they are found."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.auth.principal import Principal, Role
from app.clock import local_day, utc_now
from app.config import Settings
from app.models import Agency, SubmissionStatus
from app.queries.lists import PageRequest
from app.queries.submissions.submissions import SUBMISSIONS, VISIBLE
from app.queries.submissions.submissions_json import list_submissions_json
from tests.support.reports import key
from tests.support.sample import REPORT, Sample, opened
from tests.support.sample_facts import FINANCE, REVIEW_THE_DECREE
from tests.support.transactions import Engines

FEW, MANY = 7, 200
THAT_DAY = date(2025, 1, 1)
"""A day after the plan was issued and before anything was handed on."""
EACH_BY_ITSELF = sa.text(f"""
select submission.id, submission.status, task.ordinal, assignment.agency_id, assignment.plan_id
from submission join assignment on assignment.id = submission.assignment_id
join plan on plan.id = assignment.plan_id join task on task.id = assignment.task_id
where {VISIBLE}
""")
HANDED_ON = sa.text("""
update assignment set agency_id = (
  select id from agency g where not exists (select from assignment a where a.agency_id = g.id)
  order by code limit 1)
 where id = (select s.assignment_id from submission s where s.attempts > 0 and s.id = :id)
""")
COORDINATED = sa.text("""
update plan set coordinator_id = (
  select id from agency g where not exists (select from assignment a where a.agency_id = g.id)
  order by code desc limit 1)
""")
MEMBER = sa.text("""
select a.agency_id, s.assignment_id, s.period from assignment a
join assignee named on named.id = a.assignee_id and named.collective_id is not null
join submission s on s.assignment_id = a.id
 where a.role = 'lead' order by a.id, s.period limit 1
""")
# The bound below which assignments that filters leave are few.
SIZES = sa.text("""
select (select sqrt(greatest(reltuples, 1) * :rows) from pg_class
         where oid = cast('submission' as regclass)) as few,
  (select count(*) from assignment where plan_id = :plan) as of_plan,
  (select count(*) from assignment where agency_id = any(:owners)
    group by agency_id order by 1 limit 1) as of_agency
""")
OWING: dict[str, Any] = {"status": [SubmissionStatus.EXPECTED]}


@dataclass(frozen=True)
class World:
    """The sample where members read each other, one of them filed, and another agency owes what
    FINANCE filed; the plan's coordinator owes nothing."""

    sample: Sample
    agencies: Sequence[UUID]


@pytest.fixture(scope="module")
async def world(issued_url: str, settings: Settings, engines: Engines) -> AsyncIterator[World]:
    """One for all tests, which only read."""
    async with opened(engines, issued_url, settings) as issued:
        yield World(issued, await share_and_file(issued))


async def share_and_file(issued: Sample) -> Sequence[UUID]:
    """All agencies, once it has become that world."""
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        body = {"reason": "Cùng rút kinh nghiệm.", "basis": "15/TB-UBND"}
        shared = await http.post(f"/v1/plans/{plan.id}/share-submissions", json=body)
        assert shared.is_success, shared.text
    connection = await issued.session.connection()
    [(member, assignment_id, period)] = await connection.execute(MEMBER)
    code = (await issued.session.get_one(Agency, member)).code
    async with await issued.reporter(code) as http:
        url = f"/v1/assignments/{assignment_id}/submissions/{period}?submit=true"
        assert (await http.put(url, json=REPORT)).is_success
    async with await issued.reporter(FINANCE) as http:
        url = await key(issued, FINANCE, REVIEW_THE_DECREE)
        filed = (await http.put(f"{url}?submit=true", json=REPORT)).json()
    await connection.execute(HANDED_ON, {"id": filed["id"]})
    await connection.execute(COORDINATED)
    await connection.execute(sa.text("analyze submission"))
    return (await issued.session.exec(select(Agency.id).order_by(col(Agency.code)))).all()


async def listed(
    sample: Sample,
    agency_id: UUID,
    order: str,
    limit: int,
    *,
    is_past: bool = False,
    day: date | None = None,
    **filters: Any,
) -> list[UUID]:
    """All pages of a list, one after another; as of the end of the *day*, where it *is_past*."""
    day = day or local_day(utc_now())
    principal = Principal(uuid4(), agency_id, frozenset({Role.REPORTER}))
    after, found = None, []
    while True:
        asked = PageRequest(filters, order, after, limit)
        page = await list_submissions_json(
            sample.session, principal, asked, day=day, is_past=is_past
        )
        found += [row.id for row in page.rows]
        if page.last is None:
            return found
        after = tuple(page.last.split("\x1f"))


async def readable(sample: Sample, agency_id: UUID) -> dict[UUID, Any]:
    """The submissions that the agency may read, each asked for by itself."""
    connection = await sample.session.connection()
    rows = await connection.execute(EACH_BY_ITSELF, {"mine": agency_id})
    return {row.id: row for row in rows}


async def id_of_finance(world: World) -> UUID:
    """The agency that filed what another owes by now."""
    of_code = select(Agency.id).where(col(Agency.code) == FINANCE)
    return (await world.sample.session.exec(of_code)).one()


async def test_each_agency_finds_all_that_it_may_read(world: World) -> None:
    issued, sizes = world.sample, []
    for agency_id in world.agencies:
        found = await listed(issued, agency_id, "id", MANY)

        assert len(found) == len(set(found))
        assert {*found} == {*await readable(issued, agency_id)}
        assert found == await listed(issued, agency_id, "id", FEW)
        sizes.append(len(found))

    # Some agencies read few of all, others several or many: all ways were taken.
    few = sqrt((FEW + 1) * max(sizes))
    assert sum(0 < size < few for size in sizes) > 10
    assert sum(few < size < 3 * few for size in sizes) > 1
    assert 3 * few < max(sizes)


async def test_an_agency_finds_all_that_it_may_read_of_a_past_day(world: World) -> None:
    issued = world.sample
    connection = await issued.session.connection()
    every = list(await connection.scalars(sa.text("select id from submission")))
    sizes = []
    for agency_id in world.agencies[::5]:
        found = await listed(issued, agency_id, "id", MANY, is_past=True)
        # Submissions that are named are checked one by one.
        by_itself = await listed(issued, agency_id, "id", 1000, is_past=True, ids=every)
        assert found == by_itself
        owing = await listed(issued, agency_id, "due_on", FEW, is_past=True, **OWING)
        assert owing == await listed(
            issued, agency_id, "due_on", 1000, is_past=True, ids=every, **OWING
        )
        sizes.append(len(found))

    assert len({*sizes}) > 3


@pytest.mark.parametrize("order", [*SUBMISSIONS.orders, "-updated_at"])
async def test_pages_in_any_order_hold_what_passes_the_filters(world: World, order: str) -> None:
    issued = world.sample
    for agency_id in world.agencies[::9]:
        every = await listed(issued, agency_id, order, FEW)
        owing = await listed(issued, agency_id, order, FEW, **OWING)
        of_a_task = await listed(issued, agency_id, order, FEW, ordinal="1.1")

        by_id = await readable(issued, agency_id)
        assert len(every) == len(by_id)
        assert {*every} == {*by_id}
        assert owing == [one for one in every if by_id[one].status == "expected"]
        assert of_a_task == [one for one in every if by_id[one].ordinal == "1.1"]


async def test_a_filter_on_assignments_leaves_what_an_agency_may_read_of_them(
    world: World,
) -> None:
    issued, finance = world.sample, await id_of_finance(world)
    plan = await issued.the_plan()
    for agency_id in (finance, *world.agencies[::9]):
        by_id = await readable(issued, agency_id)
        of_plan = await listed(issued, agency_id, "id", FEW, plan=plan.id)
        assert of_plan == sorted(one for one in by_id if by_id[one].plan_id == plan.id)
        assert of_plan == await listed(issued, agency_id, "id", FEW, plans=[plan.id])
        assert await listed(issued, agency_id, "id", FEW, plans=[]) == []

        read = {row.agency_id for row in by_id.values()} if agency_id == finance else ()
        for owner in {*world.agencies[::8], *read}:
            owed = await listed(issued, agency_id, "due_on", FEW, agency=owner, plan=plan.id)
            assert sorted(owed) == sorted(one for one in by_id if by_id[one].agency_id == owner)

    # Both ways were taken: the plan has more than are looked up, an agency fewer.
    connection = await issued.session.connection()
    given = {"rows": FEW + 1, "plan": plan.id, "owners": [*world.agencies]}
    [(few, most, least)] = await connection.execute(SIZES, given)
    assert least < few < most


async def test_a_filter_on_assignments_leaves_what_it_named_on_a_past_day(world: World) -> None:
    issued = world.sample
    plan = await issued.the_plan()
    finance = (
        await issued.session.exec(select(Agency.id).where(col(Agency.code) == FINANCE))
    ).one()
    connection = await issued.session.connection()
    every = list(await connection.scalars(sa.text("select id from submission")))
    coordinator = plan.coordinator_id
    assert coordinator is not None
    for reader in (coordinator, *world.agencies[::9]):
        filters: dict[str, Any]
        for filters in ({"plan": plan.id}, {"plans": [plan.id]}, {"agency": finance}):
            found = await listed(issued, reader, "id", FEW, is_past=True, day=THAT_DAY, **filters)
            assert found == await listed(
                issued, reader, "id", 1000, is_past=True, day=THAT_DAY, ids=every, **filters
            )

    # What is another agency's by now was the agency's own on that day.
    owed = await listed(issued, coordinator, "id", FEW, is_past=True, day=THAT_DAY, agency=finance)
    now = await readable(issued, coordinator)
    assert {now[one].agency_id == finance for one in owed} == {True, False}

"""Substitutions for a collective, over HTTP: who decides, the answers, and the records."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.config import Settings
from app.db import make_sessionmaker
from app.jobs.roll_forward import roll_forward
from app.models import CollectiveSubstitution, CollectiveSubstitutionAgency, Plan
from app.queries.registry.agencies import get_agency
from app.schemas.plans import NotAssignedOut
from app.schemas.substitutions import SubstitutionMadeOut, SubstitutionOut
from tests.support import databases
from tests.support.sample import Sample, opened, template_after, with_issued_plan
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    COMMUNES,
    CULTURE,
    DEPARTMENTS,
    DISTRICTS,
    HOME_AFFAIRS,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_POLICIES,
)
from tests.support.transactions import Engines, work_as

NEW_YEAR = datetime(2025, 1, 1, 2, tzinfo=UTC)
JULY = datetime(2025, 7, 10, 2, tzinfo=UTC)
BODY: dict[str, Any] = {
    "collective": DISTRICTS,
    "stand_in_collective": COMMUNES,
    "from_day": "2025-07-01",
    "reason": "Không còn đơn vị hành chính cấp huyện.",
    "basis": "1665/NQ-UBTVQH15",
}


async def roll(session: AsyncSession) -> None:
    assert session.bind is not None
    for moment in (NEW_YEAR, JULY):
        await roll_forward(make_sessionmaker(session.bind), at=moment)
    plan = (await session.exec(select(Plan).execution_options(populate_existing=True))).one()
    successor = await get_agency(session, CULTURE)
    plan.coordinator_id, plan.coordinator_since = successor.id, date(2025, 3, 1)
    await session.commit()


@pytest.fixture(scope="module")
def rolled_url() -> Iterator[str]:
    """A database with the plan issued in 2024, its year 2026 made in the course of 2025."""
    like = template_after(with_issued_plan(), "rolled", roll)
    with databases.new_database(like=like) as url:
        yield url


@pytest.fixture
async def rolled(rolled_url: str, settings: Settings, engines: Engines) -> AsyncIterator[Sample]:
    """The same world in a transaction of the test's own."""
    async with opened(engines, rolled_url, settings) as sample:
        yield sample


@pytest.fixture
def july_2025() -> Iterator[None]:
    """Nine days after the district level went."""
    with time_machine.travel(JULY, tick=True):
        yield


async def decide(world: Sample, http: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    plan = await world.the_plan()
    url = f"/v1/plans/{plan.id}/collective-substitutions"
    return await http.post(url, json={**BODY, **changes})


async def waiting(world: Sample) -> list[dict[str, Any]]:
    plan = await world.the_plan()
    async with await world.by(COMMITTEE_OFFICE, Role.READER) as http:
        answer = (await http.get(f"/v1/plans/{plan.id}/not-assigned?limit=200")).json()
    assert answer["next"] is None
    items: list[dict[str, Any]] = answer["items"]
    assert [NotAssignedOut(**item).model_dump() for item in items] == items
    return items


@pytest.mark.usefixtures("july_2025")
async def test_what_waits_is_listed_until_the_coordinator_decides(rolled: Sample) -> None:
    before = [item for item in await waiting(rolled) if item["reason"] == "no_members"]
    async with await rolled.by(CULTURE, Role.COORDINATOR) as http:
        answer = await decide(rolled, http)

    assert answer.status_code == 201, answer.json()
    made = SubstitutionMadeOut.model_validate_json(answer.content)
    tasks = {item["task_ordinal"] for item in before}
    assert {(item["occurrence"], item["collective"]) for item in before} == {("2026", DISTRICTS)}
    assert TEACH_THE_POLICIES in tasks
    assert (made.assignments, made.revoked) == (69 * len(tasks), 0)
    assert made.substitution.collective.code == DISTRICTS
    assert made.substitution.decided_by.code == CULTURE
    assert "no_members" not in {item["reason"] for item in await waiting(rolled)}
    owing = await rolled.assignments(TEACH_THE_POLICIES, "2026")
    assert len([row for row in owing if row.changed_on == date(2025, 7, 10)]) == 69


@pytest.mark.usefixtures("july_2025")
async def test_what_was_decided_is_written_down_and_stays(rolled: Sample) -> None:
    plan = await rolled.the_plan()
    async with await rolled.by(CULTURE, Role.COORDINATOR) as http:
        first = (await decide(rolled, http)).json()["substitution"]
        changes = {
            "stand_in_collective": None,
            "stand_in_agencies": [HOME_AFFAIRS, COMMITTEE_OFFICE],
        }
        second = (await decide(rolled, http, **changes)).json()["substitution"]
        listed = (await http.get(f"/v1/plans/{plan.id}/collective-substitutions")).json()

    assert [SubstitutionOut(**item).id for item in listed["items"]] == [
        UUID(first["id"]),
        UUID(second["id"]),
    ]
    assert listed["items"] == [first | {"replaced_by": second["id"]}, second]
    assert [agency["code"] for agency in second["stand_in_agencies"]] == [
        HOME_AFFAIRS,
        COMMITTEE_OFFICE,
    ]
    entries, events = await rolled.noted("plan", plan.id)
    assert entries[-1].action == "collective_substituted"
    assert events[-1].type == "tiendo.plan.collective_substituted"
    assert entries[-1].detail == events[-1].data
    assert entries[-1].detail["stand_ins"] == [HOME_AFFAIRS, COMMITTEE_OFFICE]
    for table in (CollectiveSubstitution, CollectiveSubstitutionAgency):
        await work_as(rolled.session, None)
        with pytest.raises(IntegrityError):
            async with rolled.session.begin_nested():
                await rolled.session.exec(sa.delete(table))


@pytest.mark.usefixtures("july_2025")
async def test_only_the_plans_coordinator_and_administrators_decide(rolled: Sample) -> None:
    async with await rolled.by(HOME_AFFAIRS, Role.COORDINATOR) as http:
        stranger = await decide(rolled, http)
    async with await rolled.by(INFORMATION, Role.COORDINATOR) as http:
        of_before = await decide(rolled, http)
    async with await rolled.by(CULTURE, Role.REPORTER) as http:
        without_role = await decide(rolled, http)
    async with await rolled.by(COMMITTEE_OFFICE, Role.ADMINISTRATOR) as http:
        plan = await rolled.the_plan()
        actions = (await http.get(f"/v1/plans/{plan.id}")).json()["allowed_actions"]
        administrator = await decide(rolled, http)

    refused = [stranger.status_code, of_before.status_code, without_role.status_code]
    assert refused == [403, 403, 403]
    assert administrator.status_code == 201
    assert actions == ["substitute_collective"]


@pytest.mark.usefixtures("july_2025")
@pytest.mark.parametrize(
    ("changes", "status", "pointer"),
    [
        ({"from_day": "2025-06-30"}, 422, "#/from_day"),
        ({"collective": DEPARTMENTS}, 422, "#/from_day"),
        ({"stand_in_collective": "KHONG-CO"}, 422, "#/stand_in_collective"),
        ({"stand_in_agencies": [HOME_AFFAIRS]}, 422, "#"),
        ({"stand_in_collective": None}, 422, "#"),
        ({"reason": ""}, 422, "#/reason"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_nothing_is_stored(
    rolled: Sample, changes: dict[str, Any], status: int, pointer: str
) -> None:
    async with await rolled.by(CULTURE, Role.COORDINATOR) as http:
        before = await rolled.rows_of_all_tables()
        answer = await decide(rolled, http, **changes)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (status, pointer)
    assert await rolled.rows_of_all_tables() == before


@pytest.mark.usefixtures("july_2025")
async def test_the_same_twice_is_a_conflict(rolled: Sample) -> None:
    async with await rolled.by(CULTURE, Role.COORDINATOR) as http:
        answers = [await decide(rolled, http) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]


async def test_a_draft_waits_for_nothing_and_decides_nothing(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.by(PROVINCIAL_COMMITTEE, Role.ADMINISTRATOR) as http:
        answer = await decide(drafted, http)
        listed = (await http.get(f"/v1/plans/{plan.id}/not-assigned")).json()

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_plan_state")
    assert listed == {"items": [], "next": None}


@pytest.mark.usefixtures("july_2025")
async def test_what_waits_comes_in_pages(rolled: Sample) -> None:
    plan = await rolled.the_plan()
    found: list[dict[str, Any]] = []
    url: str | None = f"/v1/plans/{plan.id}/not-assigned?limit=7"
    async with await rolled.by(CULTURE, Role.COORDINATOR) as http:
        while url:
            page = (await http.get(url)).json()
            found, url = found + page["items"], page["next"]

    assert len(found) > 7
    assert found == await waiting(rolled)

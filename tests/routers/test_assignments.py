"""Assignments as of a day: who answered, by which name, with which deadline, in which state."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import Agency, AgencyName, Assignment, AssignmentStatus, Client
from app.schemas.assignments import AssignmentOut
from app.schemas.common import Page
from tests.support.clients import Api
from tests.support.days import today, tomorrow
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.histories import DAYS, Held, make_lives
from tests.support.sample_facts import CULTURE, INFORMATION
from tests.support.slow_statistics import slow_timeliness

MOVED = date(2025, 3, 1)


async def listed(api: Api, client: Client, **query: Any) -> list[dict[str, Any]]:
    async with api.by(client) as http:
        response = await http.get("/v1/assignments", params={"limit": 200, **query})
    assert response.status_code == 200, response.json()
    page = Page[AssignmentOut].model_validate_json(response.content, strict=True)
    assert page.next is None
    items: list[dict[str, Any]] = response.json()["items"]
    return items


@pytest.fixture
async def agencies(session: AsyncSession) -> list[Agency]:
    return [
        await make_agency(session, code=INFORMATION, name="Sở Thông tin và Truyền thông"),
        await make_agency(session, code=CULTURE, name="Sở Văn hóa, Thể thao và Du lịch"),
    ]


@pytest.fixture
async def moved(session: AsyncSession, agencies: list[Agency]) -> Assignment:
    """An assignment that went to another agency on 1 March 2025, its deadline put off."""
    task = await make_task(session, await make_plan(session, agencies[0]), ordinal="2.1")
    assignment = await make_assignment(session, task, agencies[0])
    assignment.agency_id = agencies[1].id
    assignment.deadline_on = today()
    assignment.status = AssignmentStatus.IN_PROGRESS
    assignment.changed_on = MOVED
    await session.commit()
    return assignment


def shown(item: dict[str, Any]) -> tuple[str, ...]:
    return (item["agency"]["code"], item["status"], item["deadline_on"], item["timeliness"])


async def test_an_assignment_of_a_past_day_is_what_held_then(
    api: Api, reader: Client, moved: Assignment
) -> None:
    expected = {
        "2024-12-31": (INFORMATION, "not_started", "2024-12-31", "due_soon"),
        "2025-02-28": (INFORMATION, "not_started", "2024-12-31", "overdue"),
        "2025-03-01": (CULTURE, "in_progress", str(today()), "in_time"),
        str(today()): (CULTURE, "in_progress", str(today()), "due_soon"),
    }

    for day, held in expected.items():
        [item] = await listed(api, reader, as_of=day)
        assert (shown(item), item["as_of"]) == (held, day)
        async with api.by(reader) as http:
            alone = (await http.get(f"/v1/assignments/{moved.id}?as_of={day}")).json()
        assert alone == item | {"merged_from": []}


async def test_filters_are_about_the_day_that_is_asked_for(
    api: Api, reader: Client, moved: Assignment
) -> None:
    async def found(**query: str) -> list[UUID]:
        return [UUID(item["id"]) for item in await listed(api, reader, **query)]

    assert await found(agency=INFORMATION, as_of="2025-02-28") == [moved.id]
    assert await found(agency=INFORMATION, as_of="2025-03-01") == []
    assert await found(agency=INFORMATION) == []
    assert await found(agency=CULTURE) == [moved.id]
    assert await found(timeliness="overdue", as_of="2025-02-28") == [moved.id]
    assert await found(timeliness="overdue", as_of="2025-03-01") == []
    assert await found(status="not_started", as_of="2025-02-28", plan=str(moved.plan_id))
    assert not await found(status="in_progress", as_of="2025-02-28")


async def test_before_it_was_made_there_was_no_assignment(
    api: Api, reader: Client, moved: Assignment
) -> None:
    assert await listed(api, reader, as_of="2024-05-19") == []
    async with api.by(reader) as http:
        url = f"/v1/assignments/{moved.id}?as_of="
        assert (await http.get(url + "2024-05-19")).status_code == 404
        assert (await http.get(url + "2024-05-20")).status_code == 200


async def test_agencies_bear_the_names_of_the_day(
    api: Api, reader: Client, session: AsyncSession, agencies: list[Agency], moved: Assignment
) -> None:
    own = col(AgencyName.agency_id) == agencies[1].id
    renamed = date(2025, 9, 1)
    await session.exec(sa.update(AgencyName).where(own).values(valid_until=renamed))
    session.add(AgencyName(agency_id=agencies[1].id, name="Sở Văn hóa", valid_from=renamed))
    await session.commit()

    names = [
        (await listed(api, reader, as_of=day))[0]["agency"]["name"]
        for day in ("2025-02-28", "2025-08-31", "2025-09-01")
    ]

    assert names == [
        "Sở Thông tin và Truyền thông",
        "Sở Văn hóa, Thể thao và Du lịch",
        "Sở Văn hóa",
    ]


async def test_on_a_past_day_nothing_may_be_done(
    api: Api, session: AsyncSession, agencies: list[Agency], moved: Assignment
) -> None:
    reporter = await make_client(session, agencies[1], [Role.REPORTER])

    actions = [
        (await listed(api, reporter, as_of=str(day)))[0]["allowed_actions"]
        for day in (today() - timedelta(1), today())
    ]

    assert actions == [[], ["report", "ask_extension"]]


async def test_today_is_what_is_shown_where_no_day_is_asked_for(
    api: Api, reader: Client, moved: Assignment
) -> None:
    assert await listed(api, reader) == await listed(api, reader, as_of=str(today()))


@pytest.mark.parametrize("url", ["/v1/assignments", "/v1/plans/{0.plan_id}/assignments"])
async def test_a_day_that_has_not_come_is_refused(
    api: Api, reader: Client, moved: Assignment, url: str
) -> None:
    for path in (url.format(moved), f"/v1/assignments/{moved.id}"):
        async with api.by(reader) as http:
            response = await http.get(path, params={"as_of": str(tomorrow())})

        assert (response.status_code, response.json()["code"]) == (422, "day_in_future")


async def test_what_changed_lately_is_not_asked_of_a_past_day(api: Api, reader: Client) -> None:
    query = {"updated_since": "2025-01-01T00:00:00Z", "as_of": str(today())}
    async with api.by(reader) as http:
        present = await http.get("/v1/assignments", params=query)
        past = await http.get("/v1/assignments", params=query | {"as_of": "2025-06-30"})

    assert (present.status_code, past.status_code) == (200, 422)
    assert past.json()["errors"][0]["code"] == "not_with_as_of"


@pytest.mark.parametrize("seed", range(2))
async def test_a_list_of_any_day_is_what_every_history_says_of_it(
    api: Api, reader: Client, session: AsyncSession, seed: int
) -> None:
    lives = await make_lives(session, seed)

    for day in (*DAYS[::2], today()):
        found = {
            UUID(item["id"]): _held(item) for item in await listed(api, reader, as_of=str(day))
        }
        held = {life.assignment.id: life.on(day) for life in lives}
        # A split assignment is not listed; its parts are.
        assert found == {
            key: _expected(one, day)
            for key, one in held.items()
            if one is not None and one.status != AssignmentStatus.SPLIT
        }


def _held(item: dict[str, Any]) -> tuple[Any, ...]:
    names = ("role", "status", "deadline_on", "original_deadline_on", "completed_on", "timeliness")
    return (item["agency"]["id"], *(item[name] for name in names))


def _expected(held: Held, day: date) -> tuple[Any, ...]:
    days = (held.deadline_on, held.original_deadline_on, held.completed_on)
    return (
        str(held.agency_id),
        held.role,
        held.status,
        *(day and str(day) for day in days),
        slow_timeliness(held, held.deadline_on, day=day, due_soon_days=30),
    )

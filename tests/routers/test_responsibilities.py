"""Who answered for a task, who does today, by which document: one request."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.clock import local_day, utc_now
from app.models import (
    Agency,
    AgencyName,
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Client,
    PlanStatus,
    Succession,
    SuccessionKind,
    Task,
)
from tests.clients import Api
from tests.factories import make_agency, make_client, make_succession
from tests.factories_plans import make_assignment, make_plan, make_task

TODAY = local_day(utc_now())
MOVED = date(2025, 3, 1)


async def answered(api: Api, client: Client, task: Task, **query: Any) -> list[dict[str, Any]]:
    """All pages of a task's responsibilities."""
    items: list[dict[str, Any]] = []
    url: str | None = f"/v1/tasks/{task.id}/responsibilities"
    async with api.by(client) as http:
        while url:
            response = await http.get(url, params=query or None)
            assert response.status_code == 200, response.json()
            items += response.json()["items"]
            url, query = response.json()["next"], {}
    return items


@pytest.fixture
async def agencies(session: AsyncSession) -> list[Agency]:
    return [
        await make_agency(session, code="STTTT", name="Sở Thông tin và Truyền thông"),
        await make_agency(session, code="SVHTTDL", name="Sở Văn hóa, Thể thao và Du lịch"),
        await make_agency(session, code="SNGV", name="Sở Ngoại vụ"),
    ]


@pytest.fixture
async def task(session: AsyncSession, agencies: list[Agency]) -> Task:
    plan = await make_plan(session, agencies[0], number="46/KH-UBND")
    return await make_task(session, plan, ordinal="2.1")


@pytest.fixture
async def moved(session: AsyncSession, agencies: list[Agency], task: Task) -> Assignment:
    """The lead's duty: begun, taken over by another agency on 1 March 2025, then done."""
    assignment = await make_assignment(session, task, agencies[0])
    assignment.status, assignment.changed_on = AssignmentStatus.IN_PROGRESS, date(2024, 7, 1)
    await session.commit()
    assignment.agency_id, assignment.changed_on = agencies[1].id, MOVED
    await session.commit()
    assignment.status, assignment.changed_on = AssignmentStatus.NOT_STARTED, date(2025, 9, 1)
    await session.commit()
    return assignment


@pytest.fixture
async def split(session: AsyncSession, agencies: list[Agency]) -> Succession:
    return await make_succession(
        session,
        agencies[0],
        agencies[1],
        kind=SuccessionKind.SPLIT,
        scope="thông tin đối ngoại",
        basis="03/NQ-HĐND",
    )


@pytest.mark.usefixtures("split")
async def test_one_request_says_who_answered_then_who_does_now_and_by_what(
    api: Api, reader: Client, task: Task, moved: Assignment
) -> None:
    [then] = await answered(api, reader, task, as_of="2025-02-28")
    [now] = await answered(api, reader, task)

    assert (then["agency"]["code"], now["agency"]["code"]) == ("STTTT", "SVHTTDL")
    assert then["chain"] == now["chain"]
    assert (now["assignment_id"], now["source_text"]) == (str(moved.id), "Sở A")
    assert (then["as_of"], now["as_of"]) == ("2025-02-28", str(TODAY))
    assert [
        (link["agency"]["code"], link["since"], link["until"], link["basis"])
        for link in now["chain"]
    ] == [
        (
            "STTTT",
            "2024-05-20",
            "2025-03-01",
            {
                "kind": "plan",
                "document": "46/KH-UBND",
                "effective_on": "2024-05-20",
                "scope": None,
            },
        ),
        (
            "SVHTTDL",
            "2025-03-01",
            None,
            {
                "kind": "succession",
                "document": "03/NQ-HĐND",
                "effective_on": "2025-03-01",
                "scope": "thông tin đối ngoại",
            },
        ),
    ]


@pytest.mark.usefixtures("moved")
async def test_where_no_document_is_on_record_none_is_made_up(
    api: Api, reader: Client, session: AsyncSession, agencies: list[Agency], task: Task
) -> None:
    await make_succession(session, agencies[0], agencies[1], effective_on=MOVED + timedelta(1))
    await make_succession(session, agencies[0], agencies[2], effective_on=MOVED)

    [item] = await answered(api, reader, task)

    assert item["chain"][1]["basis"] is None


@pytest.mark.parametrize(
    ("day", "code"), [("2024-05-20", "STTTT"), ("2025-02-28", "STTTT"), ("2025-03-01", "SVHTTDL")]
)
@pytest.mark.usefixtures("moved")
async def test_the_day_picks_who_answered(
    api: Api, reader: Client, task: Task, day: str, code: str
) -> None:
    [item] = await answered(api, reader, task, as_of=day)

    assert item["agency"]["code"] == code


@pytest.mark.usefixtures("moved")
async def test_before_the_issue_nobody_answered(api: Api, reader: Client, task: Task) -> None:
    assert await answered(api, reader, task, as_of="2024-05-19") == []


@pytest.mark.usefixtures("moved")
async def test_each_link_bears_the_name_of_its_first_day(
    api: Api, reader: Client, session: AsyncSession, agencies: list[Agency], task: Task
) -> None:
    day = date(2025, 6, 1)
    own = col(AgencyName.agency_id) == agencies[1].id
    await session.exec(sa.update(AgencyName).where(own).values(valid_until=day))
    session.add(AgencyName(agency_id=agencies[1].id, name="Sở Văn hóa", valid_from=day))
    await session.commit()

    [item] = await answered(api, reader, task)

    assert item["agency"]["name"] == "Sở Văn hóa"
    assert [link["agency"]["name"] for link in item["chain"]] == [
        "Sở Thông tin và Truyền thông",
        "Sở Văn hóa, Thể thao và Du lịch",
    ]


async def test_all_assignments_of_a_task_come_as_they_were_made_and_may_be_narrowed(
    api: Api, reader: Client, session: AsyncSession, agencies: list[Agency], task: Task
) -> None:
    rows = [
        await make_assignment(session, task, agency, role=role, occurrence=occurrence)
        for occurrence in ("2024", "2025")
        for agency, role in zip(agencies, [AssigneeRole.LEAD] + 2 * [C], strict=True)
    ]
    other = await make_task(session, await make_plan(session, agencies[0]))
    await make_assignment(session, other, agencies[0])

    async def found(**query: Any) -> list[str]:
        return [item["assignment_id"] for item in await answered(api, reader, task, **query)]

    assert await found() == await found(limit=2) == [str(row.id) for row in rows]
    assert await found(role="lead") == [str(rows[0].id), str(rows[3].id)]
    assert await found(occurrence="2025", role="lead") == [str(rows[3].id)]


C = AssigneeRole.COORDINATING


async def test_a_task_of_anothers_draft_does_not_exist(
    api: Api, reader: Client, session: AsyncSession, agencies: list[Agency]
) -> None:
    plan = await make_plan(session, agencies[0], status=PlanStatus.DRAFT)
    task = await make_task(session, plan)
    own = await make_client(session, agencies[0], [Role.READER])

    async with api.by(reader) as http:
        response = await http.get(f"/v1/tasks/{task.id}/responsibilities")

    assert response.status_code == 404
    assert await answered(api, own, task) == []

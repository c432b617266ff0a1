import base64
import json
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AssignmentStatus, Client, Plan, SubmissionStatus, Task
from app.schemas.workload import WorkloadOut
from tests.support.clients import Api
from tests.support.days import today, tomorrow
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import (
    ISSUED_ON,
    make_assignment,
    make_plan,
    make_submission,
    make_task,
)
from tests.support.sample_facts import COMMITTEE_OFFICE, FOREIGN_AFFAIRS

COMPLETED = {
    "status": AssignmentStatus.COMPLETED,
    "reported_on": date(2025, 1, 10),
    "completed_on": date(2025, 1, 10),
}
REVOKED = {"status": AssignmentStatus.REVOKED}
URL = "/v1/agencies/SNGV/workload"


async def get(api: Api, client: Client, url: str = URL, **query: Any) -> httpx.Response:
    async with api.by(client) as http:
        return await http.get(url, params=query or None)


async def owed(api: Api, client: Client, **query: Any) -> list[dict[str, Any]]:
    """The assignments of all pages."""
    found: list[dict[str, Any]] = []
    url: str | None = str(httpx.URL(URL, params=query))
    while url is not None:
        page = (await get(api, client, url)).json()
        found += page["assignments"]
        url = page["next"]
    return found


@pytest.fixture
async def agency(session: AsyncSession) -> Agency:
    return await make_agency(session, code=FOREIGN_AFFAIRS, name="Sở Ngoại vụ")


@pytest.fixture
async def plan(session: AsyncSession, agency: Agency) -> Plan:
    return await make_plan(session, agency)


@pytest.fixture
async def task(session: AsyncSession, plan: Plan) -> Task:
    return await make_task(session, plan, ordinal="3.10", title='Đưa tin "đối ngoại"\\100%')


async def test_a_workload_is_what_its_schema_says(
    api: Api, reader: Client, session: AsyncSession, task: Task, agency: Agency
) -> None:
    assignment = await make_assignment(session, task, agency)
    await make_submission(session, assignment)

    response = await get(api, reader)

    answer = WorkloadOut.model_validate_json(response.content, strict=True)
    assert answer.model_dump(mode="json") == response.json()
    assert answer.as_of == today()
    assert (answer.agency.id, answer.agency.name) == (agency.id, "Sở Ngoại vụ")
    [item] = answer.assignments
    assert (item.id, item.task.id, item.plan.id) == (assignment.id, task.id, task.plan_id)
    assert item.task.title == 'Đưa tin "đối ngoại"\\100%'
    assert item.days_overdue == (today() - date(2024, 12, 31)).days
    assert item.next_submission is not None


async def test_open_work_comes_first_and_of_it_what_is_due_first(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agency: Agency
) -> None:
    given: list[dict[str, Any]] = [
        REVOKED,
        {"deadline_on": None},
        COMPLETED,
        {"deadline_on": today() + timedelta(31)},
        {"deadline_on": today()},
        {"deadline_on": today() - timedelta(1)},
        {"deadline_on": today() - timedelta(1)},
    ]
    for position, fields in enumerate(given):
        task = await make_task(session, plan, position=position, ordinal=f"1.{position}")
        await make_assignment(session, task, agency, **fields)

    for query in ({}, {"limit": 1}, {"limit": 3}):
        found = await owed(api, reader, **query)

        assert [(item["task"]["ordinal"], item["timeliness"]) for item in found] == [
            ("1.5", "overdue"),
            ("1.6", "overdue"),
            ("1.4", "due_soon"),
            ("1.3", "in_time"),
            ("1.1", "no_deadline"),
            ("1.2", "late"),
            ("1.0", None),
        ]
        assert [item["days_overdue"] for item in found] == [1, 1, 0, 0, 0, 10, 0]


async def test_counts_are_of_all_that_matches_and_not_of_the_page(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agency: Agency
) -> None:
    for _ in range(3):
        await make_assignment(session, await make_task(session, plan), agency)

    answer = (await get(api, reader, limit=1)).json()

    assert len(answer["assignments"]) == 1
    assert answer["counts"]["by_current_deadline"]["not_completed"]["overdue"]["total"] == 3


async def test_a_workload_is_narrowed_by_plan_role_and_status(
    api: Api, reader: Client, session: AsyncSession, task: Task, agency: Agency
) -> None:
    other = await make_task(session, await make_plan(session, agency))
    first = await make_assignment(session, task, agency, role="coordinating")
    second = await make_assignment(session, other, agency, **COMPLETED)
    not_owed = await make_agency(session)
    await make_assignment(session, task, not_owed)

    async def ids(**query: Any) -> list[str]:
        query = {"role": "all", "deadline": "both"} | query
        found = await owed(api, reader, **query)
        counts = (await get(api, reader, **query)).json()["counts"]["by_original_deadline"]
        assert counts["total"] == len(found)
        return [item["id"] for item in found]

    assert await ids() == [str(first.id), str(second.id)]
    assert await ids(plan=task.plan_id) == [str(first.id)]
    assert await ids(role="lead") == [str(second.id)]
    assert await ids(status="completed") == [str(second.id)]
    assert await ids(status="completed", role="coordinating") == []


async def test_the_next_report_is_the_first_that_is_not_done_with(
    api: Api, reader: Client, session: AsyncSession, task: Task, agency: Agency
) -> None:
    assignment = await make_assignment(session, task, agency)
    filed = {"attempts": 1, "received_on": date(2024, 12, 1)}
    given: list[dict[str, Any]] = [
        {"period": "2024", "status": SubmissionStatus.ACCEPTED, **filed},
        {"period": "2025", "status": "waived", "waived_reason": "x", "waived_on": ISSUED_ON},
        {"period": "2027", "due_on": date(2027, 12, 20)},
        {"period": "2026", "due_on": date(2026, 12, 20), "status": "returned", **filed},
    ]
    for fields in given:
        await make_submission(session, assignment, **fields)

    [item] = await owed(api, reader)

    report = item["next_submission"]
    assert (report["period"], report["due_on"], report["status"]) == (
        "2026",
        "2026-12-20",
        "returned",
    )


async def test_that_a_report_is_being_written_only_its_agency_knows(
    api: Api, reader: Client, session: AsyncSession, task: Task, agency: Agency
) -> None:
    assignment = await make_assignment(session, task, agency)
    await make_submission(session, assignment, status=SubmissionStatus.DRAFT, draft={"percent": 1})
    own = await make_client(session, agency)

    statuses = [
        (await owed(api, client))[0]["next_submission"]["status"] for client in (own, reader)
    ]

    assert statuses == ["draft", "expected"]


async def test_a_workload_of_a_past_day_is_what_was_owed_then(
    api: Api, reader: Client, session: AsyncSession, task: Task, agency: Agency
) -> None:
    assignment = await make_assignment(session, task, agency)
    assignment.changed_on = date(2025, 2, 1)
    assignment.deadline_on = date(2025, 6, 30)
    await session.commit()

    seen = {}
    for day in ("2024-05-19", "2024-12-31", "2025-01-31", "2025-02-01", "2025-07-02"):
        seen[day] = [
            (item["timeliness"], item["original_timeliness"], item["days_overdue"])
            for item in await owed(api, reader, as_of=day)
        ]

    assert seen == {
        "2024-05-19": [],
        "2024-12-31": [("due_soon", "due_soon", 0)],
        "2025-01-31": [("overdue", "overdue", 31)],
        "2025-02-01": [("in_time", "overdue", 0)],
        "2025-07-02": [("overdue", "overdue", 2)],
    }


async def test_an_agency_is_found_by_its_code_identifier_and_id(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    agency = await make_agency(session, code=COMMITTEE_OFFICE, identifier="H27.01")

    for ref in (agency.code, agency.identifier, agency.id):
        answer = (await get(api, reader, f"/v1/agencies/{ref}/workload")).json()
        assert (answer["agency"]["code"], answer["assignments"]) == (COMMITTEE_OFFICE, [])

    assert (await get(api, reader, "/v1/agencies/KHONG-CO/workload")).status_code == 404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"agency": FOREIGN_AFFAIRS}, "validation_failed"),
        ({"status": "overdue"}, "validation_failed"),
        ({"limit": "201"}, "validation_failed"),
        ({"cursor": "abc"}, "invalid"),
    ],
)
async def test_what_means_nothing_is_refused(
    api: Api, reader: Client, agency: Agency, query: dict[str, str], code: str
) -> None:
    response = await get(api, reader, **query)

    assert (response.status_code, response.json()["code"]) == (422, code)


async def test_a_day_to_come_is_refused(api: Api, reader: Client, agency: Agency) -> None:
    response = await get(api, reader, as_of=str(tomorrow()))

    assert (response.status_code, response.json()["code"]) == (422, "day_in_future")


@pytest.fixture
async def cursor(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agency: Agency
) -> list[str]:
    """The content of the cursor of a first page of one assignment."""
    for _ in range(2):
        await make_assignment(session, await make_task(session, plan), agency)
    url = (await get(api, reader, limit=1)).json()["next"]
    text = httpx.URL(url).params["cursor"]
    parts: list[str] = json.loads(base64.urlsafe_b64decode(text + "=="))
    return parts


@pytest.mark.parametrize(
    ("part", "written"),
    [(1, "x"), (1, "9" * 10), (2, "2025-W01-1x"), (3, "7"), (4, "")],
)
async def test_a_cursor_that_was_written_by_hand_is_refused(
    api: Api, reader: Client, cursor: list[str], part: int, written: str
) -> None:
    forged = [*cursor[:part], written, *cursor[part + 1 :]]
    text = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")

    response = await get(api, reader, limit=1, cursor=text)

    assert (response.status_code, response.json()["code"]) == (422, "invalid")


async def test_any_form_of_a_day_in_a_cursor_is_read_as_that_day(
    api: Api, reader: Client, cursor: list[str]
) -> None:
    same = [*cursor[:2], "2024-W01-1", *cursor[3:]]
    text = base64.urlsafe_b64encode(json.dumps(same).encode()).decode().rstrip("=")

    assert (await get(api, reader, limit=1, cursor=text)).status_code == 200

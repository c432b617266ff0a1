"""The agencies that answered for a task, and those that do today, with the documents: one
request."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.domain.acts import Act, PersonalAct
from app.domain.handovers.decide import HandoverDecision, decide_all
from app.domain.handovers.succession_items import NewSuccession, SuccessionItem
from app.domain.handovers.successions import record_succession
from app.models import (
    Agency,
    AgencyName,
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Client,
    Plan,
    PlanStatus,
    SuccessionKind,
    Task,
)
from tests.support.clients import Api
from tests.support.days import today
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.sample_facts import CULTURE, FOREIGN_AFFAIRS, INFORMATION

MOVED = date(2025, 3, 1)
RECORDED = datetime(2025, 3, 3, 2, tzinfo=UTC)
C = AssigneeRole.COORDINATING


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
        await make_agency(session, code=INFORMATION, name="Sở Thông tin và Truyền thông"),
        await make_agency(session, code=CULTURE, name="Sở Văn hóa, Thể thao và Du lịch"),
        await make_agency(session, code=FOREIGN_AFFAIRS, name="Sở Ngoại vụ"),
    ]


@pytest.fixture
async def task(session: AsyncSession, agencies: list[Agency]) -> Task:
    plan = await make_plan(session, agencies[0], number="46/KH-UBND")
    return await make_task(session, plan, ordinal="2.1")


@pytest.fixture
async def assignment(session: AsyncSession, agencies: list[Agency], task: Task) -> Assignment:
    """The lead's assignment, begun in July 2024."""
    assignment = await make_assignment(session, task, agencies[0])
    assignment.status, assignment.changed_on = AssignmentStatus.IN_PROGRESS, date(2024, 7, 1)
    await session.commit()
    return assignment


async def succeed(session: AsyncSession, *successors: str) -> None:
    """STTTT goes on 1 March 2025, and these take over from it."""
    items = [SuccessionItem(INFORMATION, code, f"phần của {code}") for code in successors]
    kind = SuccessionKind.SPLIT if len(items) > 1 else SuccessionKind.MERGE
    given = NewSuccession(kind=kind, effective_on=MOVED, items=items, basis="03/NQ-HĐND")
    await record_succession(Act(session, None, RECORDED), given)
    await session.commit()


@pytest.fixture
async def moved(session: AsyncSession, assignment: Assignment) -> Assignment:
    """The same assignment, taken over by the one successor."""
    await succeed(session, CULTURE)
    return assignment


PLAN = {
    "kind": "plan",
    "document": "46/KH-UBND",
    "effective_on": "2024-05-20",
    "scope": None,
    "reason": None,
}


async def test_one_request_says_who_answered_then_who_does_now_and_by_what(
    api: Api, reader: Client, task: Task, moved: Assignment
) -> None:
    [then] = await answered(api, reader, task, as_of="2025-02-28")
    [now] = await answered(api, reader, task)

    assert (then["agency"]["code"], now["agency"]["code"]) == (INFORMATION, CULTURE)
    assert then["chain"] == now["chain"]
    assert (now["assignment_id"], now["source_text"]) == (str(moved.id), "Sở A")
    assert (then["as_of"], now["as_of"]) == ("2025-02-28", str(today()))
    assert [
        (link["agency"]["code"], link["since"], link["until"], link["basis"])
        for link in now["chain"]
    ] == [
        (INFORMATION, "2024-05-20", "2025-03-01", PLAN),
        (
            CULTURE,
            "2025-03-01",
            None,
            {
                "kind": "succession",
                "document": "03/NQ-HĐND",
                "effective_on": "2025-03-01",
                "scope": "phần của SVHTTDL",
                "reason": None,
            },
        ),
    ]


async def test_where_several_took_over_it_waits_until_a_person_decides(
    api: Api,
    reader: Client,
    session: AsyncSession,
    agencies: list[Agency],
    assignment: Assignment,
) -> None:
    task = await session.get_one(Task, assignment.task_id)
    await succeed(session, CULTURE, FOREIGN_AFFAIRS)

    [waiting] = await answered(api, reader, task)
    await decide_for(session, agencies[1], assignment)
    [decided] = await answered(api, reader, task)

    assert (waiting["agency"]["code"], waiting["awaits_handover"]) == (INFORMATION, True)
    assert [(link["awaits_handover"], link["basis"]) for link in waiting["chain"]] == [
        (False, PLAN),
        (True, None),
    ]
    assert (decided["agency"]["code"], decided["awaits_handover"]) == (CULTURE, False)
    assert [link["agency"]["code"] for link in decided["chain"]] == [INFORMATION, CULTURE]
    assert decided["chain"][1]["since"] == "2025-03-01"
    assert decided["chain"][1]["basis"] == {
        "kind": "decision",
        "document": "12/QĐ-UBND",
        "effective_on": "2025-03-01",
        "scope": "phần của SVHTTDL",
        "reason": "Việc thông tin đối ngoại.",
    }


async def decide_for(session: AsyncSession, to: Agency, assignment: Assignment) -> None:
    plan = await session.get_one(Plan, assignment.plan_id)
    administrator = await make_client(session, to, [Role.ADMINISTRATOR])
    principal = Principal(administrator.id, to.id, frozenset({Role.ADMINISTRATOR}))
    old = (await session.exec(select(Agency).where(col(Agency.code) == INFORMATION))).one()
    decision = HandoverDecision([to], "Việc thông tin đối ngoại.", "12/QĐ-UBND")
    await decide_all(PersonalAct(session, principal, RECORDED), plan, old, decision)
    await session.commit()


async def test_two_that_become_one_are_one_assignment_with_both_histories(
    api: Api, reader: Client, session: AsyncSession, agencies: list[Agency], task: Task
) -> None:
    old = await make_assignment(session, task, agencies[0])
    own = await make_assignment(session, task, agencies[1], role=C)
    await succeed(session, CULTURE)

    [now] = await answered(api, reader, task)
    then = await answered(api, reader, task, as_of="2025-02-28")

    assert [item["agency"]["code"] for item in then] == [INFORMATION, CULTURE]
    assert (now["assignment_id"], now["agency"]["code"]) == (str(own.id), CULTURE)
    assert [item["merged_into_id"] for item in then] == [str(own.id), None]
    assert [item["role"] for item in (*then, now)] == ["lead", "coordinating", "lead"]
    [merged] = now["merged"]
    assert merged["assignment_id"] == str(old.id)
    assert [(link["role"], link["basis"]["kind"]) for link in now["chain"]] == [
        ("coordinating", "plan"),
        ("lead", "succession"),
    ]
    assert [(link["agency"]["code"], link["until"]) for link in merged["chain"]] == [
        (INFORMATION, "2025-03-01")
    ]


@pytest.mark.parametrize(
    ("day", "code"),
    [("2024-05-20", INFORMATION), ("2025-02-28", INFORMATION), ("2025-03-01", CULTURE)],
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

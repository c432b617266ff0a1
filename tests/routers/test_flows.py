from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.models import Agency, AssigneeRole, AssignmentStatus, Client, Plan, PlanStatus
from app.schemas.flows import AllFlowsOut, PlanFlowsOut
from tests.support.clients import Api
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.sample_facts import INFORMATION


async def get(api: Api, client: Client, url: str, **query: Any) -> httpx.Response:
    async with api.by(client) as http:
        return await http.get(url, params=query or None)


@pytest.fixture
async def agency(session: AsyncSession) -> Agency:
    return await make_agency(session, code=INFORMATION)


@pytest.fixture
async def plan(session: AsyncSession, agency: Agency) -> Plan:
    """Two assignments of 2024, the one completed late in 2025, and one that coordinates."""
    plan = await make_plan(session, agency, number="46/KH-UBND")
    tasks = [await make_task(session, plan) for _ in range(3)]
    done = await make_assignment(session, tasks[0], agency, occurrence="2024")
    await make_assignment(session, tasks[1], agency, occurrence="2024")
    await make_assignment(session, tasks[2], agency, role=AssigneeRole.COORDINATING)
    done.status = AssignmentStatus.COMPLETED
    done.reported_on = done.completed_on = done.changed_on = date(2025, 2, 3)
    await session.commit()
    return plan


async def test_what_went_on_in_a_year_is_what_its_schema_says(
    api: Api, reader: Client, plan: Plan
) -> None:
    year = {"from": "2025-01-01", "to": "2025-12-31"}
    of_plan = await get(api, reader, f"/v1/plans/{plan.id}/flows", **year)
    of_all = await get(api, reader, "/v1/flows", **year)

    answer = PlanFlowsOut.model_validate_json(of_plan.content, strict=True)
    every = AllFlowsOut.model_validate_json(of_all.content, strict=True)
    assert answer.model_dump(mode="json", by_alias=True) == of_plan.json()
    assert every.model_dump(mode="json", by_alias=True) == of_all.json()
    assert (answer.total, [one.flows for one in answer.groups]) == (every.total, [every.total])
    assert (answer.total.carried_in, answer.total.carried_out) == (2, 1)
    assert (answer.total.given.total, answer.total.fallen_due) == (0, 0)
    assert answer.total.closed.completed.late == answer.total.closed.total == 1


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ({}, 2),
        ({"role": "all"}, 3),
        ({"role": "coordinating"}, 1),
        ({"period": "once", "role": "all"}, 1),
        ({"by": "period"}, 2),
    ],
)
async def test_flows_are_of_the_part_that_is_asked_for(
    api: Api, reader: Client, plan: Plan, query: dict[str, str], given: int
) -> None:
    year = {"from": "2024-01-01", "to": "2024-12-31", **query}
    for url in (f"/v1/plans/{plan.id}/flows", "/v1/flows"):
        total = (await get(api, reader, url, **year)).json()["total"]

        assert (total["given"]["new"], total["fallen_due"]) == (given, given)
        assert total["carried_in"] == 0


async def test_flows_are_of_this_year_until_today_unless_it_is_said_otherwise(
    api: Api, reader: Client, plan: Plan
) -> None:
    today = local_day(utc_now())
    for url in (f"/v1/plans/{plan.id}/flows", "/v1/flows"):
        answer = (await get(api, reader, url)).json()

        assert (answer["from"], answer["to"]) == (f"{today.year}-01-01", str(today))


async def test_flows_of_what_cannot_be_are_refused(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agency: Agency
) -> None:
    draft = await make_plan(session, agency, status=PlanStatus.DRAFT)
    tomorrow = str(local_day(utc_now()) + timedelta(1))
    url = f"/v1/plans/{plan.id}/flows"
    answers = [
        await get(api, reader, url, to=tomorrow),
        await get(api, reader, url, **{"from": "2024-02-01", "to": "2024-01-01"}),
        await get(api, reader, "/v1/flows", by="plan"),
        await get(api, reader, f"/v1/plans/{uuid4()}/flows"),
        await get(api, reader, f"/v1/plans/{draft.id}/flows"),
        await get(api, reader, "/v1/flows", agency="KHONG-CO"),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (422, "day_in_future"),
        (422, "invalid"),
        (422, "validation_failed"),
        (404, "not_found"),
        (404, "not_found"),
        (404, "not_found"),
    ]

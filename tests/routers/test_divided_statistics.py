"""Figures that are divided twice, sorted, and followed by their groups; and their deadlines."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AssigneeRole, AssignmentStatus, Client, Plan
from app.schemas.statistics import PlanStatisticsOut, TrendOut
from tests.support.clients import Api
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_group, make_plan, make_task
from tests.support.sample_facts import FOREIGN_AFFAIRS, INFORMATION

COMPLETED = {
    "status": AssignmentStatus.COMPLETED,
    "reported_on": date(2024, 11, 30),
    "completed_on": date(2024, 11, 30),
    "changed_on": date(2024, 12, 5),
}


async def get(api: Api, client: Client, url: str, **query: Any) -> httpx.Response:
    async with api.by(client) as http:
        return await http.get(url, params=query or None)


@pytest.fixture
async def agencies(session: AsyncSession) -> list[Agency]:
    return [
        await make_agency(session, code=INFORMATION, name='Sở "Thông tin" & Truyền thông'),
        await make_agency(session, code=FOREIGN_AFFAIRS, name="Sở Ngoại vụ"),
    ]


@pytest.fixture
async def plan(session: AsyncSession, agencies: list[Agency]) -> Plan:
    """Two tasks: one completed in time, two assignments of the other overdue since 2025."""
    plan = await make_plan(session, agencies[0], number="46/KH-UBND")
    group = await make_group(session, plan, ordinal="1")
    first = await make_task(session, plan, group, ordinal="1.1")
    second = await make_task(session, plan, group, ordinal="1.2")
    await make_assignment(session, first, agencies[0], **COMPLETED)
    for agency, role in zip(agencies, AssigneeRole, strict=True):
        await make_assignment(session, second, agency, role=role, occurrence="2024")
    return plan


async def test_a_plans_figures_may_be_divided_twice(api: Api, reader: Client, plan: Plan) -> None:
    url = f"/v1/plans/{plan.id}/statistics"
    response = await get(api, reader, url, by="group,agency", role="all")

    answer = PlanStatisticsOut.model_validate_json(response.content, strict=True)
    assert answer.by == "group,agency"
    [group] = answer.groups
    assert (group.code, group.kind) == ("1", None)
    assert group.groups is not None
    assert [(part.code, part.kind) for part in group.groups] == [
        (FOREIGN_AFFAIRS, "department"),
        (INFORMATION, "department"),
    ]
    assert [part.statistics.by_current_deadline.total for part in group.groups] == [1, 2]


@pytest.mark.parametrize("by", ["group,group", "group,agency,task"])
async def test_figures_are_divided_twice_at_most(
    api: Api, reader: Client, plan: Plan, by: str
) -> None:
    response = await get(api, reader, f"/v1/plans/{plan.id}/statistics", by=by)

    assert response.status_code == 422
    assert [fault["code"] for fault in response.json()["errors"]] == ["divisions"]


async def test_figures_name_the_oldest_overdue_deadline_and_the_next_one(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agencies: list[Agency]
) -> None:
    lead, coordinating = AssigneeRole
    for days, role in ((3, lead), (3, lead), (1, coordinating)):
        task = await make_task(session, plan)
        due = date(2025, 1, 1) + timedelta(days)
        await make_assignment(session, task, agencies[1], role=role, deadline_on=due)
    url = f"/v1/plans/{plan.id}/statistics"

    answer = (await get(api, reader, url, as_of="2025-01-03")).json()

    assert answer["deadlines"] == {
        "oldest_overdue_on": "2024-12-31",
        "next_deadline_on": "2025-01-04",
        "next_deadline_count": 2,
    }
    assert [(group["code"], group["deadlines"]) for group in answer["groups"]] == [
        (FOREIGN_AFFAIRS, {**answer["deadlines"], "oldest_overdue_on": None}),
        (
            INFORMATION,
            {
                "oldest_overdue_on": "2024-12-31",
                "next_deadline_on": None,
                "next_deadline_count": 0,
            },
        ),
    ]


async def test_agencies_with_most_overdue_come_first_if_it_is_asked_for(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agencies: list[Agency]
) -> None:
    free = await make_agency(session, code="AAA", name="Sở A")
    await make_assignment(session, await make_task(session, plan), free, deadline_on=None)
    asked = {"by": "agency", "role": "all"}
    orders = {
        "order": ["AAA", FOREIGN_AFFAIRS, INFORMATION],
        "overdue": [FOREIGN_AFFAIRS, INFORMATION, "AAA"],
    }

    for url in (f"/v1/plans/{plan.id}/statistics", "/v1/statistics"):
        for sort, codes in orders.items():
            answer = (await get(api, reader, url, **asked, sort=sort)).json()
            assert [group["code"] for group in answer["groups"]] == codes


async def test_plans_are_not_sorted_by_what_is_overdue(api: Api, reader: Client) -> None:
    response = await get(api, reader, "/v1/statistics", by="plan", sort="overdue")

    assert response.status_code == 422
    assert [fault["code"] for fault in response.json()["errors"]] == ["not_by_plan"]


async def test_the_trend_of_a_plan_may_be_by_group(api: Api, reader: Client, plan: Plan) -> None:
    asked = {"plan": str(plan.id), "from": "2024-12-01", "to": "2025-01-31", "role": "all"}
    url = "/v1/statistics/trend"
    answer = (await get(api, reader, url, **asked, by="group")).json()

    trend = TrendOut.model_validate(answer)
    assert [point.groups and len(point.groups) for point in trend.points] == [1, 1]
    for point in trend.points:
        assert point.groups is not None
        assert point.groups[0].statistics == point.statistics
    assert [
        point["groups"] for point in (await get(api, reader, url, **asked)).json()["points"]
    ] == [
        None,
        None,
    ]
    refused = await get(api, reader, url, by="group")
    assert [fault["code"] for fault in refused.json()["errors"]] == ["only_with_plan"]

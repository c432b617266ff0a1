"""Figures of reporting over HTTP: who asks, of which day, in which parts."""

from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.clock import local_day, utc_now
from app.models import Agency, Client, Plan, PlanStatus
from app.schemas.reporting_statistics import ReportingStatisticsOut
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_assignment, make_plan, make_submission, make_task
from tests.support.reports import REASON, decide, file
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import COMMITTEE_OFFICE, FOREIGN_AFFAIRS, INFORMATION


async def get(api: Api, client: Client, url: str, **query: Any) -> httpx.Response:
    async with api.by(client) as http:
        return await http.get(url, params=query or None)


@pytest.fixture
async def agencies(session: AsyncSession) -> list[Agency]:
    return [
        await make_agency(session, code=FOREIGN_AFFAIRS, name="Sở Ngoại vụ"),
        await make_agency(session, code=INFORMATION, name="Sở Thông tin và Truyền thông"),
    ]


@pytest.fixture
async def plan(session: AsyncSession, agencies: list[Agency]) -> Plan:
    """One report was filed late in 2024, the other never; those of 2025 are due years later."""
    plan = await make_plan(session, agencies[1], number="46/KH-UBND")
    task = await make_task(session, plan, ordinal="1.1")
    for agency in agencies:
        assignment = await make_assignment(session, task, agency)
        await make_submission(session, assignment)
        await make_submission(session, assignment, period="2025", due_on=date(2099, 1, 1))
    return plan


@pytest.fixture
async def reader(session: AsyncSession, agencies: list[Agency]) -> Client:
    return await make_client(session, agencies[0])


async def test_figures_are_what_their_schema_says(api: Api, reader: Client, plan: Plan) -> None:
    urls = {
        f"/v1/plans/{plan.id}/reporting-statistics": ("agency", "task", "period"),
        "/v1/reporting-statistics": ("plan", "agency", "period"),
    }
    for url, groupings in urls.items():
        for by in groupings:
            response = await get(api, reader, url, by=by)

            answer = ReportingStatisticsOut.model_validate_json(response.content, strict=True)
            assert answer.model_dump(mode="json") == response.json()
            assert (answer.as_of, answer.by) == (local_day(utc_now()), by)
            assert answer.plan_id == (plan.id if str(plan.id) in url else None)
            assert sum(group.reporting.total for group in answer.groups) == 4


async def test_figures_are_of_the_day_that_is_asked_for(
    api: Api, reader: Client, plan: Plan
) -> None:
    url = f"/v1/plans/{plan.id}/reporting-statistics"
    found = {}
    for day in ("2024-05-19", "2024-12-19", "2024-12-20", "2024-12-21"):
        total = (await get(api, reader, url, as_of=day)).json()["total"]
        missing = total["expected"]["not_filed"]
        found[day] = total["total"], missing["due_today"], missing["overdue"]["up_to_7_days"]

    assert found == {
        "2024-05-19": (0, 0, 0),
        "2024-12-19": (4, 0, 0),
        "2024-12-20": (4, 2, 0),
        "2024-12-21": (4, 0, 2),
    }


async def test_figures_are_narrowed_and_come_in_pages(api: Api, reader: Client, plan: Plan) -> None:
    url = f"/v1/plans/{plan.id}/reporting-statistics"
    own = (await get(api, reader, url, agency=FOREIGN_AFFAIRS, period="2024", role="lead")).json()
    none = (await get(api, reader, url, role="coordinating")).json()
    first = (await get(api, reader, url, limit=1)).json()
    second = (await get(api, reader, first["next"])).json()

    assert [group["code"] for group in own["groups"]] == [FOREIGN_AFFAIRS]
    assert (own["total"]["total"], none["total"]["total"]) == (1, 0)
    codes = [group["code"] for page in (first, second) for group in page["groups"]]
    assert codes == [FOREIGN_AFFAIRS, INFORMATION]
    assert (first["total"], second["next"]) == (second["total"], None)


async def test_what_cannot_be_asked_is_refused(
    api: Api, reader: Client, session: AsyncSession, plan: Plan, agencies: list[Agency]
) -> None:
    draft = await make_plan(session, agencies[1], status=PlanStatus.DRAFT)
    url = f"/v1/plans/{plan.id}/reporting-statistics"

    answers = [
        await get(api, reader, url, as_of="2150-01-01"),
        await get(api, reader, url, by="plan"),
        await get(api, reader, "/v1/reporting-statistics", by="task"),
        await get(api, reader, url, agency="KHONG-CO"),
        await get(api, reader, f"/v1/plans/{uuid4()}/reporting-statistics"),
        await get(api, reader, f"/v1/plans/{draft.id}/reporting-statistics"),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (422, "day_in_future"),
        (422, "validation_failed"),
        (422, "validation_failed"),
        (404, "not_found"),
        (404, "not_found"),
        (404, "not_found"),
    ]


async def test_what_waits_and_what_was_returned_is_counted_as_it_is_listed(issued: Sample) -> None:
    waiting = await file(issued, REPORT)
    plan = await issued.the_plan()
    url = f"/v1/plans/{plan.id}/reporting-statistics?agency=SNGV&period=2024&role=all"
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        before = (await http.get(url)).json()["total"]
        await decide(issued, waiting["id"], "send-back", **REASON)
        after = (await http.get(url)).json()["total"]
        listed = (await http.get("/v1/submissions?status=returned")).json()["items"]
        other = await issued.submission(FOREIGN_AFFAIRS, "2.2", "2024")
        await decide(issued, str(other.id), "waive", **REASON)
        waived = (await http.get(url)).json()["total"]

    today = local_day(utc_now()).isoformat()
    assert (before["review"]["waiting"], before["review"]["waiting_since"]) == (1, today)
    assert (after["review"]["waiting"], after["review"]["waiting_since"]) == (0, None)
    assert after["review"]["returned"] == len(listed) == 1
    assert after["review"]["returned_since"] == today
    assert (before["expected"]["filed"]["late"], after["expected"]["filed"]["late"]) == (1, 0)
    assert waived["waived"] == 1
    assert waived["expected"]["total"] == after["expected"]["total"] - 1

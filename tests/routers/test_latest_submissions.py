"""The members that a list has beyond its rows: the latest accepted report, today's lead, ended
rows."""

from datetime import date
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.models import AssigneeRole, AssignmentStatus, Client
from app.schemas.accepted_reports import AcceptedReportOut
from tests.support.clients import Api
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.reports import BETTER, REASON, decide, file
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FATHERLAND_FRONT,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
)

NOW = pytest.mark.usefixtures("june_2024")


async def latest(issued: Sample, agency: str, *roles: Role) -> dict[str, Any] | None:
    assignment = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    async with await issued.by(agency, *roles) as http:
        asked = {"plan": str(assignment.plan_id), "agency": FOREIGN_AFFAIRS}
        answer = await http.get(
            "/v1/assignments",
            params={**asked, "ordinal": CULTURAL_DIPLOMACY, "expand": "latest_submission"},
        )
    [item] = answer.json()["items"]
    found: dict[str, Any] | None = item["expanded"]["latest_submission"]
    return found


@NOW
async def test_the_latest_accepted_report_goes_with_its_assignment(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    assert await latest(issued, FOREIGN_AFFAIRS, Role.REPORTER) is None

    await decide(issued, filed["id"], "accept")
    accepted = await latest(issued, FOREIGN_AFFAIRS, Role.REPORTER)
    await file(issued, BETTER)

    assert AcceptedReportOut.model_validate(accepted).model_dump(mode="json") == {
        "id": filed["id"],
        "period": "2024",
        "attempt": 1,
        "received_on": "2024-06-10",
        "outcome": "in_progress",
        "percent": 40,
        "results": "Đã tổ chức 02 lớp tập huấn.",
    }
    # A report that was filed since does not count until it is accepted.
    assert await latest(issued, FOREIGN_AFFAIRS, Role.REPORTER) == accepted
    await decide(issued, filed["id"], "accept")
    better = await latest(issued, FOREIGN_AFFAIRS, Role.REPORTER)
    assert better is not None
    assert (better["attempt"], better["percent"]) == (2, 60)


@NOW
async def test_what_was_sent_back_is_no_accepted_report(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "send-back", **REASON)

    assert await latest(issued, FOREIGN_AFFAIRS, Role.REPORTER) is None


@NOW
async def test_an_accepted_report_is_shown_to_whom_may_read_it_alone(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "accept")

    assert await latest(issued, INDUSTRY_AND_TRADE, Role.REPORTER) is None
    assert await latest(issued, INDUSTRY_AND_TRADE, Role.READER) is None
    assert await latest(issued, FATHERLAND_FRONT, Role.SUPERVISOR) is not None


async def test_lists_are_without_what_was_merged_or_split_unless_it_is_asked_for(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    agency = await make_agency(session)
    task = await make_task(session, await make_plan(session, agency))
    kept = await make_assignment(session, task, agency)
    merged = await make_assignment(session, task, await make_agency(session))
    merged.status, merged.merged_into_id = AssignmentStatus.MERGED, kept.id
    split = await make_assignment(session, task, await make_agency(session))
    split.status = AssignmentStatus.SPLIT
    await session.commit()

    async def listed(url: str, **query: str) -> list[str]:
        async with api.by(reader) as http:
            items = (await http.get(url, params=query)).json()["items"]
        return sorted(item["status"] for item in items)

    for url in ("/v1/assignments", f"/v1/plans/{task.plan_id}/assignments"):
        assert await listed(url) == ["not_started"]
        assert await listed(url, status="merged,split") == ["merged", "split"]
        # Whoever follows changes learns of them.
        everything = await listed(url, updated_since="2024-01-01T00:00:00Z")
        assert everything == ["merged", "not_started", "split"]


async def test_a_task_says_who_leads_it_today_beside_the_plans_own_words(
    api: Api, reader: Client, session: AsyncSession
) -> None:
    owner = await make_agency(session)
    task = await make_task(session, await make_plan(session, owner))
    agencies = {code: await make_agency(session, code=code) for code in "ABCDEF"}
    before, now, ahead = date(2024, 1, 1), date(2025, 1, 1), date(2999, 1, 1)
    await make_assignment(session, task, agencies["A"], occurrence="2024", starts_on=before)
    others: dict[str, dict[str, Any]] = {
        "B": {},
        "C": {"status": AssignmentStatus.REVOKED},
        "D": {"awaits_handover": True},
        "E": {"role": AssigneeRole.COORDINATING},
    }
    for code, given in others.items():
        await make_assignment(
            session, task, agencies[code], **{"occurrence": "2025", "starts_on": now, **given}
        )
    await make_assignment(session, task, agencies["F"], occurrence="2999", starts_on=ahead)
    other = await make_task(session, await make_plan(session, owner))

    async with api.by(reader) as http:
        one = (await http.get(f"/v1/tasks/{task.id}")).json()
        none = (await http.get(f"/v1/tasks/{other.id}")).json()

    assert [agency["code"] for agency in one["leads_today"]] == ["B"]
    assert none["leads_today"] == []

"""Closing a plan says what becomes of each open assignment; from that day on nothing is owed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from app.auth.principal import Role
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.models import Agency, Assignment, PlanStatus, Submission, SubmissionStatus
from tests.support.assignments import COORDINATOR, ISSUER, ORDER, OWED, at, completed, done, read
from tests.support.closings import CLOSING
from tests.support.factories_plans import make_plan
from tests.support.reports import key
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import COMMITTEE_OFFICE, FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE

BEFORE, CLOSED_ON, REOPENED_ON = "2025-03-02", "2025-03-03", "2025-03-10"
BASIS = {"reason": "Kết thúc nhầm.", "basis": "15/TB-UBND"}


async def tree(issued: Sample, path: str) -> dict[str, Any]:
    """The tree of the total that is answered to this."""
    found: dict[str, Any] = (await read(issued, ISSUER, path))["total"]["by_current_deadline"]
    return found


async def test_what_is_open_is_carried_over_or_unfinished(issued: Sample) -> None:
    plan = await issued.the_plan()
    with at("2025-02-01"):
        report = await completed(issued)
        await done(issued, COORDINATOR, f"submissions/{report['id']}/accept", attempt=1)
    owner = await issued.session.get_one(Agency, plan.owner_id)
    follower = await make_plan(issued.session, owner, number="9/KH")
    carried = await issued.assignment(INDUSTRY_AND_TRADE, "3.1", "2025")
    left = [{"id": str(carried.id), "outcome": "carried_over"}]
    body = CLOSING | {"followed_by": str(follower.id), "assignments": left}
    figures = f"plans/{plan.id}/statistics?role=all"
    with at(CLOSED_ON):
        before = await tree(issued, f"{figures}&as_of={BEFORE}")
        await done(issued, ISSUER, f"plans/{plan.id}/close", **body)
        after = await tree(issued, figures)
        assert await tree(issued, f"{figures}&as_of={BEFORE}") == before

    assert before["not_completed"]["overdue"]["total"] > 0
    assert after["not_completed"]["total"] == 0
    assert (after["completed"], after["total"]) == (before["completed"], before["total"])
    at_close = after["at_close"]
    assert at_close["carried_over"] == 1
    assert at_close["total"] == before["not_completed"]["total"]
    base = after["rates"]["completed_of_total"]["base"]
    assert base == after["completed"]["total"] + at_close["unfinished"]


async def test_of_a_closed_plan_no_report_is_owed_and_days_before_read_as_they_did(
    issued: Sample,
) -> None:
    plan = await issued.the_plan()
    reporting = f"plans/{plan.id}/reporting-statistics?role=all"
    with at(CLOSED_ON):
        before = (await read(issued, ISSUER, f"{reporting}&as_of={BEFORE}"))["total"]
        await done(issued, ISSUER, f"plans/{plan.id}/close", **CLOSING)
        after = (await read(issued, ISSUER, reporting))["total"]
        assert (await read(issued, ISSUER, f"{reporting}&as_of={BEFORE}"))["total"] == before
        workload = await read(issued, ISSUER, "agencies/SCT/workload")
        named = await read(issued, ISSUER, f"agencies/SCT/workload?plan={plan.id}")

    assert before["expected"]["not_filed"]["total"] > 0
    assert after["expected"]["not_filed"]["total"] == 0
    assert after["not_due"] == {"total": 0, "filed": 0}
    assert workload["assignments"] == []
    assert {one["status"] for one in named["assignments"]} == {"unfinished_at_close"}


async def test_figures_over_all_plans_are_of_open_ones_unless_asked_for(issued: Sample) -> None:
    plan = await issued.the_plan()
    with at(CLOSED_ON):
        await done(issued, ISSUER, f"plans/{plan.id}/close", **CLOSING)
        urls = [f"statistics?plans={plans}" for plans in ("open", "closed", "all")]
        totals = [(await tree(issued, url))["total"] for url in urls]
        trend = await read(issued, ISSUER, f"statistics/trend?from={BEFORE}&to={CLOSED_ON}")
        of_plan = await read(
            issued, ISSUER, f"statistics/trend?from={BEFORE}&to={CLOSED_ON}&plan={plan.id}"
        )
        before = await tree(issued, f"statistics?as_of={BEFORE}")

    assert totals[0] == 0
    assert totals[1] == totals[2] == before["total"] > 0
    assert [point["statistics"]["by_current_deadline"]["total"] for point in trend["points"]] == [0]
    assert of_plan["points"][0]["statistics"]["by_current_deadline"]["total"] == totals[1]


async def test_a_plan_that_is_reopened_is_owed_as_before(issued: Sample) -> None:
    plan = await issued.the_plan()
    figures = f"plans/{plan.id}/statistics?role=all"
    reporting = f"plans/{plan.id}/reporting-statistics?role=all"
    with at("2025-02-01"):
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
            await http.put(f"{await key(issued, *OWED)}?submit=true", json=REPORT)
    await hand_over(issued, datetime(2025, 3, 2, 2, tzinfo=UTC))
    with at(CLOSED_ON):
        before = await tree(issued, figures)
        reported = (await read(issued, ISSUER, reporting))["total"]["expected"]["not_filed"]
        await done(issued, ISSUER, f"plans/{plan.id}/close", **CLOSING)
    with at(CLOSED_ON):
        await done(issued, ISSUER, f"plans/{plan.id}/reopen", **BASIS)
        after = await tree(issued, figures)
        again = (await read(issued, ISSUER, reporting))["total"]["expected"]["not_filed"]
        province = await tree(issued, "statistics?role=all")

    assert after == before == province
    assert again == reported


async def test_what_was_opened_again_on_the_day_of_the_closing_is_in_progress_again(
    issued: Sample,
) -> None:
    plan = await issued.the_plan()
    with at("2025-02-01"):
        report = await completed(issued)
        await done(issued, COORDINATOR, f"submissions/{report['id']}/accept", attempt=1)
    row = await issued.assignment(*OWED)
    with at(CLOSED_ON):
        await done(issued, ISSUER, f"assignments/{row.id}/reopen", **ORDER)
        await done(issued, ISSUER, f"plans/{plan.id}/close", **CLOSING)
    with at(REOPENED_ON):
        await done(issued, ISSUER, f"plans/{plan.id}/reopen", **BASIS)
        now = await read(issued, ISSUER, f"assignments/{row.id}")

    assert (now["status"], now["completed_on"]) == ("in_progress", None)


async def hand_over(issued: Sample, moment: datetime) -> None:
    """Hand over the assignments of agencies that had ended by a moment, as the day's jobs do."""
    await settle(Act(issued.session, None, moment))
    await issued.session.commit()


async def waiting(issued: Sample) -> bool:
    """True if assignments wait for a decision."""
    found = (await read(issued, ISSUER, "handovers?state=pending&limit=200"))["items"]
    return any(one["subject"] == "assignment" for one in found)


async def test_what_waited_for_a_handover_waits_again_when_the_plan_is_reopened(
    issued: Sample,
) -> None:
    plan = await issued.the_plan()
    figures = f"plans/{plan.id}/statistics?role=all"
    await hand_over(issued, datetime(2025, 7, 2, 2, tzinfo=UTC))
    with at("2025-08-01"):
        before = await tree(issued, figures)
        pending = await waiting(issued)
        await done(issued, ISSUER, f"plans/{plan.id}/close", **CLOSING)
        closed = await tree(issued, figures)
        none = await waiting(issued)
    with at("2025-08-11"):
        await done(issued, ISSUER, f"plans/{plan.id}/reopen", **BASIS)
        after = await tree(issued, figures)
        again = await waiting(issued)
        assert await tree(issued, f"{figures}&as_of=2025-08-10") == closed

    assert before["awaiting_handover"] > 0
    assert (closed["awaiting_handover"], none) == (0, False)
    assert closed["at_close"]["total"] == before["awaiting_handover"] + (
        before["not_completed"]["total"] + before["other"]["suspended"]
    )
    assert after["awaiting_handover"] == before["awaiting_handover"]
    assert (pending, again) == (True, True)


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"outcome": "carried_over"}, "#/followed_by", "required"),
        ({"assignments": ["completed"]}, "#/assignments/0/id", "not_open"),
    ],
)
async def test_a_closing_that_says_too_little_is_refused(
    issued: Sample, more: dict[str, Any], pointer: str, code: str
) -> None:
    plan = await issued.the_plan()
    with at("2025-02-01"):
        report = await completed(issued)
        await done(issued, COORDINATOR, f"submissions/{report['id']}/accept", attempt=1)
        row = await issued.assignment(*OWED)
        if "assignments" in more:
            more = {"assignments": [{"id": str(row.id), "outcome": "unfinished"}]}
        async with await issued.by(*ISSUER) as http:
            answer = await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING | more)

    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    await issued.session.refresh(plan)
    assert plan.status == PlanStatus.ISSUED


async def test_nothing_is_expected_of_a_closed_plan(issued: Sample) -> None:
    plan = await issued.the_plan()
    with at(CLOSED_ON):
        await done(issued, ISSUER, f"plans/{plan.id}/close", **CLOSING)

    rows = await issued.session.exec(
        select(Submission.status)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .where(col(Assignment.plan_id) == plan.id)
        .distinct()
    )
    assert set(rows) == {SubmissionStatus.WAIVED}
    async with await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR) as http:
        late = (await http.get("/v1/submissions?overdue_days_from=1")).json()["items"]
        overdue = (await http.get("/v1/assignments?timeliness=overdue")).json()["items"]
    assert (late, overdue) == ([], [])

"""Coordinating assignments end with their task, and go on with it."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from app.models import (
    Agency,
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Submission,
    SubmissionStatus,
)
from tests.support.assignments import COORDINATOR, ISSUER, ORDER, at, done, read, shown
from tests.support.reports import BETTER, COMPLETED
from tests.support.sample import Sample
from tests.support.sample_facts import CULTURAL_DIPLOMACY, FOREIGN_AFFAIRS

DONE_ON = "2025-01-10"


@pytest.fixture
async def coordinating(issued: Sample) -> list[Assignment]:
    """The assignments that coordinate the strategy of cultural diplomacy, which one agency
    leads."""
    lead = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    rows = await issued.session.exec(
        select(Assignment)
        .where(
            col(Assignment.task_id) == lead.task_id,
            col(Assignment.role) == AssigneeRole.COORDINATING,
        )
        .order_by(col(Assignment.id))
    )
    found = list(rows)
    assert len(found) > 1
    return found


async def filed(issued: Sample, row: Assignment, content: dict[str, Any]) -> dict[str, Any]:
    """A report of an assignment's agency for 2024."""
    agency = await issued.session.get_one(Agency, row.agency_id)
    async with await issued.reporter(agency.code) as http:
        url = f"/v1/assignments/{row.id}/submissions/2024?submit=true"
        answer = await http.put(url, json=content)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def complete_the_lead(issued: Sample) -> Assignment:
    """The one lead completes the task."""
    lead = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    report = await filed(issued, lead, COMPLETED)
    path = f"submissions/{report['id']}/accept"
    await done(issued, COORDINATOR, path, attempt=report["attempts"])
    return lead


async def submissions(issued: Sample, row: Assignment) -> dict[str, str]:
    """The status of each of its submissions, by period."""
    rows = await issued.session.exec(
        select(Submission.period, Submission.status).where(col(Submission.assignment_id) == row.id)
    )
    return dict(rows.all())


async def test_what_coordinates_ends_on_the_day_on_which_the_last_lead_is_done(
    issued: Sample, coordinating: list[Assignment]
) -> None:
    plan_id = coordinating[0].plan_id
    with at(DONE_ON):
        lead = await complete_the_lead(issued)
        rows = [await shown(issued, row.id) for row in coordinating]
        owed = await submissions(issued, coordinating[0])
        query = f"plans/{plan_id}/statistics?by=task&role=coordinating"
        figures = await read(issued, ISSUER, query)
        before = await read(issued, ISSUER, f"{query}&as_of=2025-01-09")

    assert {row["status"] for row in rows} == {"ended_with_task"}
    assert {row["timeliness"] for row in rows} == {None}
    assert [row["allowed_actions"] for row in rows] == [[]] * len(rows)
    # An overdue submission stays so, and no other is expected.
    assert owed["2024"] == SubmissionStatus.EXPECTED
    assert {one for period, one in owed.items() if period != "2024"} <= {SubmissionStatus.WAIVED}
    trees = [
        next(one for one in found["groups"] if one["key"] == str(lead.task_id))["statistics"]
        for found in (before, figures)
    ]
    ended = [tree["by_current_deadline"]["ended_with_task"] for tree in trees]
    assert ended == [0, len(rows)]
    assert trees[1]["by_current_deadline"]["not_completed"]["total"] == 0
    bases = trees[1]["by_current_deadline"]["rates"].values()
    assert {rate["base"] for rate in bases} == {0}


async def test_what_had_ended_goes_on_when_a_lead_is_reopened(
    issued: Sample, coordinating: list[Assignment]
) -> None:
    with at("2024-12-01"):
        await filed(issued, coordinating[0], BETTER)
    with at(DONE_ON):
        before = [(await shown(issued, row.id))["status"] for row in coordinating]
        lead = await complete_the_lead(issued)
    with at("2025-01-20"):
        await done(issued, ISSUER, f"assignments/{lead.id}/reopen", **ORDER)
        after = [(await shown(issued, row.id))["status"] for row in coordinating]
        owed = await submissions(issued, coordinating[1])

    assert before == after
    assert set(before) == {"in_progress", "not_started"}
    assert SubmissionStatus.EXPECTED in owed.values()


async def test_what_awaits_confirmation_is_decided_first(
    issued: Sample, coordinating: list[Assignment]
) -> None:
    accepted, returned = coordinating[:2]
    with at("2025-01-05"):
        reports = [await filed(issued, row, COMPLETED) for row in (accepted, returned)]
    with at(DONE_ON):
        await complete_the_lead(issued)
        waiting = [(await shown(issued, row.id))["status"] for row in (accepted, returned)]
        paths = [f"submissions/{report['id']}" for report in reports]
        await done(issued, COORDINATOR, f"{paths[0]}/accept", attempt=1)
        await done(issued, COORDINATOR, f"{paths[1]}/send-back", attempt=1, reason="Chưa rõ.")
        decided = [(await shown(issued, row.id))["status"] for row in (accepted, returned)]

    assert waiting == ["awaiting_confirmation"] * 2
    assert decided == ["completed", "ended_with_task"]


async def test_it_ends_too_when_the_last_open_lead_is_called_off(
    issued: Sample, coordinating: list[Assignment]
) -> None:
    other, *rest = coordinating
    other.role = AssigneeRole.LEAD
    other.assigned_on = other.changed_on
    await issued.session.commit()
    with at(DONE_ON):
        await complete_the_lead(issued)
        one_is_open = [(await shown(issued, row.id))["status"] for row in rest]
        await done(issued, ISSUER, f"assignments/{other.id}/revoke", **ORDER)
        none_is = [(await shown(issued, row.id))["status"] for row in rest]

    assert AssignmentStatus.ENDED_WITH_TASK not in one_is_open
    assert set(none_is) == {AssignmentStatus.ENDED_WITH_TASK}
    for row in rest:
        await issued.session.refresh(row)
    assert {row.changed_on for row in rest} == {date.fromisoformat(DONE_ON)}

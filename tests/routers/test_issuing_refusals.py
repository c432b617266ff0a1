"""The refusals to issue or close a plan: its state, the caller, and its missing parts."""

from datetime import timedelta

import pytest
import time_machine

from app.auth.principal import Role
from app.models import (
    Assignment,
)
from tests.support.closings import CLOSING
from tests.support.issuing import BODY, complete
from tests.support.sample import ISSUED, Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, INFORMATION, PROVINCIAL_COMMITTEE


async def test_everything_that_is_missing_is_said_at_once(drafted: Sample) -> None:
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        url = f"/v1/plans/{plan.id}"
        tasks = (await http.get(f"{url}/tasks")).json()["items"]
        await http.delete(f"/v1/assignees/{tasks[2]['assignees'][0]['id']}")
        await http.patch(f"/v1/tasks/{tasks[4]['id']}", json={"ordinal": "2.2"})
        await http.patch(url, json={"starts_on": None, "ends_on": None, "issuer": None})

        answer = await http.post(f"{url}/issue")
        after = (await http.get(url)).json()

    assert (answer.status_code, answer.json()["code"]) == (422, "plan_incomplete")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [
        ("#/number", "missing"),
        ("#/issued_on", "missing"),
        ("#/starts_on", "missing"),
        ("#/ends_on", "missing"),
        ("#/issuer", "missing"),
        ("#/coordinator", "missing"),
        ("#/tasks/2.1/assignees", "lead_missing"),
        ("#/tasks/2.2", "ordinal_repeated"),
        ("#/tasks/2.2", "ordinal_repeated"),
    ]
    assert (after["status"], await drafted.rows(Assignment)) == ("draft", 0)


async def test_a_plan_without_tasks_is_incomplete(sample: Sample) -> None:
    body = {"title": "Trống", "starts_on": "2024-01-01", "ends_on": "2025-12-31", **BODY}
    async with await sample.issuer() as http:
        plan = (await http.post("/v1/plans", json=body)).json()
        answer = await http.post(f"/v1/plans/{plan['id']}/issue")

    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/tasks"]


@pytest.mark.usefixtures("may_2024")
async def test_a_plan_is_not_issued_before_its_date(drafted: Sample) -> None:
    tomorrow = str(ISSUED.date() + timedelta(days=1))
    plan = await complete(drafted, issued_on=tomorrow)

    async with await drafted.issuer() as http:
        answer = await http.post(f"/v1/plans/{plan.id}/issue")

    assert [fault["code"] for fault in answer.json()["errors"]] == ["in_future"]


async def test_the_day_begins_in_the_province_before_it_begins_in_utc(drafted: Sample) -> None:
    plan = await complete(drafted)

    with time_machine.travel("2024-05-19T16:59:59Z", tick=False):
        async with await drafted.issuer() as http:
            early = await http.post(f"/v1/plans/{plan.id}/issue")
    with time_machine.travel("2024-05-19T17:00:00Z", tick=False):
        async with await drafted.issuer() as http:
            in_time = await http.post(f"/v1/plans/{plan.id}/issue")

    assert (early.status_code, in_time.status_code) == (422, 200)


async def test_a_plan_is_issued_once(issued: Sample) -> None:
    plan = await issued.the_plan()

    async with await issued.issuer() as http:
        answer = await http.post(f"/v1/plans/{plan.id}/issue")

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_plan_state")


async def test_only_its_own_agency_issues_and_closes_a_plan(issued: Sample) -> None:
    plan = await issued.the_plan()

    async with await issued.by(INFORMATION, Role.ISSUER) as http:
        closing = await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)
        read = await http.get(f"/v1/plans/{plan.id}")
    async with await issued.by(PROVINCIAL_COMMITTEE, Role.COORDINATOR) as http:
        without_role = await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)

    assert (closing.status_code, without_role.status_code) == (403, 403)
    assert read.json()["allowed_actions"] == []


async def test_a_closed_plan_stays_readable_and_takes_nothing_more(issued: Sample) -> None:
    plan = await issued.the_plan()
    assignment = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")

    async with await issued.issuer() as http:
        closed = await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)
        again = await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)
        reissued = await http.post(f"/v1/plans/{plan.id}/issue")
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        url = f"/v1/assignments/{assignment.id}"
        read = (await http.get(url)).json()
        filed = await http.put(f"{url}/submissions/2024", json={"outcome": "in_progress"})

    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert closed.json()["allowed_actions"] == ["correct", "reopen"]
    assert [one.status_code for one in (again, reissued, filed)] == [409, 409, 409]
    assert (read["status"], read["allowed_actions"]) == ("unfinished_at_close", [])
    entries, events = await issued.noted("plan", plan.id)
    assert (entries[-1].action, events[-1].type) == ("closed", "tiendo.plan.closed")


async def test_everyone_with_a_token_reads_an_issued_plan(issued: Sample) -> None:
    plan = await issued.the_plan()
    for role in Role:
        async with await issued.by("UBND-H-NGHIXUAN", role) as http:
            assert (await http.get(f"/v1/plans/{plan.id}")).status_code == 200
            assert (await http.get(f"/v1/plans/{plan.id}/tasks?limit=1")).status_code == 200
            page = (await http.get(f"/v1/plans/{plan.id}/assignments?limit=1")).json()
            assert len(page["items"]) == 1

from datetime import date
from typing import Any

import pytest
import time_machine

from tests.support.reports import (
    BETTER,
    COMPLETED,
    NOT_APPLICABLE,
    REASON,
    decide,
    file,
    key,
    shown,
)
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
)


async def test_a_report_is_drafted_filed_returned_filed_again_and_accepted(issued: Sample) -> None:
    url = await key(issued)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        drafted = (await http.put(url, json=REPORT)).json()
        filed = (await http.post(f"/v1/submissions/{drafted['id']}/submit")).json()
    returned = await decide(issued, filed["id"], "send-back", **REASON)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        starts_from = (await http.get(url)).json()
        refiled = (await http.put(f"{url}?submit=true", json=BETTER)).json()
    accepted = await decide(issued, filed["id"], "accept")

    road = [drafted, filed, returned, starts_from, refiled, accepted]
    assert [one["status"] for one in road] == [
        "draft", "submitted", "returned", "returned", "submitted", "accepted",
    ]  # fmt: skip
    assert [one["attempts"] for one in road] == [0, 1, 1, 1, 2, 2]
    assert [one["is_draft"] for one in road] == [True, False, False, True, False, False]
    assert (starts_from["content"], accepted["content"]) == (shown(REPORT), shown(BETTER))
    assert accepted["allowed_actions"] == []


async def test_every_attempt_is_kept_with_its_decision(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "send-back", **REASON)
    await file(issued, BETTER)
    await decide(issued, filed["id"], "accept")

    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        first, second = (await http.get(f"/v1/submissions/{filed['id']}/attempts")).json()["items"]

    assert [(one["number"], one["content"]) for one in (first, second)] == [
        (1, shown(REPORT)),
        (2, shown(BETTER)),
    ]
    assert (first["review"]["decision"], first["review"]["reason"]) == (
        "returned", REASON["reason"],
    )  # fmt: skip
    assert (second["review"]["decision"], second["review"]["reason"]) == ("accepted", None)
    assert (first["agency"]["code"], first["review"]["agency"]["code"]) == (
        FOREIGN_AFFAIRS,
        INFORMATION,
    )


async def test_an_assignment_is_completed_on_the_day_its_report_was_filed(issued: Sample) -> None:
    # Still the 9th in UTC, and the 10th in the province.
    with time_machine.travel("2024-12-09T17:30:00Z"):
        filed = await file(issued, COMPLETED)
        waiting = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
        assert (waiting.status, waiting.reported_on) == (
            "awaiting_confirmation",
            date(2024, 12, 10),
        )
        assert waiting.completed_on is None
    with time_machine.travel("2025-01-13T02:00:00Z"):
        await decide(issued, filed["id"], "accept")

    done = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    assert (done.status, done.completed_on) == ("completed", date(2024, 12, 10))
    assert done.changed_on == date(2025, 1, 13)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        shown = (await http.get(f"/v1/assignments/{done.id}")).json()
    assert (shown["timeliness"], shown["completed_on"]) == ("on_time", "2024-12-10")
    assert shown["allowed_actions"] == []


async def test_a_completed_assignment_expects_no_later_report(issued: Sample) -> None:
    with time_machine.travel("2024-12-09T02:00:00Z"):
        filed = await file(issued, COMPLETED)
        later = await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once", "2025")
        await decide(issued, filed["id"], "accept")

    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        waived = (await http.get(f"/v1/submissions/{later.id}")).json()
        url = f"/v1/assignments/{filed['assignment_id']}/submissions/2025"
        refused = await http.put(url, json=REPORT)

    assert (waived["status"], waived["allowed_actions"]) == ("waived", [])
    assert waived["waived_reason"]
    assert (refused.status_code, refused.json()["code"]) == (409, "assignment_not_open")
    entries, events = await issued.noted("submission", later.id)
    assert [one.action for one in entries] == ["waived"]
    assert [one.type for one in events] == ["tiendo.submission.waived"]


async def test_what_does_not_apply_is_closed_with_its_reason(issued: Sample) -> None:
    filed = await file(issued, NOT_APPLICABLE)
    await decide(issued, filed["id"], "accept")

    closed = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    assert (closed.status, closed.completed_on) == ("not_applicable", None)
    entries, events = await issued.noted("assignment", closed.id)
    assert [one.action for one in entries] == ["awaiting_confirmation", "not_applicable"]
    assert [one.type.rpartition(".")[2] for one in events] == [one.action for one in entries]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("not_started", "not_started"), ("in_progress", "in_progress")],
)
async def test_other_outcomes_leave_the_assignment_open(
    issued: Sample, outcome: str, status: str
) -> None:
    filed = await file(issued, REPORT | {"outcome": outcome, "percent": 0})
    await decide(issued, filed["id"], "accept")

    assignment = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    later = await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once", "2025")
    assert (assignment.status, later.status) == (status, "expected")


@pytest.mark.parametrize("action", ["send-back", "withdraw"])
async def test_a_completion_that_is_taken_back_is_work_in_progress(
    issued: Sample, action: str
) -> None:
    filed = await file(issued, COMPLETED)
    if action == "send-back":
        await decide(issued, filed["id"], action, **REASON)
    else:
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
            await http.post(f"/v1/submissions/{filed['id']}/withdraw")

    assignment = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    assert (assignment.status, assignment.reported_on) == ("in_progress", None)


async def test_sending_back_one_report_leaves_anothers_completion_waiting(issued: Sample) -> None:
    with time_machine.travel("2024-12-09T02:00:00Z"):
        first = await file(issued, COMPLETED)
    url = f"/v1/assignments/{first['assignment_id']}/submissions/2025"
    for content in (REPORT, COMPLETED):
        with time_machine.travel("2025-12-09T02:00:00Z"):
            async with await issued.reporter(FOREIGN_AFFAIRS) as http:
                second = (await http.put(f"{url}?submit=true", json=content)).json()
            await decide(issued, second["id"], "send-back", **REASON)

        waiting = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
        assert (waiting.status, waiting.reported_on) == ("awaiting_confirmation", date(2024, 12, 9))


async def test_a_withdrawn_report_is_a_draft_again_and_its_attempt_is_kept(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        withdrawn = (await http.post(f"/v1/submissions/{filed['id']}/withdraw")).json()
        again = (await http.post(f"/v1/submissions/{filed['id']}/submit")).json()
        first, second = (await http.get(f"/v1/submissions/{filed['id']}/attempts")).json()["items"]

    assert (withdrawn["status"], withdrawn["content"], withdrawn["is_draft"]) == (
        "draft", shown(REPORT), True,
    )  # fmt: skip
    assert (again["status"], again["attempts"]) == ("submitted", 2)
    assert (first["review"]["decision"], second["review"]) == ("withdrawn", None)


async def test_a_report_is_waived_with_its_reason(issued: Sample) -> None:
    row = await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")

    waived = await decide(issued, str(row.id), "waive", **REASON)

    assert (waived["status"], waived["waived_reason"]) == ("waived", REASON["reason"])
    assignment = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    assert assignment.status == "not_started"


async def test_a_report_filed_after_its_due_day_is_late(issued: Sample) -> None:
    with time_machine.travel("2024-12-20T16:59:59Z"):
        in_time = await file(issued, REPORT)
    with time_machine.travel("2024-12-20T17:00:00Z"):
        late = await file(issued, REPORT, INDUSTRY_AND_TRADE)

    assert (in_time["due_on"], in_time["received_on"]) == ("2024-12-20", "2024-12-20")
    assert (in_time["is_late"], late["is_late"]) == (False, True)


async def test_the_same_content_again_changes_nothing(issued: Sample) -> None:
    url = await key(issued)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        draft = (await http.put(url, json=REPORT)).json()
        same_draft = (await http.put(url, json=REPORT)).json()
        filed = (await http.put(f"{url}?submit=true", json=REPORT)).json()
        before = await issued.rows_of_all_tables()
        same = [
            (await http.put(f"{url}?submit=true", json=REPORT)).json(),
            (await http.put(url, json=REPORT)).json(),
            (await http.post(f"/v1/submissions/{filed['id']}/submit")).json(),
        ]

    assert same_draft == draft
    assert same == [filed] * 3
    assert filed["attempts"] == 1
    assert await issued.rows_of_all_tables() == before


@pytest.mark.parametrize("action", ["send-back", "withdraw", "accept"])
async def test_a_retry_that_comes_late_does_not_undo_what_was_decided(
    issued: Sample, action: str
) -> None:
    filed = await file(issued, REPORT)
    if action == "withdraw":
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
            await http.post(f"/v1/submissions/{filed['id']}/withdraw")
    else:
        await decide(issued, filed["id"], action, **(REASON if action == "send-back" else {}))
    before = await issued.rows_of_all_tables()
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        status = (await http.get(f"/v1/submissions/{filed['id']}")).json()["status"]

    retried = await file(issued, REPORT)

    assert (retried["status"], retried["attempts"]) == (status, 1)
    assert await issued.rows_of_all_tables() == before


@pytest.mark.parametrize("submit", ["true", "false"])
async def test_other_content_is_not_put_in_the_place_of_what_was_filed(
    issued: Sample, submit: str
) -> None:
    await file(issued, REPORT)

    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        answer = await http.put(f"{await key(issued)}?submit={submit}", json=BETTER)

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_submission_state")
    assert "was filed with other content" in answer.json()["detail"]
    assert (await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")).attempts == 1


@pytest.mark.parametrize("period", ["2019", "2024-Q1", "adhoc-lu-lut"])
async def test_a_period_that_is_not_expected_does_not_exist(issued: Sample, period: str) -> None:
    assignment = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    url = f"/v1/assignments/{assignment.id}/submissions/{period}"

    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        answers = [await http.get(url), await http.put(url, json=REPORT)]

    assert [one.status_code for one in answers] == [404, 404]


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        ({"outcome": "completed", "percents": 1}, "#/percents"),
        ({"outcome": "done"}, "#/outcome"),
        ({"outcome": "in_progress", "percent": 101}, "#/percent"),
        ({"outcome": "not_started", "percent": 1}, "#"),
        ({"outcome": "not_applicable"}, "#"),
        ({"outcome": "completed", "not_applicable_reason": "x"}, "#"),
        ({"outcome": "completed", "evidence": [{"number": "1/BC"}]}, "#/evidence/0/issued_on"),
    ],
)
async def test_a_report_that_contradicts_itself_is_refused_where_it_does(
    issued: Sample, content: dict[str, Any], pointer: str
) -> None:
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        answer = await http.put(await key(issued), json=content)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]

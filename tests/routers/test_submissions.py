from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from app.auth.principal import Role
from app.models import Submission, SubmissionAttempt, SubmissionReview, SubmissionStatus
from tests.sample import REPORT, Sample

COMPLETED = REPORT | {"outcome": "completed", "percent": 100}
BETTER = REPORT | {"percent": 60, "results": "Đã bổ sung số liệu."}
NOT_APPLICABLE = REPORT | {
    "outcome": "not_applicable",
    "percent": 0,
    "not_applicable_reason": "Địa phương không có đối tượng.",
}
REASON = {"reason": "Đề nghị bổ sung số liệu."}


async def key(
    issued: Sample, agency: str = "SNGV", ordinal: str = "3.3", year: str = "once"
) -> str:
    """Where an agency's report on a task for 2024 is put."""
    assignment = await issued.assignment(agency, ordinal, year)
    return f"/v1/assignments/{assignment.id}/submissions/2024"


async def file(issued: Sample, content: dict[str, Any], agency: str = "SNGV") -> dict[str, Any]:
    """The report of 2024 on task 3.3, filed."""
    async with await issued.reporter(agency) as http:
        answer = await http.put(f"{await key(issued, agency)}?submit=true", json=content)
    assert answer.status_code == 200, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


async def decide(issued: Sample, submission_id: str, action: str, **json: Any) -> dict[str, Any]:
    """What the coordinator does with a report."""
    async with await issued.coordinator() as http:
        answer = await http.post(f"/v1/submissions/{submission_id}/{action}", json=json or None)
    assert answer.status_code == 200, answer.text
    decided: dict[str, Any] = answer.json()
    return decided


async def test_a_report_is_drafted_filed_returned_filed_again_and_accepted(issued: Sample) -> None:
    url = await key(issued)
    async with await issued.reporter("SNGV") as http:
        drafted = (await http.put(url, json=REPORT)).json()
        filed = (await http.post(f"/v1/submissions/{drafted['id']}/submit")).json()
    returned = await decide(issued, filed["id"], "send-back", **REASON)
    async with await issued.reporter("SNGV") as http:
        starts_from = (await http.get(url)).json()
        refiled = (await http.put(f"{url}?submit=true", json=BETTER)).json()
    accepted = await decide(issued, filed["id"], "accept")

    road = [drafted, filed, returned, starts_from, refiled, accepted]
    assert [one["status"] for one in road] == [
        "draft", "submitted", "returned", "returned", "submitted", "accepted",
    ]  # fmt: skip
    assert [one["attempts"] for one in road] == [0, 1, 1, 1, 2, 2]
    assert [one["is_draft"] for one in road] == [True, False, False, True, False, False]
    assert (starts_from["content"], accepted["content"]) == (REPORT, BETTER)
    assert accepted["allowed_actions"] == []


async def test_every_attempt_is_kept_with_its_decision(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "send-back", **REASON)
    await file(issued, BETTER)
    await decide(issued, filed["id"], "accept")

    async with await issued.reporter("SNGV") as http:
        first, second = (await http.get(f"/v1/submissions/{filed['id']}/attempts")).json()["items"]

    assert [(one["number"], one["content"]) for one in (first, second)] == [
        (1, REPORT),
        (2, BETTER),
    ]
    assert (first["review"]["decision"], first["review"]["reason"]) == (
        "returned", REASON["reason"],
    )  # fmt: skip
    assert (second["review"]["decision"], second["review"]["reason"]) == ("accepted", None)
    assert (first["agency"]["code"], first["review"]["agency"]["code"]) == ("SNGV", "STTTT")


async def test_an_assignment_is_completed_on_the_day_its_report_was_filed(issued: Sample) -> None:
    # Still the 9th in UTC, and the 10th in the province.
    with time_machine.travel("2024-12-09T17:30:00Z"):
        filed = await file(issued, COMPLETED)
        waiting = await issued.assignment("SNGV", "3.3", "once")
        assert (waiting.status, waiting.reported_on) == (
            "awaiting_confirmation",
            date(2024, 12, 10),
        )
        assert waiting.completed_on is None
    with time_machine.travel("2025-01-13T02:00:00Z"):
        await decide(issued, filed["id"], "accept")

    done = await issued.assignment("SNGV", "3.3", "once")
    assert (done.status, done.completed_on) == ("completed", date(2024, 12, 10))
    assert done.changed_on == date(2025, 1, 13)
    async with await issued.reporter("SNGV") as http:
        shown = (await http.get(f"/v1/assignments/{done.id}")).json()
    assert (shown["timeliness"], shown["completed_on"]) == ("on_time", "2024-12-10")
    assert shown["allowed_actions"] == []


async def test_a_completed_duty_expects_no_later_report(issued: Sample) -> None:
    filed = await file(issued, COMPLETED)
    later = await issued.submission("SNGV", "3.3", "once", "2025")
    await decide(issued, filed["id"], "accept")

    async with await issued.reporter("SNGV") as http:
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

    closed = await issued.assignment("SNGV", "3.3", "once")
    assert (closed.status, closed.completed_on) == ("not_applicable", None)
    entries, events = await issued.noted("assignment", closed.id)
    assert [one.action for one in entries] == ["not_applicable"]
    assert [one.type for one in events] == ["tiendo.assignment.not_applicable"]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("not_started", "not_started"), ("in_progress", "in_progress")],
)
async def test_other_outcomes_leave_the_duty_open(
    issued: Sample, outcome: str, status: str
) -> None:
    filed = await file(issued, REPORT | {"outcome": outcome, "percent": 0})
    await decide(issued, filed["id"], "accept")

    assignment = await issued.assignment("SNGV", "3.3", "once")
    later = await issued.submission("SNGV", "3.3", "once", "2025")
    assert (assignment.status, later.status) == (status, "expected")


@pytest.mark.parametrize("action", ["send-back", "withdraw"])
async def test_a_completion_that_is_taken_back_is_work_in_progress(
    issued: Sample, action: str
) -> None:
    filed = await file(issued, COMPLETED)
    if action == "send-back":
        await decide(issued, filed["id"], action, **REASON)
    else:
        async with await issued.reporter("SNGV") as http:
            await http.post(f"/v1/submissions/{filed['id']}/withdraw")

    assignment = await issued.assignment("SNGV", "3.3", "once")
    assert (assignment.status, assignment.reported_on) == ("in_progress", None)


async def test_sending_back_one_report_leaves_anothers_completion_waiting(issued: Sample) -> None:
    with time_machine.travel("2024-12-09T02:00:00Z"):
        first = await file(issued, COMPLETED)
    url = f"/v1/assignments/{first['assignment_id']}/submissions/2025"
    for content in (REPORT, COMPLETED):
        with time_machine.travel("2025-12-09T02:00:00Z"):
            async with await issued.reporter("SNGV") as http:
                second = (await http.put(f"{url}?submit=true", json=content)).json()
            await decide(issued, second["id"], "send-back", **REASON)

        waiting = await issued.assignment("SNGV", "3.3", "once")
        assert (waiting.status, waiting.reported_on) == ("awaiting_confirmation", date(2024, 12, 9))


async def test_a_withdrawn_report_is_a_draft_again_and_its_attempt_is_kept(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    async with await issued.reporter("SNGV") as http:
        withdrawn = (await http.post(f"/v1/submissions/{filed['id']}/withdraw")).json()
        again = (await http.post(f"/v1/submissions/{filed['id']}/submit")).json()
        first, second = (await http.get(f"/v1/submissions/{filed['id']}/attempts")).json()["items"]

    assert (withdrawn["status"], withdrawn["content"], withdrawn["is_draft"]) == (
        "draft", REPORT, True,
    )  # fmt: skip
    assert (again["status"], again["attempts"]) == ("submitted", 2)
    assert (first["review"]["decision"], second["review"]) == ("withdrawn", None)


async def test_a_report_is_waived_with_its_reason(issued: Sample) -> None:
    row = await issued.submission("SNGV", "3.3", "once")

    waived = await decide(issued, str(row.id), "waive", **REASON)

    assert (waived["status"], waived["waived_reason"]) == ("waived", REASON["reason"])
    assignment = await issued.assignment("SNGV", "3.3", "once")
    assert assignment.status == "not_started"


async def test_a_report_filed_after_its_due_day_is_late(issued: Sample) -> None:
    with time_machine.travel("2024-12-20T16:59:59Z"):
        in_time = await file(issued, REPORT)
    with time_machine.travel("2024-12-20T17:00:00Z"):
        late = await file(issued, REPORT, "SCT")

    assert (in_time["due_on"], in_time["submitted_on"]) == ("2024-12-20", "2024-12-20")
    assert (in_time["is_late"], late["is_late"]) == (False, True)


async def test_the_same_content_again_changes_nothing(issued: Sample) -> None:
    url = await key(issued)
    async with await issued.reporter("SNGV") as http:
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
        async with await issued.reporter("SNGV") as http:
            await http.post(f"/v1/submissions/{filed['id']}/withdraw")
    else:
        await decide(issued, filed["id"], action, **(REASON if action == "send-back" else {}))
    before = await issued.rows_of_all_tables()
    status = (await issued.submission("SNGV", "3.3", "once")).status

    retried = await file(issued, REPORT)

    assert (retried["status"], retried["attempts"]) == (status, 1)
    assert await issued.rows_of_all_tables() == before


@pytest.mark.parametrize("submit", ["true", "false"])
async def test_other_content_is_not_put_in_the_place_of_what_was_filed(
    issued: Sample, submit: str
) -> None:
    await file(issued, REPORT)

    async with await issued.reporter("SNGV") as http:
        answer = await http.put(f"{await key(issued)}?submit={submit}", json=BETTER)

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_submission_state")
    assert (await issued.submission("SNGV", "3.3", "once")).attempts == 1


@pytest.mark.parametrize("period", ["2019", "2024-Q1", "adhoc-lu-lut"])
async def test_a_period_that_is_not_expected_does_not_exist(issued: Sample, period: str) -> None:
    assignment = await issued.assignment("SNGV", "3.3", "once")
    url = f"/v1/assignments/{assignment.id}/submissions/{period}"

    async with await issued.reporter("SNGV") as http:
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
    async with await issued.reporter("SNGV") as http:
        answer = await http.put(await key(issued), json=content)

    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_nobody_decides_on_a_report_of_their_own_agency(issued: Sample) -> None:
    url = await key(issued, "STTTT", "2.1")
    async with await issued.by("STTTT", Role.REPORTER, Role.COORDINATOR) as http:
        filed = (await http.put(f"{url}?submit=true", json=REPORT)).json()
        own = [
            await http.post(f"/v1/submissions/{filed['id']}/accept"),
            await http.post(f"/v1/submissions/{filed['id']}/send-back", json=REASON),
        ]
        waiving = await http.post(f"/v1/submissions/{filed['id']}/waive", json=REASON)
    async with await issued.by("STC", Role.ISSUER) as http:
        other_issuer = await http.post(f"/v1/submissions/{filed['id']}/accept")
    async with await issued.issuer() as http:
        seen = (await http.get(f"/v1/submissions/{filed['id']}")).json()
        accepted = await http.post(f"/v1/submissions/{filed['id']}/accept")

    assert [(one.status_code, one.json()["code"]) for one in own] == [(403, "own_report")] * 2
    assert filed["allowed_actions"] == ["withdraw"]
    assert [waiving.status_code, other_issuer.status_code] == [403, 403]
    assert seen["allowed_actions"] == ["accept", "send_back"]
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")


async def test_an_issuer_that_coordinates_does_not_review_its_own_reports(issued: Sample) -> None:
    plan = await issued.the_plan()
    assert plan.coordinator_id
    plan.issuer_id = plan.coordinator_id
    await issued.session.commit()
    url = await key(issued, "STTTT", "2.1")
    async with await issued.reporter("STTTT") as http:
        filed = (await http.put(f"{url}?submit=true", json=REPORT)).json()
    later = await issued.submission("STTTT", "2.2", "2024")

    async with await issued.by("STTTT", Role.ISSUER, Role.COORDINATOR) as http:
        seen = (await http.get(f"/v1/submissions/{filed['id']}")).json()
        accepting = await http.post(f"/v1/submissions/{filed['id']}/accept")
        waiving = await http.post(f"/v1/submissions/{later.id}/waive", json=REASON)

    assert seen["allowed_actions"] == []
    assert [accepting.status_code, waiving.status_code] == [403, 403]


async def test_the_issuer_reviews_nobody_elses_reports(issued: Sample) -> None:
    filed = await file(issued, REPORT)

    async with await issued.issuer() as http:
        answer = await http.post(f"/v1/submissions/{filed['id']}/accept")

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_a_system_does_not_accept_what_it_filed_for_another_agency(issued: Sample) -> None:
    roles = (Role.REPORTER, Role.COORDINATOR)
    served = ("SNGV", "STTTT")
    url = await key(issued)
    async with await issued.by(
        "VPUB", *roles, acts_for=served, **{"Acting-Agency": "SNGV"}
    ) as http:
        filed = (await http.put(f"{url}?submit=true", json=REPORT)).json()
    async with await issued.by(
        "VPUB", *roles, acts_for=served, **{"Acting-Agency": "STTTT"}
    ) as http:
        seen = (await http.get(f"/v1/submissions/{filed['id']}")).json()
        refused = await http.post(f"/v1/submissions/{filed['id']}/accept")
    accepted = await decide(issued, filed["id"], "accept")

    assert (refused.status_code, refused.json()["code"]) == (403, "own_report")
    assert seen["allowed_actions"] == []
    assert accepted["status"] == "accepted"
    client = await issued.client("VPUB", *roles, acts_for=served)
    [attempt] = await issued.session.exec(select(SubmissionAttempt))
    entries, _ = await issued.noted("submission", filed["id"])
    assert attempt.client_id == entries[0].client_id == client.id
    assert attempt.agency_id == entries[0].agency_id != client.agency_id


async def test_only_the_agency_that_owes_a_task_reports_on_it(issued: Sample) -> None:
    url = await key(issued)
    async with await issued.reporter("STTTT") as http:
        seen = await http.put(url, json=REPORT)
    async with await issued.reporter("STC") as http:
        unseen = await http.put(url, json=REPORT)

    assert (seen.status_code, unseen.status_code) == (403, 404)


async def test_who_reads_a_filed_report(issued: Sample) -> None:
    # SNGV leads 3.3, SCT coordinates it.
    filed = await file(issued, REPORT, "SCT")
    answers = {}
    for agency, role in (
        ("SCT", Role.REPORTER),
        ("SNGV", Role.REPORTER),
        ("STTTT", Role.COORDINATOR),
        ("UBND-TINH", Role.ISSUER),
        ("MTTQ", Role.SUPERVISOR),
        ("STC", Role.REPORTER),
        ("STC", Role.COORDINATOR),
        ("SCT", Role.READER),
        ("SCT", Role.ADMINISTRATOR),
    ):
        async with await issued.by(agency, role) as http:
            one = await http.get(f"/v1/submissions/{filed['id']}")
            attempts = await http.get(f"/v1/submissions/{filed['id']}/attempts")
            of_period = await http.get(await key(issued, "SCT"))
        assert one.status_code == attempts.status_code == of_period.status_code
        if one.status_code == 200:
            assert one.json()["content"] == REPORT
            assert of_period.json() == one.json()
        answers[agency, str(role)] = one.status_code

    assert answers == {
        ("SCT", "reporter"): 200,
        ("SNGV", "reporter"): 200,
        ("STTTT", "coordinator"): 200,
        ("UBND-TINH", "issuer"): 200,
        ("MTTQ", "supervisor"): 200,
        ("STC", "reporter"): 404,
        ("STC", "coordinator"): 404,
        ("SCT", "reader"): 403,
        ("SCT", "administrator"): 403,
    }


async def test_a_drafts_words_are_its_own_agencys_alone(issued: Sample) -> None:
    url = await key(issued)
    async with await issued.reporter("SNGV") as http:
        await http.put(url, json=REPORT)
    async with await issued.coordinator() as http:
        unfiled = (await http.get(url)).json()
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "send-back", **REASON)
    async with await issued.reporter("SNGV") as http:
        written = (await http.put(url, json=BETTER)).json()
    async with await issued.coordinator() as http:
        seen = (await http.get(url)).json()
        listed = (await http.get(f"/v1/submissions?assignment={filed['assignment_id']}")).json()

    assert (unfiled["status"], unfiled["content"], unfiled["is_draft"]) == ("draft", None, False)
    assert (written["content"], written["is_draft"]) == (BETTER, True)
    assert (seen["content"], seen["is_draft"], seen["status"]) == (REPORT, False, "returned")
    assert listed["items"][0] == seen


S = SubmissionStatus
CALLERS: dict[str, tuple[str, tuple[Role, ...]]] = {
    "reporter": ("SNGV", (Role.REPORTER,)),
    "coordinator": ("STTTT", (Role.COORDINATOR,)),
    "own agency's coordinator": ("SNGV", (Role.COORDINATOR,)),
    "own agency's reader": ("SNGV", (Role.READER,)),
    "coordinator's reporter": ("STTTT", (Role.REPORTER,)),
    "issuer": ("UBND-TINH", (Role.ISSUER,)),
    "supervisor": ("MTTQ", (Role.SUPERVISOR,)),
    "stranger": ("STC", (Role.REPORTER, Role.COORDINATOR, Role.ADMINISTRATOR)),
}
ACTIONS: dict[tuple[str, SubmissionStatus], list[str]] = {
    ("reporter", S.EXPECTED): ["write"],
    ("reporter", S.DRAFT): ["write", "submit"],
    ("reporter", S.SUBMITTED): ["withdraw"],
    ("reporter", S.RETURNED): ["write", "submit"],
    ("coordinator", S.EXPECTED): ["waive"],
    ("coordinator", S.DRAFT): ["waive"],
    ("coordinator", S.SUBMITTED): ["accept", "send_back"],
    ("coordinator", S.RETURNED): ["waive"],
}


async def bring_to(issued: Sample, status: SubmissionStatus) -> None:
    """The report of SNGV on 3.3 in a state, by the requests that lead to it."""
    row = await issued.submission("SNGV", "3.3", "once")
    if status == S.DRAFT:
        async with await issued.reporter("SNGV") as http:
            await http.put(await key(issued), json=REPORT)
    if status in (S.SUBMITTED, S.RETURNED, S.ACCEPTED):
        await file(issued, REPORT)
    if status == S.RETURNED:
        await decide(issued, str(row.id), "send-back", **REASON)
    if status == S.ACCEPTED:
        await decide(issued, str(row.id), "accept")
    if status == S.WAIVED:
        await decide(issued, str(row.id), "waive", **REASON)


async def act(http: httpx.AsyncClient, action: str, url: str, row_id: UUID) -> httpx.Response:
    if action == "write":
        return await http.put(url, json=BETTER)
    body = REASON if action in ("send_back", "waive") else None
    return await http.post(f"/v1/submissions/{row_id}/{action.replace('_', '-')}", json=body)


async def check_actions(issued: Sample, name: str, status: SubmissionStatus) -> list[str]:
    """What a caller is told that it may do, after trying all there is, each from the same state."""
    agency, roles = CALLERS[name]
    url = await key(issued)
    row = await issued.submission("SNGV", "3.3", "once")
    async with await issued.by(agency, *roles) as http:
        shown = await http.get(url)
        allowed: list[str] = shown.json().get("allowed_actions", [])
        for action in ("write", "submit", "withdraw", "accept", "send_back", "waive"):
            savepoint = await issued.connection.begin_nested()
            answer = await act(http, action, url, row.id)
            await savepoint.rollback()
            if action in allowed:
                assert answer.status_code == 200, (name, action)
            elif (name, status, action) == ("reporter", S.SUBMITTED, "submit"):
                # A retry of what was done already.
                assert (answer.status_code, answer.json()) == (200, shown.json())
            else:
                assert answer.status_code in (403, 404, 409), (name, action)
    return allowed


@pytest.mark.parametrize("status", S)
async def test_the_allowed_actions_are_those_that_are_allowed(
    issued: Sample, status: SubmissionStatus
) -> None:
    await bring_to(issued, status)

    for name in CALLERS:
        assert await check_actions(issued, name, status) == ACTIONS.get((name, status), []), name


@pytest.mark.parametrize("status", S)
async def test_the_allowed_actions_of_a_closed_plan(
    issued: Sample, status: SubmissionStatus
) -> None:
    await bring_to(issued, status)
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        await http.post(f"/v1/plans/{plan.id}/close")

    # What was filed before may still be decided on; nothing is filed any more.
    of_the_reporter = await check_actions(issued, "reporter", status)
    of_the_coordinator = await check_actions(issued, "coordinator", status)
    assert of_the_reporter == (["withdraw"] if status == S.SUBMITTED else [])
    assert of_the_coordinator == (["accept", "send_back"] if status == S.SUBMITTED else [])


async def test_reviews_need_their_words(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    async with await issued.coordinator() as http:
        answers = [
            await http.post(f"/v1/submissions/{filed['id']}/send-back", json={}),
            await http.post(f"/v1/submissions/{filed['id']}/send-back", json={"reason": ""}),
            await http.post(f"/v1/submissions/{filed['id']}/waive", json={}),
            await http.post(f"/v1/submissions/{uuid4()}/accept"),
        ]

    assert [one.status_code for one in answers] == [422, 422, 422, 404]


async def test_what_is_done_with_a_report_is_written_down_without_its_words(issued: Sample) -> None:
    with time_machine.travel("2024-12-09T02:00:00Z"):
        filed = await file(issued, REPORT)
        await decide(issued, filed["id"], "send-back", **REASON)
        async with await issued.reporter("SNGV") as http:
            await http.put(await key(issued), json=BETTER)
            await http.post(f"/v1/submissions/{filed['id']}/submit")
            await http.post(f"/v1/submissions/{filed['id']}/withdraw")
        await file(issued, COMPLETED)
        await decide(issued, filed["id"], "accept")

    entries, events = await issued.noted("submission", filed["id"])
    # Other systems are not told of what is only being written.
    assert [one.action for one in entries] == [
        "submitted", "returned", "drafted", "submitted", "withdrawn", "submitted", "accepted",
    ]  # fmt: skip
    assert [one.type.rpartition(".")[2] for one in events] == [
        "submitted", "returned", "submitted", "withdrawn", "submitted", "accepted",
    ]  # fmt: skip
    told = [one.detail for one in entries if one.action != "drafted"]
    assert told == [one.data for one in events]
    assert [one["attempt"] for one in told] == [1, 1, 2, 2, 3, 3]
    assert all(set(one) == {"attempt"} for one in told)
    sngv = (await issued.assignment("SNGV", "3.3", "once")).agency_id
    assert {one.agency_id for one in events} == {sngv}


async def test_the_audit_trail_says_who_and_for_whom(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    url = f"/v1/audit-entries?noun=submission&row_id={filed['id']}"
    async with await issued.by("MTTQ", Role.SUPERVISOR) as http:
        [entry] = (await http.get(url)).json()["items"]
        everything = (await http.get("/v1/audit-entries?limit=2")).json()
        following = (await http.get(everything["next"])).json()
    refused = []
    for role in (role for role in Role if role is not Role.SUPERVISOR):
        async with await issued.by("MTTQ", role) as http:
            refused.append((await http.get(url)).status_code)

    client = await issued.client("SNGV", Role.REPORTER)
    assert (entry["client_id"], entry["agency"]) == (client.client_id, "SNGV")
    assert (entry["action"], entry["row_id"]) == ("submitted", filed["id"])
    assert entry["request_id"]
    assert len(everything["items"]) == 2
    assert following["items"][0]["id"] not in [one["id"] for one in everything["items"]]
    assert refused == [403] * 5


@pytest.mark.parametrize("table", [SubmissionAttempt, SubmissionReview])
@pytest.mark.parametrize("change", ["update {} set id = id", "delete from {}"])
async def test_what_was_filed_and_decided_is_never_changed(
    issued: Sample, table: type[SubmissionAttempt] | type[SubmissionReview], change: str
) -> None:
    filed = await file(issued, REPORT)
    await decide(issued, filed["id"], "accept")

    savepoint = await issued.connection.begin_nested()
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        await issued.connection.execute(sa.text(change.format(table.__tablename__)))
    await savepoint.rollback()

    assert await issued.rows(table) == 1


async def listed(http: httpx.AsyncClient, query: str) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    url: str | None = f"/v1/submissions?{query}"
    while url is not None:
        page = (await http.get(url)).json()
        found += page["items"]
        url = page["next"]
    return found


async def test_lists_are_narrowed_and_end(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    plan = await issued.the_plan()
    async with await issued.coordinator() as http:
        by_agency = await listed(http, "agency=SNGV&limit=7")
        of_2024 = await listed(http, "agency=SNGV&period=2024&limit=200")
        due = await listed(http, "agency=SNGV&due_before=2024-12-21&limit=200")
        not_due = await listed(http, "due_before=2024-12-20")
        waiting = await listed(http, f"plan={plan.id}&status=submitted")
        of_one = await listed(http, f"assignment={filed['assignment_id']}")
        none = await listed(http, f"plan={uuid4()}")
        unknown = await http.get("/v1/submissions?agency=KHONG-CO")

    ids = [one["id"] for one in by_agency]
    assert len(set(ids)) == len(ids) > 40
    assert ids == sorted(ids)
    assert {one["agency"]["code"] for one in by_agency} == {"SNGV"}
    assert [one["id"] for one in of_2024] == [
        one["id"] for one in by_agency if one["period"] == "2024"
    ]
    assert due == of_2024
    assert (not_due, none) == ([], [])
    assert [one["id"] for one in waiting] == [filed["id"]]
    assert [one["period"] for one in of_one] == ["2024", "2025"]
    assert unknown.status_code == 404


async def test_a_list_holds_only_what_its_reader_may_read(issued: Sample) -> None:
    async with await issued.reporter("TTXTDT") as http:
        own = await listed(http, "limit=200")
    async with await issued.reporter("SGDDT") as http:
        leading = await listed(http, "limit=200")
    async with await issued.by("SGDDT", Role.READER) as http:
        refused = await http.get("/v1/submissions")

    assert {(one["task_ordinal"], one["agency"]["code"]) for one in own} == {("3.10", "TTXTDT")}
    others = {one["task_ordinal"] for one in leading if one["agency"]["code"] != "SGDDT"}
    # It leads 3.5, and as a member of a collective the others.
    assert others == {"1.1", "1.2", "3.5", "3.11", "5.1"}
    assert refused.status_code == 403


async def test_a_cursor_holds_for_the_filters_it_was_made_with(issued: Sample) -> None:
    async with await issued.coordinator() as http:
        page = (await http.get("/v1/submissions?agency=SNGV&limit=2")).json()
        cursor = page["next"].rpartition("cursor=")[2]
        again = (await http.get(page["next"])).json()
        stable = (await http.get(page["next"])).json()
        refused = [
            await http.get(f"/v1/submissions?agency=SCT&limit=2&cursor={cursor}"),
            await http.get(f"/v1/submissions?limit=2&cursor={cursor}"),
            await http.get(f"/v1/assignments?agency=SNGV&limit=2&cursor={cursor}"),
            await http.get("/v1/submissions?agency=SNGV&cursor=abc"),
        ]

    assert again == stable
    assert [(one.status_code, one.json()["errors"][0]["code"]) for one in refused] == [
        (422, "invalid_cursor")
    ] * 4


async def test_assignments_are_listed_by_their_filters(issued: Sample) -> None:
    plan = await issued.the_plan()
    done = await file(issued, COMPLETED)
    await decide(issued, done["id"], "accept")
    counts = {}
    with time_machine.travel("2024-12-15T02:00:00Z"):
        async with await issued.by("VPUB", Role.READER) as http:
            for query in (
                "agency=SNGV&occurrence=2024",
                "agency=SNGV&role=lead",
                "agency=SNGV&status=completed",
                "agency=TTXTDT",
                "agency=TTXTDT&timeliness=due_soon",
                "agency=TTXTDT&timeliness=in_time",
                "agency=TTXTDT&timeliness=overdue",
            ):
                url = f"/v1/plans/{plan.id}/assignments?limit=200&{query}"
                page = (await http.get(url)).json()
                counts[query] = len(page["items"])
                every = (await http.get(f"/v1/assignments?limit=200&{query}")).json()
                assert every["items"] == page["items"]

    statement = select(sa.func.count()).select_from(Submission)
    assert (await issued.session.exec(statement.where(col(Submission.attempts) > 0))).one() == 1
    assert counts == {
        "agency=SNGV&occurrence=2024": 16,
        "agency=SNGV&role=lead": 11,
        "agency=SNGV&status=completed": 1,
        "agency=TTXTDT": 2,
        "agency=TTXTDT&timeliness=due_soon": 1,
        "agency=TTXTDT&timeliness=in_time": 1,
        "agency=TTXTDT&timeliness=overdue": 0,
    }

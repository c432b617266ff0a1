from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.exc import DBAPIError

from app.auth.principal import Role
from app.models import SubmissionAttempt, SubmissionReview, SubmissionStatus
from tests.support.closings import CLOSING
from tests.support.reports import BETTER, COMPLETED, REASON, decide, file, key
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FATHERLAND_FRONT,
    FINANCE,
    FOREIGN_AFFAIRS,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)
from tests.support.transactions import work_as

S = SubmissionStatus
CALLERS: dict[str, tuple[str, tuple[Role, ...]]] = {
    "reporter": (FOREIGN_AFFAIRS, (Role.REPORTER,)),
    "coordinator": (INFORMATION, (Role.COORDINATOR,)),
    "own agency's coordinator": (FOREIGN_AFFAIRS, (Role.COORDINATOR,)),
    "own agency's reader": (FOREIGN_AFFAIRS, (Role.READER,)),
    "coordinator's reporter": (INFORMATION, (Role.REPORTER,)),
    "issuer": (PROVINCIAL_COMMITTEE, (Role.ISSUER,)),
    "supervisor": (FATHERLAND_FRONT, (Role.SUPERVISOR,)),
    "stranger": (FINANCE, (Role.REPORTER, Role.COORDINATOR, Role.ADMINISTRATOR)),
}
ACTIONS: dict[tuple[str, SubmissionStatus], list[str]] = {
    ("reporter", S.EXPECTED): ["write"],
    ("reporter", S.DRAFT): ["write", "submit"],
    ("reporter", S.SUBMITTED): ["withdraw"],
    ("reporter", S.RETURNED): ["write", "submit"],
    ("reporter", S.ACCEPTED): ["write"],
    ("coordinator", S.EXPECTED): ["waive"],
    ("coordinator", S.DRAFT): ["waive"],
    ("coordinator", S.SUBMITTED): ["accept", "send_back"],
    ("coordinator", S.RETURNED): ["waive"],
}


async def bring_to(issued: Sample, status: SubmissionStatus) -> None:
    """The report of SNGV on 3.3 in a state, by the requests that lead to it."""
    row = await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    if status == S.DRAFT:
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
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
    attempt = {"attempt": 1} if action in ("accept", "send_back") else {}
    body = attempt | (REASON if action in ("send_back", "waive") else {}) or None
    return await http.post(f"/v1/submissions/{row_id}/{action.replace('_', '-')}", json=body)


async def check_actions(issued: Sample, name: str, status: SubmissionStatus) -> list[str]:
    """The actions that a caller is offered, after each action was tried from the same state."""
    agency, roles = CALLERS[name]
    url = await key(issued)
    row = await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
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
        await http.post(f"/v1/plans/{plan.id}/close", json=CLOSING)

    # An attempt that was filed before may still be decided on; nothing is filed any more.
    of_the_reporter = await check_actions(issued, "reporter", status)
    of_the_coordinator = await check_actions(issued, "coordinator", status)
    assert of_the_reporter == (["withdraw"] if status == S.SUBMITTED else [])
    assert of_the_coordinator == (["accept", "send_back"] if status == S.SUBMITTED else [])


async def test_reviews_need_their_words(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    async with await issued.coordinator() as http:
        answers = [
            await http.post(f"/v1/submissions/{filed['id']}/send-back", json={"attempt": 1}),
            await http.post(
                f"/v1/submissions/{filed['id']}/send-back", json={"attempt": 1, "reason": ""}
            ),
            await http.post(f"/v1/submissions/{filed['id']}/send-back", json=REASON),
            await http.post(f"/v1/submissions/{filed['id']}/accept", json={}),
            await http.post(f"/v1/submissions/{filed['id']}/waive", json={}),
            await http.post(f"/v1/submissions/{uuid4()}/accept", json={"attempt": 1}),
        ]

    assert [one.status_code for one in answers] == [422, 422, 422, 422, 422, 404]


async def test_what_is_done_with_a_report_is_written_down_without_its_words(issued: Sample) -> None:
    with time_machine.travel("2024-12-09T02:00:00Z"):
        filed = await file(issued, REPORT)
        await decide(issued, filed["id"], "send-back", **REASON)
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
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
    sngv = (await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")).agency_id
    assert {one.agency_id for one in events} == {sngv}


async def test_the_audit_trail_says_who_and_for_whom(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    url = f"/v1/audit-entries?noun=submission&row_id={filed['id']}"
    async with await issued.by(FATHERLAND_FRONT, Role.SUPERVISOR) as http:
        [entry] = (await http.get(url)).json()["items"]
        everything = (await http.get("/v1/audit-entries?limit=2")).json()
        following = (await http.get(everything["next"])).json()
    refused = []
    for role in (role for role in Role if role is not Role.SUPERVISOR):
        async with await issued.by(FATHERLAND_FRONT, role) as http:
            refused.append((await http.get(url)).status_code)

    client = await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    assert (entry["client_id"], entry["agency"]) == (client.client_id, FOREIGN_AFFAIRS)
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
    await work_as(issued.connection, None)
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        await issued.connection.execute(sa.text(change.format(table.__tablename__)))
    await savepoint.rollback()

    assert await issued.rows(table) == 1


async def test_what_becomes_of_the_assignment_is_told_with_the_day_by_which_it_is_judged(
    issued: Sample,
) -> None:
    with time_machine.travel("2024-12-09T02:00:00Z"):
        filed = await file(issued, REPORT)
        await decide(issued, filed["id"], "send-back", **REASON)
        await file(issued, COMPLETED)
        await decide(issued, filed["id"], "send-back", **REASON)
        await file(issued, COMPLETED | {"percent": 99})
        await decide(issued, filed["id"], "accept")

    entries, events = await issued.noted("assignment", filed["assignment_id"])
    told = [(one.type.rpartition(".")[2], one.data["reported_on"]) for one in events]
    assert told == [
        ("in_progress", None),
        ("awaiting_confirmation", "2024-12-09"),
        ("in_progress", None),
        ("awaiting_confirmation", "2024-12-09"),
        ("completed", "2024-12-09"),
    ]
    assert [one.action for one in entries] == [action for action, _ in told]
    assert {one.agency_id for one in events} == {
        (await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")).agency_id
    }

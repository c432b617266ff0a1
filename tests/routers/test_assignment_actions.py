"""People's decisions on an assignment: the state and the role that they need, and the rows that
they leave alone."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.auth.principal import Role
from app.clock import utc_now
from app.domain.acts import Act
from app.domain.assignments.expand import expand_plan
from app.models import (
    Assignment,
    AssignmentAction,
    Submission,
    SubmissionStatus,
    SubmissionWaiver,
)
from tests.support.assignments import (
    COORDINATOR,
    ISSUER,
    ORDER,
    OWED,
    REASON,
    REPORTER,
    WISH,
    at,
    completed,
    done,
    read,
    send,
    shown,
)
from tests.support.closings import CLOSING
from tests.support.factories_plans import make_submission
from tests.support.reports import COMPLETED, key
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    FINANCE,
    FOREIGN_AFFAIRS,
    HIGHLAND_PROGRAMME,
    MISSIONS_ABROAD,
    PLANNING,
    PROVINCIAL_COMMITTEE,
    RAPID_RESPONSE,
    TEACH_THE_POLICIES,
)
from tests.support.submission_drafts import draft_of

READER = (FINANCE, Role.READER)
CALLERS = {
    "reporter": REPORTER,
    "coordinator": COORDINATOR,
    "issuer": ISSUER,
    "other issuer": (FINANCE, Role.ISSUER),
}
DAY = "2024-12-01"
OPEN = ["move_deadline", "suspend", "revoke"]
ALLOWED: dict[tuple[str, str], list[str]] = {
    ("not_started", "reporter"): ["report", "ask_extension", "refuse"],
    ("not_started", "issuer"): OPEN,
    ("asked", "reporter"): ["report", "refuse"],
    ("asked", "issuer"): OPEN,
    ("refused", "reporter"): ["report", "ask_extension"],
    ("refused", "issuer"): ["accept_refusal", "reject_refusal", *OPEN],
    ("rejected", "reporter"): ["report", "ask_extension"],
    ("rejected", "issuer"): OPEN,
    ("nothing reported yet", "reporter"): ["report", "ask_extension"],
    ("nothing reported yet", "issuer"): OPEN,
    ("in_progress", "reporter"): ["report", "ask_extension"],
    ("in_progress", "issuer"): OPEN,
    ("awaiting_confirmation", "reporter"): ["report"],
    ("awaiting_confirmation", "issuer"): ["move_deadline", "revoke"],
    ("completed", "issuer"): ["reopen"],
    ("completed", "coordinator"): ["reopen"],
    ("suspended", "issuer"): ["move_deadline", "resume", "revoke"],
}
STATES = [*dict.fromkeys(state for state, _ in ALLOWED), "revoked", "plan closed"]
ACTIONS: dict[str, dict[str, Any]] = {
    "refuse": REASON,
    "accept_refusal": {},
    "reject_refusal": REASON,
    "move_deadline": {"deadline_on": "2025-06-30", "basis": "15/TB-UBND"},
    "suspend": ORDER,
    "resume": {},
    "revoke": ORDER,
    "reopen": ORDER,
}


async def report(issued: Sample, content: dict[str, Any]) -> dict[str, Any]:
    async with await issued.by(*REPORTER) as http:
        answer = await http.put(f"{await key(issued, *OWED)}?submit=true", json=content)
    assert answer.status_code == 200, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


ROADS: dict[str, list[tuple[tuple[str, Role], str, dict[str, Any]]]] = {
    "asked": [(REPORTER, "extensions", {"wanted_deadline_on": "2025-06-30", **WISH})],
    "refused": [(REPORTER, "assignments/{row}/refuse", REASON)],
    "rejected": [
        (REPORTER, "assignments/{row}/refuse", REASON),
        (ISSUER, "assignments/{row}/reject-refusal", REASON),
    ],
    "completed": [(COORDINATOR, "submissions/{report}/accept", {"attempt": 1})],
    "suspended": [(ISSUER, "assignments/{row}/suspend", ORDER)],
    "revoked": [(ISSUER, "assignments/{row}/revoke", ORDER)],
    "plan closed": [(ISSUER, "plans/{plan}/close", CLOSING)],
}
FILED = {
    "nothing reported yet": REPORT | {"outcome": "not_started", "percent": 0},
    "in_progress": REPORT,
    "awaiting_confirmation": COMPLETED,
    "completed": COMPLETED,
}


async def bring_to(issued: Sample, row: Assignment, state: str) -> None:
    """SNGV's assignment in a state, by the requests that lead to it."""
    ids = {"row": row.id, "plan": row.plan_id, "report": ""}
    if state in FILED:
        ids["report"] = (await report(issued, FILED[state]))["id"]
    for who, path, body in ROADS.get(state, ()):
        more = {"assignment_id": str(row.id)} if path == "extensions" else {}
        await done(issued, who, path.format(**ids), **body, **more)


@pytest.mark.parametrize("state", STATES)
async def test_the_allowed_actions_are_those_that_are_allowed(issued: Sample, state: str) -> None:
    row = await issued.assignment(*OWED)
    with at(DAY):
        await bring_to(issued, row, state)
        for name, who in CALLERS.items():
            told = (await shown(issued, row.id, who))["allowed_actions"]
            assert told == ALLOWED.get((state, name), []), name
            for action, body in ACTIONS.items():
                savepoint = await issued.connection.begin_nested()
                path = f"assignments/{row.id}/{action.replace('_', '-')}"
                answer = await send(issued, who, path, **body)
                await savepoint.rollback()
                expected = (200,) if action in told else (403, 409)
                assert answer.status_code in expected, (name, action, answer.text)
            savepoint = await issued.connection.begin_nested()
            wish = {"assignment_id": str(row.id), "wanted_deadline_on": "2025-06-30", **WISH}
            answer = await send(issued, who, "extensions", **wish)
            await savepoint.rollback()
            expected = (201,) if "ask_extension" in told else (403, 409)
            assert answer.status_code in expected, (name, answer.text)


async def test_what_is_suspended_asks_for_nothing_and_goes_on_as_it_was(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    for month in ("2024-07", "2024-09", "2024-11"):
        year, number = map(int, month.split("-"))
        day = row.starts_on.replace(year=year, month=number, day=20)
        await make_submission(issued.session, row, period=month, due_on=day)
    with at("2024-08-01"):
        await report(issued, REPORT)
        await done(issued, ISSUER, f"assignments/{row.id}/suspend", **ORDER)
        async with await issued.by(*REPORTER) as http:
            url = f"/v1/assignments/{row.id}/submissions/2024-09?submit=true"
            refused = await http.put(url, json=COMPLETED)
        statistics = await read(issued, READER, f"plans/{row.plan_id}/statistics?by=agency")
        owed = await read(issued, REPORTER, "agencies/SNGV/workload?status=suspended")
    with at("2024-10-01"):
        path = f"assignments/{row.id}/resume"
        resumed = await done(issued, ISSUER, path, reason="Đã có hướng dẫn.")
        actions = (await read(issued, READER, f"assignments/{row.id}/actions"))["items"]

    assert (refused.status_code, refused.json()["code"]) == (409, "assignment_not_open")
    assert statistics["total"]["by_current_deadline"]["other"]["suspended"] == 1
    assert [one["next_submission"] for one in owed["assignments"]] == [None]
    assert (resumed["status"], resumed["deadline_on"]) == ("in_progress", "2024-12-31")
    rows = await issued.session.exec(
        select(Submission)
        .where(col(Submission.assignment_id) == row.id)
        .execution_options(populate_existing=True)
    )
    # A report that was due before is still owed; one that fell due meanwhile is not.
    stand = {one.period: one.status for one in rows}
    assert stand["2024-07"] == SubmissionStatus.EXPECTED
    assert stand["2024-09"] == SubmissionStatus.WAIVED
    told = [(one["number"], one["action"], one["from_status"], one["to_status"]) for one in actions]
    assert told == [
        (1, "suspended", "in_progress", "suspended"),
        (2, "resumed", "suspended", "in_progress"),
    ]
    assert actions[0]["basis"] == ORDER["basis"]


async def test_the_next_report_is_asked_for_where_the_last_fell_due_meanwhile(
    issued: Sample,
) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-12-01"):
        await done(issued, ISSUER, f"assignments/{row.id}/suspend", **ORDER)
    with at("2025-02-01"):
        await done(issued, ISSUER, f"assignments/{row.id}/resume")
        async with await issued.by(*REPORTER) as http:
            url = f"/v1/assignments/{row.id}/submissions"
            meanwhile = (await http.get(f"{url}/2024")).json()
            filed = (await http.put(f"{url}/2025?submit=true", json=COMPLETED)).json()

    assert meanwhile["status"] == "waived"
    assert (filed["status"], filed["is_late"]) == ("submitted", False)


async def test_what_is_revoked_is_owed_no_more_and_not_made_anew(issued: Sample) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, TEACH_THE_POLICIES, "2025")
    with at("2024-06-03"):
        async with await issued.by(*REPORTER) as http:
            url = f"/v1/assignments/{row.id}/submissions/2025"
            assert (await http.put(url, json=REPORT)).status_code == 200
        revoked = await done(issued, ISSUER, f"assignments/{row.id}/revoke", **ORDER)
        plan = await issued.the_plan()
        made = await expand_plan(Act(issued.session, None, utc_now()), plan)

    assert (revoked["status"], revoked["timeliness"], revoked["allowed_actions"]) == (
        "revoked", None, [],
    )  # fmt: skip
    assert made.assignments == 0
    submission = await issued.submission(FOREIGN_AFFAIRS, TEACH_THE_POLICIES, "2025", "2025")
    assert submission.status == SubmissionStatus.WAIVED
    assert await draft_of(issued.session, submission.id) is None


async def test_a_refusal_goes_to_the_issuer_who_takes_the_assignment_back(issued: Sample) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, MISSIONS_ABROAD, "2024")
    path = f"assignments/{row.id}"
    with at("2024-06-03"):
        refused = await done(issued, REPORTER, f"{path}/refuse", **REASON)
        waiting = await read(issued, ISSUER, "assignments?refusal=pending")
        of_issuer = (await read(issued, ISSUER, f"{path}/actions"))["items"]
        of_reader = (await read(issued, READER, f"{path}/actions"))["items"]
        twice = await send(issued, REPORTER, f"{path}/refuse", **REASON)
        accepted = await done(issued, ISSUER, f"{path}/accept-refusal", basis="16/TB-UBND")
        again = await send(issued, ISSUER, f"{path}/accept-refusal", basis="16/TB-UBND")

    assert (refused["status"], refused["refusal"]) == ("not_started", "pending")
    assert [one["id"] for one in waiting["items"]] == [str(row.id)]
    # The reason is the agency's own word, and read by those who read its reports.
    assert [one["reason"] for one in of_issuer] == [REASON["reason"]]
    assert [(one["action"], one["reason"]) for one in of_reader] == [("refused", None)]
    assert {(one.status_code, one.json()["code"]) for one in (twice, again)} == {
        (409, "wrong_assignment_state")
    }
    assert (accepted["status"], accepted["refusal"]) == ("revoked", None)
    entries, events = await issued.noted("assignment", row.id)
    told = ["refused", "revoked", "refusal_accepted"]
    assert sorted(one.type.rpartition(".")[2] for one in events) == sorted(told)
    assert REASON["reason"] not in str([one.detail for one in entries])
    assert REASON["reason"] not in str([one.data for one in events])


async def test_a_refusal_that_falls_is_not_made_again(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    path = f"assignments/{row.id}"
    with at("2024-06-03"):
        nothing = await send(issued, ISSUER, f"{path}/reject-refusal", **REASON)
        await done(issued, REPORTER, f"{path}/refuse", **REASON)
        rejected = await done(issued, ISSUER, f"{path}/reject-refusal", **REASON)
        again = await send(issued, REPORTER, f"{path}/refuse", **REASON)

    assert (nothing.status_code, nothing.json()["code"]) == (409, "refusal_not_pending")
    assert (rejected["status"], rejected["refusal"]) == ("not_started", "rejected")
    assert again.status_code == 409


async def test_the_issuer_does_not_decide_on_its_own_refusal(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    plan = await issued.the_plan()
    row.agency_id = plan.owner_id
    await issued.session.commit()
    with at("2024-06-03"):
        await done(
            issued, (PROVINCIAL_COMMITTEE, Role.REPORTER), f"assignments/{row.id}/refuse", **REASON
        )
        own = await send(issued, ISSUER, f"assignments/{row.id}/accept-refusal", basis="1/TB")

    assert (own.status_code, own.json()["code"]) == (403, "own_request")


async def reporting(issued: Sample, row: Assignment, day: str) -> Any:
    url = f"plans/{row.plan_id}/reporting-statistics?by=agency&as_of={day}"
    return await read(issued, ISSUER, url)


async def test_what_was_closed_by_mistake_is_worked_on_again(issued: Sample) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, RAPID_RESPONSE, "once")
    url = f"/v1/assignments/{row.id}/submissions"
    with at("2024-12-01"):
        async with await issued.by(*REPORTER) as http:
            filed = (await http.put(f"{url}/2024?submit=true", json=COMPLETED)).json()
        await done(
            issued, COORDINATOR, f"submissions/{filed['id']}/accept", attempt=filed["attempts"]
        )
    with at("2025-01-10"):
        before = await reporting(issued, row, "2025-01-09")
        reopened = await done(issued, COORDINATOR, f"assignments/{row.id}/reopen", **ORDER)
        assert await reporting(issued, row, "2025-01-09") == before
        past = await shown(issued, row.id, as_of="2025-01-09")
    with at("2025-11-01"):
        async with await issued.by(*REPORTER) as http:
            second = (await http.put(f"{url}/2025?submit=true", json=COMPLETED)).json()
        await done(
            issued, COORDINATOR, f"submissions/{second['id']}/accept", attempt=second["attempts"]
        )
        closed = await shown(issued, row.id)
        first = await read(issued, COORDINATOR, f"submissions/{filed['id']}")

    assert (reopened["status"], reopened["completed_on"]) == ("in_progress", None)
    assert (past["status"], past["completed_on"]) == ("completed", "2024-12-01")
    assert (closed["status"], closed["completed_on"]) == ("completed", "2025-11-01")
    assert first["status"] == "accepted"
    waiver = (await issued.session.exec(select(SubmissionWaiver))).one()
    assert (str(waiver.waived_on), str(waiver.ended_on)) == ("2024-12-01", "2025-01-10")


async def test_what_is_reopened_after_its_last_period_has_a_report_to_end_in(
    issued: Sample,
) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-12-01"):
        filed = await completed(issued)
        await done(
            issued, COORDINATOR, f"submissions/{filed['id']}/accept", attempt=filed["attempts"]
        )
    with at("2025-02-01"):
        await done(issued, ISSUER, f"assignments/{row.id}/reopen", **ORDER)
        url = f"/v1/assignments/{row.id}/submissions/2025"
        async with await issued.by(*REPORTER) as http:
            answer = await http.put(f"{url}?submit=true", json=COMPLETED)
        accepted = await done(
            issued, COORDINATOR, f"submissions/{answer.json()['id']}/accept", attempt=1
        )
        closed = await shown(issued, row.id)

    assert (accepted["status"], accepted["due_on"]) == ("accepted", "2025-12-20")
    assert (closed["completed_on"], closed["timeliness"]) == ("2025-02-01", "late")


async def test_what_is_reopened_after_its_agency_ended_goes_to_the_successor_that_day(
    issued: Sample,
) -> None:
    row = await issued.assignment(PLANNING, HIGHLAND_PROGRAMME, "once")
    reporter = (PLANNING, Role.REPORTER)
    with at("2024-12-01"):
        async with await issued.by(*reporter) as http:
            url = f"/v1/assignments/{row.id}/submissions/2024?submit=true"
            filed = (await http.put(url, json=COMPLETED)).json()
        await done(
            issued, COORDINATOR, f"submissions/{filed['id']}/accept", attempt=filed["attempts"]
        )
    with at("2025-09-01"):
        await done(issued, ISSUER, f"assignments/{row.id}/reopen", **ORDER)
        days = ("2025-02-28", "2025-08-31", "2025-09-01")
        held = [await shown(issued, row.id, READER, as_of=day) for day in days]

    assert [(one["agency"]["code"], one["status"]) for one in held] == [
        (PLANNING, "completed"), (PLANNING, "completed"), (FINANCE, "merged"),
    ]  # fmt: skip


async def test_each_decision_has_its_words(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    for action in ("suspend", "revoke", "reopen"):
        for body in ({"reason": "Vì sao"}, {"basis": "1/TB"}, {"reason": "", "basis": "1/TB"}):
            answer = await send(issued, ISSUER, f"assignments/{row.id}/{action}", **body)
            assert answer.status_code == 422, action
    for action, who in (("refuse", REPORTER), ("reject-refusal", ISSUER)):
        answer = await send(issued, who, f"assignments/{row.id}/{action}", reason="")
        assert answer.status_code == 422, action
    assert await issued.rows(AssignmentAction) == 0

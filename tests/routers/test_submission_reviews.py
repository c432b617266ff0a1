"""Whoever decides names the attempt that was read; many are accepted at once, each judged alone."""

from typing import Any
from uuid import uuid4

from tests.support.assignments import COORDINATOR, OWED, REPORTER, send
from tests.support.reports import BETTER, COMPLETED, REASON, decide, file, key
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import CULTURAL_DIPLOMACY, FINANCE, FOREIGN_AFFAIRS


async def filed_twice(issued: Sample) -> dict[str, Any]:
    """A report that was withdrawn and filed otherwise while the coordinator read the first."""
    filed = await file(issued, REPORT)
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        await http.post(f"/v1/submissions/{filed['id']}/withdraw")
    return await file(issued, BETTER)


async def rows(issued: Sample) -> dict[str, int]:
    """The rows of all tables but those of the clients that a test makes as it goes."""
    return {**await issued.rows_of_all_tables(), "client": 0}


async def test_another_attempt_than_the_one_that_was_read_is_not_decided_on(
    issued: Sample,
) -> None:
    filed = await filed_twice(issued)
    path = f"submissions/{filed['id']}"
    before = await rows(issued)
    answers = [
        await send(issued, COORDINATOR, f"{path}/accept", attempt=1),
        await send(issued, COORDINATOR, f"{path}/accept", attempt=3),
        await send(issued, COORDINATOR, f"{path}/send-back", attempt=1, **REASON),
    ]

    assert {(one.status_code, one.json()["code"]) for one in answers} == {(409, "another_attempt")}
    assert all("2" in one.json()["detail"] for one in answers)
    assert [one.json()["current_attempt"] for one in answers] == [2, 2, 2]
    assert await rows(issued) == before
    assert (await send(issued, COORDINATOR, f"{path}/accept", attempt=2)).status_code == 200


async def test_many_are_accepted_at_once_each_judged_alone(issued: Sample) -> None:
    read = await file(issued, COMPLETED)
    async with await issued.by(*REPORTER) as http:
        url = f"{await key(issued, *OWED)}?submit=true"
        other = (await http.put(url, json=REPORT)).json()
    unfiled = await issued.submission(FINANCE, "1.1", "once")
    items = [
        {"id": read["id"], "attempt": 1},
        {"id": other["id"], "attempt": 2},
        {"id": str(unfiled.id), "attempt": 1},
        {"id": str(uuid4()), "attempt": 1},
        {"id": read["id"], "attempt": 1},
        {"id": other["id"], "attempt": 1},
    ]
    before = await rows(issued)
    tried = (await send(issued, COORDINATOR, "submissions/accept?dry_run=true", items=items)).json()
    assert await rows(issued) == before

    answer = await send(issued, COORDINATOR, "submissions/accept", items=items)

    assert answer.status_code == 207
    found = answer.json()
    codes = [one["problem"] and one["problem"]["code"] for one in found["items"]]
    assert codes == [
        None,
        "another_attempt",
        "wrong_submission_state",
        "not_found",
        "wrong_submission_state",
        None,
    ]
    assert found["counts"] == {"accepted": 2, "rejected": 4}
    assert (tried["applied"], found["applied"]) == (False, True)
    assert tried["counts"] == found["counts"]
    assert [one["result"] for one in tried["items"]] == [one["result"] for one in found["items"]]
    assert found["items"][0]["result"]["assignment_status"] == "completed"
    closed = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    assert closed.status == "completed"


async def test_nobody_accepts_their_own_among_many(issued: Sample) -> None:
    filed = await file(issued, REPORT)
    items = [{"id": filed["id"], "attempt": 1}]
    async with await issued.by(FOREIGN_AFFAIRS, COORDINATOR[1]) as http:
        answer = (await http.post("/v1/submissions/accept", json={"items": items})).json()

    assert answer["items"][0]["problem"]["code"] == "own_report"
    assert (await decide(issued, filed["id"], "accept"))["status"] == "accepted"

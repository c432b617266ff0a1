"""Requests outside the regime are answered, withdrawn, read and handed over."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from app.auth.principal import Role
from app.jobs.roll_forward import roll_forward
from app.models import (
    AssignmentStatus,
    SubmissionStatus,
)
from tests.support.batches import push, row, statuses
from tests.support.report_requests import PERIOD, ask, asked, expected, faults
from tests.support.reports import COMPLETED, decide, shown
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    BUDGET_LINES,
    COMMITTEE_OFFICE,
    CULTURAL_DIPLOMACY,
    FINANCE,
    FOREIGN_AFFAIRS,
    HIGHLAND_PROGRAMME,
    INDUSTRY_AND_TRADE,
    PLANNING,
    TEACH_THE_POLICIES,
)
from tests.support.submission_drafts import draft_of

pytestmark = pytest.mark.usefixtures("june_2024")
ANSWERED = REPORT | {"answers": [{"question": "1", "text": "02 lớp."}]}


async def test_it_is_answered_like_any_other_report(issued: Sample) -> None:
    told = await asked(issued, tasks=[CULTURAL_DIPLOMACY])
    assignment = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    url = f"/v1/assignments/{assignment.id}/submissions/{PERIOD}?submit=true"
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        first = await http.put(url, json=ANSWERED)
        again = await http.put(url, json=ANSWERED)
        found = await http.get("/v1/submissions", params={"report_request": told["id"]})
    await decide(issued, first.json()["id"], "accept")
    async with await issued.coordinator() as http:
        counted = (await http.get(f"/v1/report-requests/{told['id']}")).json()

    assert first.json()["report_request_id"] == told["id"]
    assert first.json()["content"]["answers"] == ANSWERED["answers"]
    assert again.json() == first.json()
    assert [one["id"] for one in found.json()["items"]] == [first.json()["id"]]
    assert (counted["counts"]["filed"], counted["counts"]["accepted"]) == (1, 1)
    assert counted["counts"]["not_filed"] == 0


async def test_answers_are_to_what_was_asked(issued: Sample) -> None:
    await asked(issued, tasks=[CULTURAL_DIPLOMACY])
    assignment = await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    url = f"/v1/assignments/{assignment.id}/submissions"
    strange = REPORT | {"answers": [ANSWERED["answers"][0], {"question": "9", "text": "?"}]}
    twice = REPORT | {"answers": ANSWERED["answers"] * 2}
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        unknown = await http.put(f"{url}/{PERIOD}", json=strange)
        repeated = await http.put(f"{url}/{PERIOD}", json=twice)
        regular = await http.put(f"{url}/2024", json=ANSWERED)
    batch = await push(issued, row(**ANSWERED), row(period=PERIOD, **strange))

    assert faults(unknown) == [("#/answers/1/question", "unknown_question")]
    assert (repeated.status_code, regular.status_code) == (422, 422)
    assert faults(regular) == [("#/answers", "not_asked")]
    assert statuses(batch) == ["rejected", "rejected"]
    assert [
        [fault["pointer"] for fault in item["problem"]["errors"]] for item in batch["items"]
    ] == [["#/items/0/answers"], ["#/items/1/answers/1/question"]]


async def test_a_regular_report_is_kept_as_before_there_were_questions(issued: Sample) -> None:
    await push(issued, row())
    submission = await issued.submission(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    async with await issued.reporter(FOREIGN_AFFAIRS) as http:
        read = (await http.get(f"/v1/submissions/{submission.id}")).json()
        url = f"/v1/assignments/{submission.assignment_id}/submissions/2024?submit=true"
        again = await http.put(url, json=read["content"])

    assert read["content"] == shown(REPORT)
    assert again.json()["attempts"] == 1
    assert statuses(await push(issued, row(answers=[]))) == ["unchanged"]


async def test_what_is_withdrawn_is_asked_no_more(issued: Sample) -> None:
    told = await asked(issued)
    answer = await push(issued, row(CULTURAL_DIPLOMACY, period=PERIOD))
    kept = answer["items"][0]["result"]["id"]
    await push(issued, row(TEACH_THE_POLICIES, occurrence="2024", period=PERIOD, submit=False))
    reason = {"reason": "Đã có số liệu."}
    url = f"/v1/report-requests/{told['id']}/withdraw"
    async with await issued.by(FOREIGN_AFFAIRS, Role.COORDINATOR) as http:
        not_theirs = await http.post(url, json=reason)
    async with await issued.coordinator() as http:
        first = await http.post(url, json=reason)
        again = await http.post(url, json=reason)

    assert not_theirs.status_code == 403
    assert first.json()["counts"] == {
        "expected": 1,
        "filed": 1,
        "accepted": 0,
        "not_filed": 0,
        "waived": told["counts"]["expected"] - 1,
    }
    assert (first.json()["withdrawn_on"], first.json()["allowed_actions"]) == ("2024-06-10", [])
    assert (again.status_code, again.json()["code"]) == (409, "report_request_withdrawn")
    rows = {str(one.id): one for one in await expected(issued)}
    assert rows.pop(kept).status == SubmissionStatus.SUBMITTED
    assert {(one.status, one.waived_reason) for one in rows.values()} == {
        (SubmissionStatus.WAIVED, reason["reason"])
    }
    assert {await draft_of(issued.session, one.id) for one in rows.values()} == {None}
    entries, events = await issued.noted("report_request", told["id"])
    assert [entry.action for entry in entries] == ["asked", "withdrawn"]
    assert [event.type for event in events] == [
        "tiendo.report_request.asked",
        "tiendo.report_request.withdrawn",
    ]
    waived, _ = await issued.noted("submission", next(iter(rows)))
    assert waived[-1].action == "waived"


async def test_what_is_done_is_not_asked_again_and_asked_no_more(issued: Sample) -> None:
    await asked(issued, tasks=[CULTURAL_DIPLOMACY])
    filed = await push(issued, row(CULTURAL_DIPLOMACY, **COMPLETED))
    await decide(issued, filed["items"][0]["result"]["id"], "accept")
    answer = await ask(issued, number="16/STTTT", tasks=[CULTURAL_DIPLOMACY])

    assert (
        await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")
    ).status == AssignmentStatus.COMPLETED
    assert faults(answer) == [("#/agencies", "nobody_to_ask")]


async def test_each_reads_of_it_what_is_theirs_to_read(issued: Sample) -> None:
    told = await asked(
        issued, agencies=[FOREIGN_AFFAIRS, FINANCE], tasks=[CULTURAL_DIPLOMACY, BUDGET_LINES]
    )
    url = f"/v1/report-requests/{told['id']}"
    seen = {}
    for name, http in {
        FOREIGN_AFFAIRS: await issued.reporter(FOREIGN_AFFAIRS),
        FINANCE: await issued.reporter(FINANCE),
        "supervisor": await issued.by(COMMITTEE_OFFICE, Role.SUPERVISOR),
    }.items():
        async with http:
            seen[name] = (await http.get(url)).json()
    async with await issued.by(FOREIGN_AFFAIRS, Role.READER) as http:
        refused = await http.get(url)

    assert {
        name: [one["agency"]["code"] for one in got["asked"]] for name, got in seen.items()
    } == {
        FOREIGN_AFFAIRS: [FOREIGN_AFFAIRS],
        FINANCE: [FINANCE],
        "supervisor": [FOREIGN_AFFAIRS, FINANCE],
    }
    assert {str(got["counts"]) for got in seen.values()} == {str(told["counts"])}
    assert refused.status_code == 403


async def test_what_is_asked_goes_to_the_successor_with_its_assignment(issued: Sample) -> None:
    told = await asked(issued, agencies=[PLANNING], tasks=[HIGHLAND_PROGRAMME], due_on="2025-12-31")
    july = datetime(2025, 7, 10, 2, tzinfo=UTC)
    await roll_forward(issued.api.app.state.sessionmaker, at=july)
    url = f"/v1/report-requests/{told['id']}"
    with time_machine.travel(july, tick=True):
        async with await issued.issuer() as http:
            after = (await http.get(url)).json()
        async with await issued.reporter(FINANCE) as http:
            found = await http.get("/v1/submissions", params={"report_request": told["id"]})

    assert [one["agency"]["code"] for one in told["asked"]] == [PLANNING]
    assert [one["agency"]["code"] for one in after["asked"]] == [FINANCE]
    [mine] = found.json()["items"]
    assert (mine["status"], mine["period"]) == ("expected", PERIOD)
    assert "write" in mine["allowed_actions"]


async def test_requests_are_listed_and_found(issued: Sample) -> None:
    first = await asked(issued)
    second = await asked(issued, number="16/STTTT", kind="thematic", agencies=[INDUSTRY_AND_TRADE])
    plan = await issued.the_plan()

    async def found(**query: Any) -> list[str]:
        async with await issued.coordinator() as http:
            answer = await http.get(f"/v1/plans/{plan.id}/report-requests", params=query)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert await found() == [first["id"], second["id"]]
    assert await found(sort="-id", limit=1) == [second["id"]]
    assert await found(kind="thematic") == [second["id"]]
    assert await found(number="16/STTTT") == [second["id"]]
    assert await found(agency=FOREIGN_AFFAIRS) == [first["id"]]
    assert await found(is_withdrawn=True) == []
    assert await found(due_before="2024-06-20") == []

"""Thematic and ad hoc reports over HTTP: who asks whom, what is answered, what is taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
import time_machine
from sqlmodel import col, select

from app.auth.principal import Role
from app.jobs.roll_forward import roll_forward
from app.models import (
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    ReportRequest,
    Submission,
    SubmissionStatus,
)
from app.queries.registry.agencies import get_agency
from tests.support.batches import push, row, statuses
from tests.support.reports import COMPLETED, decide, shown
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import (
    BUDGET_LINES,
    COMMITTEE_OFFICE,
    CULTURAL_DIPLOMACY,
    DEPARTMENTS,
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    HIGHLAND_PROGRAMME,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    PLANNING,
    SCHOOLS,
    TEACH_THE_POLICIES,
)

JUNE = datetime(2024, 6, 10, 2, tzinfo=UTC)
QUESTIONS = [{"id": "1", "text": "Bao nhiêu lớp?"}, {"id": "2", "text": "Bao nhiêu người?"}]
ASKED: dict[str, Any] = {
    "kind": "ad_hoc",
    "title": "Báo cáo nhanh kết quả tập huấn",
    "number": "15/STTTT-TTBCXB",
    "issued_on": "2024-06-07",
    "data_from": "2024-01-01",
    "data_to": "2024-06-15",
    "due_on": "2024-06-20",
    "agencies": [FOREIGN_AFFAIRS],
    "questions": QUESTIONS,
}
PERIOD = "adhoc-15-stttt-ttbcxb-2024"
ANSWERED = REPORT | {"answers": [{"question": "1", "text": "02 lớp."}]}


@pytest.fixture(autouse=True)
def june_2024() -> Iterator[None]:
    """Three weeks after the plan was issued."""
    with time_machine.travel(JUNE, tick=True):
        yield


async def ask(issued: Sample, by: httpx.AsyncClient | None = None, **changes: Any) -> Any:
    """Ask as the coordinator, or as somebody else."""
    plan = await issued.the_plan()
    query = {"dry_run": "true"} if changes.pop("dry_run", False) else {}
    async with by or await issued.coordinator() as http:
        url = f"/v1/plans/{plan.id}/report-requests"
        return await http.post(url, json=ASKED | changes, params=query)


async def asked(issued: Sample, **changes: Any) -> dict[str, Any]:
    """What was asked, and stored."""
    answer = await ask(issued, **changes)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def leads(issued: Sample, agency: str, *roles: AssigneeRole) -> set[UUID]:
    """The open assignments of an agency that had begun by the end of the window."""
    owner = await get_agency(issued.session, agency)
    rows = await issued.session.exec(
        select(Assignment.id).where(
            col(Assignment.agency_id) == owner.id,
            col(Assignment.role).in_(roles or (AssigneeRole.LEAD,)),
            col(Assignment.starts_on) <= datetime(2024, 6, 15, tzinfo=UTC).date(),
        )
    )
    return set(rows)


async def expected(issued: Sample, period: str = PERIOD) -> list[Submission]:
    rows = await issued.session.exec(
        select(Submission)
        .where(col(Submission.period) == period)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_every_open_assignment_that_is_led_is_asked(issued: Sample) -> None:
    told = await asked(issued)

    rows = await expected(issued)
    assert {one.assignment_id for one in rows} == await leads(issued, FOREIGN_AFFAIRS)
    assert {str(one.report_request_id) for one in rows} == {told["id"]}
    assert {(str(one.data_from), str(one.data_to), str(one.due_on)) for one in rows} == {
        ("2024-01-01", "2024-06-15", "2024-06-20")
    }
    assert told["period"] == PERIOD
    assert told["counts"] == {
        "expected": len(rows),
        "filed": 0,
        "accepted": 0,
        "not_filed": len(rows),
        "waived": 0,
    }
    assert [(one["agency"]["code"], one["counts"]["not_filed"]) for one in told["asked"]] == [
        (FOREIGN_AFFAIRS, len(rows))
    ]
    assert (told["not_asked"], told["allowed_actions"]) == ([], ["withdraw"])


async def test_coordinating_assignments_and_tasks_are_asked_where_they_are_meant(
    issued: Sample,
) -> None:
    both = (AssigneeRole.LEAD, AssigneeRole.COORDINATING)
    await asked(issued, with_coordinating=True)
    one = await asked(issued, number="16/STTTT", tasks=[CULTURAL_DIPLOMACY])

    assert {row.assignment_id for row in await expected(issued)} == await leads(
        issued, FOREIGN_AFFAIRS, *both
    )
    [of_task] = await expected(issued, one["period"])
    assert (
        of_task.assignment_id
        == (await issued.assignment(FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once")).id
    )


async def test_a_collective_is_asked_as_it_is_today(issued: Sample) -> None:
    collectives = [DEPARTMENTS, SCHOOLS]
    told = await asked(
        issued, agencies=[], collectives=collectives, tasks=[CULTURAL_DIPLOMACY, BUDGET_LINES]
    )

    [collective] = [one for one in told["not_asked"] if one["collective"]]
    idle = {one["agency"]["code"]: one["reason"] for one in told["not_asked"] if one["agency"]}
    assert [one["agency"]["code"] for one in told["asked"]] == [FOREIGN_AFFAIRS, FINANCE]
    assert collective["collective"]["code"] == SCHOOLS
    assert collective["reason"] == "not_enumerable"
    assert {INDUSTRY_AND_TRADE, "STP", HEALTH} <= idle.keys()
    assert not {FOREIGN_AFFAIRS, FINANCE} & idle.keys()
    assert set(idle.values()) == {"nothing_open"}


async def test_who_has_ended_is_named_in_vain(issued: Sample) -> None:
    with time_machine.travel(datetime(2025, 3, 10, 2, tzinfo=UTC), tick=True):
        told = await ask(
            issued,
            await issued.issuer(),
            agencies=[INFORMATION, FOREIGN_AFFAIRS],
            due_on="2025-03-20",
        )

    [ended] = told.json()["not_asked"]
    assert (ended["agency"]["code"], ended["reason"]) == (INFORMATION, "agency_ended")


async def test_a_dry_run_tells_whom_it_would_ask_and_stores_nothing(issued: Sample) -> None:
    await issued.client(INFORMATION, Role.COORDINATOR)
    before = await issued.rows_of_all_tables()
    real: dict[str, Any] = {"agencies": [FOREIGN_AFFAIRS], "collectives": [SCHOOLS]}
    ahead = await ask(issued, dry_run=True, **real)
    nobody = await ask(issued, dry_run=True, agencies=[], collectives=[SCHOOLS])
    after = await issued.rows_of_all_tables()
    done = await asked(issued, **real)

    assert (ahead.status_code, ahead.json()["id"]) == (200, None)
    assert {**ahead.json(), "id": 0, "updated_at": 0, "allowed_actions": 0} == {
        **done,
        "id": 0,
        "updated_at": 0,
        "allowed_actions": 0,
    }
    assert (nobody.status_code, nobody.json()["counts"]["expected"]) == (200, 0)
    assert after == before


async def test_a_request_that_asks_nobody_is_refused(issued: Sample) -> None:
    answer = await ask(issued, agencies=[], collectives=[SCHOOLS])

    assert answer.status_code == 422
    assert faults(answer) == [("#/agencies", "nobody_to_ask")]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"due_on": "2024-06-09"}, ("#/due_on", "day_has_passed")),
        ({"issued_on": "2024-06-11"}, ("#/issued_on", "day_in_future")),
        ({"agencies": [FOREIGN_AFFAIRS, "KHONG-CO"]}, ("#/agencies/1", "unknown_agency")),
        ({"collectives": ["KHONG-CO"]}, ("#/collectives/0", "unknown_collective")),
        ({"tasks": [CULTURAL_DIPLOMACY, "99.1"]}, ("#/tasks/1", "unknown_task")),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_name(
    issued: Sample, changes: dict[str, Any], fault: tuple[str, str]
) -> None:
    answer = await ask(issued, **changes)

    assert answer.status_code == 422
    assert faults(answer) == [fault]


@pytest.mark.parametrize(
    "changes",
    [
        {"agencies": []},
        {"data_to": "2023-12-31"},
        {"questions": [QUESTIONS[0], QUESTIONS[0]]},
        {"questions": [{"id": str(n), "text": "?"} for n in range(51)]},
    ],
)
async def test_a_request_without_sense_is_refused(issued: Sample, changes: dict[str, Any]) -> None:
    assert (await ask(issued, **changes)).status_code == 422
    assert await issued.rows(ReportRequest) == 0


async def test_today_is_soon_enough_and_the_day_is_the_provinces(issued: Sample) -> None:
    with time_machine.travel(datetime(2024, 6, 20, 17, 30, tzinfo=UTC), tick=True):
        late = await ask(issued)
    with time_machine.travel(datetime(2024, 6, 20, 16, 30, tzinfo=UTC), tick=True):
        in_time = await ask(issued)

    assert (late.status_code, in_time.status_code) == (422, 201)


async def test_one_document_asks_once_in_a_plan(issued: Sample) -> None:
    first = await asked(issued)
    again = await ask(issued, agencies=[INDUSTRY_AND_TRADE])
    next_year = await ask(issued, issued_on="2023-06-07")

    assert (again.status_code, again.json()["code"]) == (409, "already_asked")
    assert again.headers["location"] == f"/v1/report-requests/{first['id']}"
    assert next_year.json()["period"] == "adhoc-15-stttt-ttbcxb-2023"


async def test_the_issuer_asks_too_and_nobody_else(issued: Sample) -> None:
    by_issuer = await ask(issued, await issued.issuer(), number="1/UBND")
    refused = [
        await ask(issued, await issued.by(FOREIGN_AFFAIRS, Role.COORDINATOR)),
        await ask(issued, await issued.by(INFORMATION, Role.ISSUER)),
        await ask(issued, await issued.reporter(INFORMATION)),
    ]

    assert by_issuer.status_code == 201
    assert [one.status_code for one in refused] == [403, 403, 403]


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
    assert {(one.status, one.waived_reason, one.draft) for one in rows.values()} == {
        (SubmissionStatus.WAIVED, reason["reason"], None)
    }
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


async def test_a_draft_asks_nobody(drafted: Sample) -> None:
    answer = await ask(drafted, await drafted.issuer())

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_plan_state")
    assert await drafted.rows(ReportRequest) == 0


async def test_a_closed_plan_asks_no_more(issued: Sample) -> None:
    told = await asked(issued)
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        await http.post(f"/v1/plans/{plan.id}/close")
        url = f"/v1/report-requests/{told['id']}"
        withdrawn = await http.post(f"{url}/withdraw", json={"reason": "Thôi."})
        read = await http.get(url)
    again = await ask(issued, number="16/STTTT")

    assert {one.json()["code"] for one in (withdrawn, again)} == {"wrong_plan_state"}
    assert read.json()["allowed_actions"] == []

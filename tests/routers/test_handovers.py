"""Who decides on what an agency that ended left behind, and what that changes."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.clock import local_day, utc_now
from app.config import Settings
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.jobs.roll_forward import roll_forward
from app.models import (
    Assignment,
    AssignmentAction,
    AssignmentActionKind,
    AssignmentStatus,
    Handover,
    HandoverState,
    HandoverSubject,
    PlanCoordinator,
    Submission,
    SubmissionStatus,
)
from app.queries.registry.agencies import get_agency
from tests.support.factories import make_client
from tests.support.reports import COMPLETED, file
from tests.support.sample import Sample, filled_database, issue_sample_plan, opened
from tests.support.sample_facts import (
    AGRICULTURE_AND_ENVIRONMENT,
    COMMITTEE_OFFICE,
    CULTURAL_DIPLOMACY,
    CULTURE,
    ENVIRONMENT,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    LABOUR,
    PROVINCIAL_COMMITTEE,
    SCIENCE,
)
from tests.support.transactions import Engines

DECISION: dict[str, Any] = {
    "successors": [CULTURE],
    "reason": "Thông tin đối ngoại",
    "basis": "15/TB-UBND",
}


async def settle_all(session: AsyncSession) -> None:
    await settle(Act(session, None, utc_now()))


@pytest.fixture(scope="module")
def ended_url() -> Iterator[str]:
    """A database with the sample's plan as of today, before anybody decided anything."""
    with filled_database("ended", issue_sample_plan, settle_all) as url:
        yield url


@pytest.fixture
async def ended(ended_url: str, settings: Settings, engines: Engines) -> AsyncIterator[Sample]:
    """That world in a transaction of the test's own."""
    async with opened(engines, ended_url, settings) as sample:
        yield sample


async def listed(world: Sample, query: str) -> list[dict[str, Any]]:
    async with await world.by(COMMITTEE_OFFICE, Role.READER) as http:
        answer = await http.get(f"/v1/handovers?state=pending&limit=200&{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def decide(
    world: Sample, who: tuple[str, Role], path: str, status: int = 200, **json: Any
) -> dict[str, Any]:
    async with await world.by(*who) as http:
        answer = await http.post(f"/v1/handovers/{path}", json=json)
    assert answer.status_code == status, answer.text
    decided: dict[str, Any] = answer.json()
    return decided


ADMINISTRATOR = (COMMITTEE_OFFICE, Role.ADMINISTRATOR)
ISSUER = (PROVINCIAL_COMMITTEE, Role.ISSUER)
NEW_COORDINATOR = (CULTURE, Role.COORDINATOR)


async def coordination(world: Sample) -> dict[str, Any]:
    [found] = await listed(world, "subject=coordination")
    return found


async def test_candidates_come_with_their_scopes(ended: Sample) -> None:
    [first, *_] = await listed(ended, "agency=STTTT&subject=assignment")

    assert [(one["agency"]["code"], one["scope"]) for one in first["candidates"]] == [
        (SCIENCE, "bưu chính, viễn thông, công nghệ thông tin, chuyển đổi số"),
        (CULTURE, "báo chí, xuất bản, thông tin đối ngoại"),
    ]
    assert (first["effective_on"], first["to_agency"]) == ("2025-03-01", None)


async def test_the_issuer_says_who_coordinates_and_only_that_one_reviews(ended: Sample) -> None:
    filed = await file(ended, COMPLETED)
    case = await coordination(ended)

    await decide(ended, ISSUER, f"{case['id']}/decide", **DECISION)

    plan = await ended.the_plan()
    rows = await ended.session.exec(
        select(PlanCoordinator).order_by(col(PlanCoordinator.valid_from).nulls_first())
    )
    assert [str(row.valid_until) for row in rows] == ["2025-03-01", "None"]
    async with await ended.by(COMMITTEE_OFFICE, Role.READER) as http:
        shown = (await http.get(f"/v1/plans/{plan.id}")).json()
    assert [
        (one["agency"]["code"], one["valid_from"], one["valid_until"])
        for one in shown["coordinators"]
    ] == [(INFORMATION, None, "2025-03-01"), (CULTURE, "2025-03-01", None)]
    url = f"/v1/submissions/{filed['id']}/accept"
    async with await ended.coordinator() as http:
        assert (await http.post(url, json={"attempt": 1})).status_code == 404
    async with await ended.by(*NEW_COORDINATOR) as http:
        assert (await http.post(url, json={"attempt": 1})).status_code == 200


async def test_nobody_reviews_while_nobody_coordinates(ended: Sample) -> None:
    filed = await file(ended, COMPLETED)

    async with await ended.coordinator() as http:
        answer = await http.post(f"/v1/submissions/{filed['id']}/accept", json={"attempt": 1})

    assert answer.status_code == 404


async def test_the_coordinator_decides_on_assignments_one_by_one_or_many_at_once(
    ended: Sample,
) -> None:
    case = await coordination(ended)
    await decide(ended, ISSUER, f"{case['id']}/decide", **DECISION)
    [first, *rest] = await listed(ended, "agency=STTTT&subject=assignment")

    one = await decide(ended, NEW_COORDINATOR, f"{first['id']}/decide", **DECISION)
    many = await decide(
        ended,
        NEW_COORDINATOR,
        "decide",
        plan=first["plan"]["id"],
        from_agency=INFORMATION,
        successors=[CULTURE],
        reason="Còn lại",
    )

    assert (one["state"], one["to_agency"]["code"], one["decided_by"]["code"]) == (
        "decided",
        CULTURE,
        CULTURE,
    )
    assert many == {"decided": len(rest)}
    assert await listed(ended, "agency=STTTT") == []


@pytest.mark.parametrize(
    ("who", "subject"),
    [
        ((SCIENCE, Role.COORDINATOR), "assignment"),
        ((SCIENCE, Role.ISSUER), "assignment"),
        ((INFORMATION, Role.COORDINATOR), "assignment"),
        ((CULTURE, Role.ISSUER), "coordination"),
        ((INFORMATION, Role.COORDINATOR), "coordination"),
    ],
)
async def test_others_do_not_decide(ended: Sample, who: tuple[str, Role], subject: str) -> None:
    [first, *_] = await listed(ended, f"agency=STTTT&subject={subject}")

    await decide(ended, who, f"{first['id']}/decide", status=403, **DECISION)

    async with await ended.by(*who) as http:
        shown = (await http.get(f"/v1/handovers/{first['id']}")).json()
    assert shown["allowed_actions"] == []


async def test_an_administrator_decides_on_all(ended: Sample) -> None:
    case = await coordination(ended)
    async with await ended.by(*ADMINISTRATOR) as http:
        shown = (await http.get(f"/v1/handovers/{case['id']}")).json()

    assert shown["allowed_actions"] == ["decide"]
    await decide(ended, ADMINISTRATOR, f"{case['id']}/decide", **DECISION)


async def test_only_a_successor_takes_over(ended: Sample) -> None:
    case = await coordination(ended)
    path = f"{case['id']}/decide"

    answer = await decide(
        ended, ISSUER, path, 422, **DECISION | {"successors": [INDUSTRY_AND_TRADE]}
    )

    assert [fault["code"] for fault in answer["errors"]] == ["not_a_candidate"]


async def test_what_was_decided_is_not_decided_again(ended: Sample) -> None:
    case = await coordination(ended)
    path = f"{case['id']}/decide"
    await decide(ended, ISSUER, path, **DECISION)

    again = await decide(ended, ISSUER, path, 409, **DECISION | {"successors": [SCIENCE]})
    none = await decide(
        ended,
        ADMINISTRATOR,
        "decide",
        409,
        plan=case["plan"]["id"],
        from_agency=INDUSTRY_AND_TRADE,
        successors=[CULTURE],
        reason="Không có gì",
    )

    assert {again["code"], none["code"]} == {"handover_not_pending"}


async def test_a_decision_is_told_and_audited(ended: Sample) -> None:
    [first, *_] = await listed(ended, "agency=STTTT&subject=assignment")

    await decide(ended, ADMINISTRATOR, f"{first['id']}/decide", **DECISION)

    entries, events = await ended.noted("handover", first["id"])
    assert [entry.action for entry in entries] == ["opened", "decided"]
    assert events[-1].data["to"] == [CULTURE]
    _, moved = await ended.noted("assignment", first["assignment"]["id"])
    assert moved[-1].type in ("tiendo.assignment.handed_over", "tiendo.assignment.merged")


async def owed_by_none_of(world: Sample, agencies: set[str]) -> dict[str, Any]:
    """A yearly assignment that waits, of a task that none of these agencies owes already."""
    for case in await listed(world, "agency=STTTT&subject=assignment"):
        if case["assignment"]["occurrence"] != "2025":
            continue
        url = f"/v1/assignments?task={case['assignment']['task']['id']}&limit=200"
        async with await world.by(COMMITTEE_OFFICE, Role.READER) as http:
            rows = (await http.get(url)).json()["items"]
        if agencies.isdisjoint(one["agency"]["code"] for one in rows):
            return case
    raise AssertionError(agencies)


async def test_each_of_several_successors_gets_a_part_of_its_own(ended: Sample) -> None:
    yearly = await owed_by_none_of(ended, {SCIENCE, CULTURE})
    whole, task = yearly["assignment"]["id"], yearly["assignment"]["task"]["id"]
    both = DECISION | {"successors": [SCIENCE, CULTURE]}

    first = await decide(ended, ADMINISTRATOR, f"{yearly['id']}/decide", **both)
    await roll_forward(ended.api.app.state.sessionmaker, at=datetime(2027, 3, 1, 2, tzinfo=UTC))

    async with await ended.by(COMMITTEE_OFFICE, Role.READER) as http:
        taken = (await http.get(f"/v1/handovers?assignment={whole}")).json()["items"]
        split = (await http.get(f"/v1/assignments/{whole}")).json()
        rows = (await http.get(f"/v1/assignments?task={task}&limit=200")).json()["items"]
    assert (first["state"], first["to_agency"]["code"]) == ("decided", SCIENCE)
    assert {(one["to_agency"]["code"], one["state"]) for one in taken} == {
        (SCIENCE, "decided"), (CULTURE, "decided"),
    }  # fmt: skip
    assert (split["status"], split["agency"]["code"], split["allowed_actions"]) == (
        "split", INFORMATION, [],
    )  # fmt: skip
    owing = {
        occurrence: {
            one["agency"]["code"]
            for one in rows
            if (one["occurrence"], one["status"]) == (occurrence, "not_started")
        }
        for occurrence in ("2025", "2028")
    }
    assert owing["2025"] >= {SCIENCE, CULTURE}
    assert owing["2028"] >= {SCIENCE, CULTURE}
    _, told = await ended.noted("assignment", whole)
    assert told[-1].type == "tiendo.assignment.split"
    part = next(one for one in rows if one["split_from_id"] == whole)
    expected = await ended.session.exec(
        select(Submission).where(col(Submission.assignment_id) == UUID(part["id"]))
    )
    assert {one.status for one in expected} == {SubmissionStatus.EXPECTED}
    left = await ended.session.exec(
        select(Submission).where(
            col(Submission.assignment_id) == UUID(whole), col(Submission.attempts) == 0
        )
    )
    assert {one.status for one in left} == {SubmissionStatus.WAIVED}


async def test_a_suspended_assignment_that_is_split_stays_suspended_and_resumes_as_it_was(
    ended: Sample,
) -> None:
    yearly = await owed_by_none_of(ended, {SCIENCE, CULTURE})
    whole = await ended.session.get_one(Assignment, UUID(yearly["assignment"]["id"]))
    committee = await get_agency(ended.session, PROVINCIAL_COMMITTEE)
    issuer = await make_client(ended.session, committee, [Role.ISSUER])
    whole.status, whole.changed_on = AssignmentStatus.SUSPENDED, local_day(utc_now())
    ended.session.add(
        AssignmentAction(
            assignment_id=whole.id,
            number=1,
            action=AssignmentActionKind.SUSPENDED,
            from_status=AssignmentStatus.IN_PROGRESS,
            to_status=AssignmentStatus.SUSPENDED,
            reason="Chưa bố trí được kinh phí.",
            basis="2/QĐ-UBND",
            done_at=utc_now(),
            done_on=date(2025, 2, 1),
            agency_id=issuer.agency_id,
            client_id=issuer.id,
        )
    )
    await ended.session.commit()

    await decide(
        ended,
        ADMINISTRATOR,
        f"{yearly['id']}/decide",
        **DECISION | {"successors": [SCIENCE, CULTURE]},
    )
    async with await ended.by(*ISSUER) as http:
        url = f"/v1/assignments?task={yearly['assignment']['task']['id']}&limit=200"
        listed = (await http.get(url)).json()["items"]
        parts = [one for one in listed if one["split_from_id"] == str(whole.id)]
        resumed = await http.post(
            f"/v1/assignments/{parts[0]['id']}/resume",
            json={"reason": "Đã bố trí kinh phí.", "basis": "3/QĐ-UBND"},
        )

    assert {one["agency"]["code"]: one["status"] for one in parts} == {
        SCIENCE: "suspended",
        CULTURE: "suspended",
    }
    assert (resumed.status_code, resumed.json()["status"]) == (200, "in_progress")


async def test_a_dry_run_tells_what_would_be_decided_and_stores_nothing(ended: Sample) -> None:
    [first, *_] = await listed(ended, "agency=STTTT&subject=assignment")
    before = await ended.rows_of_all_tables()
    many = {"plan": first["plan"]["id"], "from_agency": INFORMATION, **DECISION}

    one = await decide(ended, ADMINISTRATOR, f"{first['id']}/decide?dry_run=true", **DECISION)
    all_of_it = await decide(ended, ADMINISTRATOR, "decide?dry_run=true", **many)
    wrong = DECISION | {"successors": [INDUSTRY_AND_TRADE]}
    refused = await decide(ended, ADMINISTRATOR, f"{first['id']}/decide?dry_run=true", 422, **wrong)
    waiting = await listed(ended, "agency=STTTT&subject=assignment")

    assert (one["state"], one["to_agency"]["code"]) == ("decided", CULTURE)
    assert all_of_it["decided"] == len(waiting)
    assert refused["errors"][0]["code"] == "not_a_candidate"
    assert await ended.rows_of_all_tables() | {"client": 0} == before | {"client": 0}


@pytest.mark.parametrize(
    ("subject", "successors", "pointer", "code"),
    [
        ("coordination", [CULTURE, SCIENCE], "#/successors", "one_alone"),
        ("assignment", [CULTURE, CULTURE], "#/successors/1", "named_twice"),
        ("assignment", [CULTURE, INDUSTRY_AND_TRADE], "#/successors/1", "not_a_candidate"),
        ("assignment", [], "#/successors", "too_short"),
    ],
)
async def test_what_cannot_be_split_is_refused(
    ended: Sample, subject: str, successors: list[str], pointer: str, code: str
) -> None:
    [case, *_] = await listed(ended, f"agency=STTTT&subject={subject}")
    given = DECISION | {"successors": successors}

    answer = await decide(ended, ADMINISTRATOR, f"{case['id']}/decide", 422, **given)

    assert [(one["pointer"], one["code"]) for one in answer["errors"]] == [(pointer, code)]


async def test_nobody_reports_on_what_waits(ended: Sample) -> None:
    [first, *_] = await listed(ended, "agency=SLDTBXH&subject=assignment")
    url = f"/v1/assignments/{first['assignment']['id']}/submissions/2025"

    async with await ended.reporter(LABOUR) as http:
        answer = await http.put(url, json=COMPLETED)

    assert answer.json()["code"] in ("assignment_not_open", "not_found")


async def test_a_report_that_was_filed_stays_its_authors(issued: Sample) -> None:
    assignment = await issued.assignment(ENVIRONMENT, CULTURAL_DIPLOMACY, "once")
    url = f"/v1/assignments/{assignment.id}/submissions/2024?submit=true"
    async with await issued.reporter(ENVIRONMENT) as http:
        filed = (await http.put(url, json=COMPLETED)).json()
    await settle(Act(issued.session, None, utc_now()))
    await issued.session.commit()

    async with await issued.reporter(ENVIRONMENT) as http:
        mine = (await http.get(f"/v1/submissions/{filed['id']}")).json()
        assert mine["allowed_actions"] == []
        attempts = (await http.get(f"/v1/submissions/{filed['id']}/attempts")).json()["items"]
    async with await issued.reporter(AGRICULTURE_AND_ENVIRONMENT) as http:
        theirs = (await http.get(f"/v1/submissions/{filed['id']}")).json()
        refused = await http.post(f"/v1/submissions/{filed['id']}/withdraw")

    assert attempts[0]["agency"]["code"] == ENVIRONMENT
    assert theirs["agency"]["code"] == AGRICULTURE_AND_ENVIRONMENT
    assert (refused.status_code, theirs["content"]) == (403, mine["content"])


async def test_review_goes_on_while_a_assignment_waits(issued: Sample) -> None:
    assignment = await issued.assignment(LABOUR, "2.3", "2024")
    url = f"/v1/assignments/{assignment.id}/submissions/2024?submit=true"
    async with await issued.reporter(LABOUR) as http:
        filed = (await http.put(url, json=COMPLETED)).json()
    await settle(Act(issued.session, None, utc_now()))
    await issued.session.commit()
    case = await coordination(issued)
    await decide(issued, ISSUER, f"{case['id']}/decide", **DECISION)

    async with await issued.by(*NEW_COORDINATOR) as http:
        answer = await http.post(f"/v1/submissions/{filed['id']}/accept", json={"attempt": 1})

    assert answer.status_code == 200, answer.text
    [row] = [one for one in await issued.assignments("2.3", "2024") if one.id == assignment.id]
    states = await issued.session.exec(
        select(col(Handover.state)).where(
            col(Handover.assignment_id) == assignment.id,
            col(Handover.subject) == HandoverSubject.ASSIGNMENT,
        )
    )
    assert (row.status, row.awaits_handover, list(states)) == (
        "completed",
        False,
        [HandoverState.SUPERSEDED],
    )

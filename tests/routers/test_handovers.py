"""Decisions on the assignments of an agency that ended: the callers that may take them, and the
effects."""

import pytest
from sqlmodel import col, select

from app.auth.principal import Role
from app.clock import utc_now
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.models import (
    Handover,
    HandoverState,
    HandoverSubject,
    PlanCoordinator,
)
from tests.support.handovers import (
    ADMINISTRATOR,
    DECISION,
    ISSUER,
    NEW_COORDINATOR,
    coordination,
    decide,
    listed,
)
from tests.support.reports import COMPLETED, file
from tests.support.sample import Sample
from tests.support.sample_facts import (
    AGRICULTURE_AND_ENVIRONMENT,
    COMMITTEE_OFFICE,
    CULTURAL_DIPLOMACY,
    CULTURE,
    ENVIRONMENT,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    LABOUR,
    SCIENCE,
)


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

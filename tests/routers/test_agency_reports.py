"""An agency's own report on a plan: written with what is drafted, by whom and for which days."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.models import AgencyReportPart, Event, ReportingRegime
from app.queries.events import visible_events
from tests.support.agency_reports import (
    DECEMBER,
    DOCUMENT,
    WORDS,
    decide,
    draft,
    faults,
    filed,
    part,
    put,
    shown,
)
from tests.support.assignments import COORDINATOR, REPORTER, at, read
from tests.support.reports import COMPLETED
from tests.support.sample import REPORT, Sample, principal_of
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
)


async def test_what_is_owed_is_listed_before_anybody_writes(issued: Sample) -> None:
    with at(DECEMBER):
        report = await shown(issued, REPORTER)
        plan = await issued.the_plan()
        url = f"plans/{plan.id}/agency-reports"
        whole = await read(issued, COORDINATOR, f"{url}?period=2024&limit=200")
        own = await read(issued, REPORTER, f"{url}?period=2024")

    assert (report["id"], report["status"], report["content"]) == (None, "expected", None)
    assert report["counts"]["expected"] == report["counts"]["not_filed"] > 0
    assert set(report["missing"]) == {one["id"] for one in report["submissions"]}
    assert report["allowed_actions"] == ["write"]
    assert len(whole["items"]) > 30
    assert [one["agency"]["code"] for one in own["items"]] == [FOREIGN_AFFAIRS]


async def test_the_list_goes_on_after_each_page(issued: Sample) -> None:
    plan = await issued.the_plan()
    with at(DECEMBER):
        url = f"plans/{plan.id}/agency-reports?limit=40"
        found: list[dict[str, Any]] = []
        while url:
            page = await read(issued, COORDINATOR, url)
            found += page["items"]
            url = (page["next"] or "").rpartition("/v1/")[2]

    keys = [(one["due_on"], one["period"], one["agency"]["id"]) for one in found]
    assert keys == sorted(set(keys))
    assert len(keys) > 40


async def test_filing_files_all_that_is_drafted_under_one_document_and_day(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued)
        one = await read(issued, REPORTER, f"submissions/{part(report)['id']}")
        rows = list(await issued.session.exec(select(AgencyReportPart)))

    assert (report["status"], report["attempts"], report["received_on"]) == (
        "submitted",
        1,
        DECEMBER,
    )
    assert report["content"]["causes"] == "Thiếu kinh phí."
    assert (one["status"], one["received_on"]) == ("submitted", DECEMBER)
    assert one["content"]["document"]["number"] == DOCUMENT["number"]
    assert part(report)["is_part"]
    assert part(report)["id"] not in report["missing"]
    assert len(report["missing"]) == len(report["submissions"]) - 1
    assert len(rows) == 1


async def test_the_same_again_changes_nothing(issued: Sample) -> None:
    with at(DECEMBER):
        first = await filed(issued)
        again = await filed(issued)

    assert again == first


async def test_a_draft_is_its_agencys_alone(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, REPORT)
        report = await filed(issued, submit=False)
        others = await shown(issued)

    assert (report["status"], report["is_draft"]) == ("draft", True)
    assert report["allowed_actions"] == ["write", "submit"]
    assert (others["status"], others["is_draft"], others["content"]) == ("expected", False, None)
    assert part(report)["status"] == "draft"
    assert part(others)["status"] == "expected"


async def test_a_draft_is_submitted_later(issued: Sample) -> None:
    with at(DECEMBER):
        report = await filed(issued, submit=False)
        report = await decide(issued, report, "submit", who=REPORTER)

    assert (report["status"], report["is_draft"], report["attempts"]) == ("submitted", False, 1)


async def test_a_filing_names_its_document_and_says_something(issued: Sample) -> None:
    with at(DECEMBER):
        nothing: dict[str, Any] = dict.fromkeys(WORDS, " ") | {"document": None}
        assert faults(await put(issued, **nothing)) == [
            ("#/results", "required"),
            ("#/document", "required"),
        ]
        ahead = DOCUMENT | {"issued_on": "2024-12-13"}
        assert faults(await put(issued, document=ahead)) == [
            ("#/document/issued_on", "day_in_future")
        ]


async def test_what_is_wrong_with_a_draft_is_said_with_its_task(issued: Sample) -> None:
    with at(DECEMBER):
        await draft(issued, COMPLETED | {"results": ""})
        answer = await put(issued)

    [fault] = answer.json()["errors"]
    assert fault["pointer"].endswith("/results")
    assert fault["detail"].startswith(f"Task {CULTURAL_DIPLOMACY}: ")
    assert not list(await issued.session.exec(select(AgencyReportPart)))


async def test_a_regime_may_want_all_submissions(issued: Sample) -> None:
    regimes = await issued.session.exec(select(ReportingRegime))
    for regime in regimes:
        regime.wants = [*regime.wants, "all_submissions"]
    await issued.session.flush()
    with at(DECEMBER):
        expected = await shown(issued, REPORTER)
        await draft(issued, REPORT)
        found = faults(await put(issued))

    assert {code for _, code in found} == {"missing_submission"}
    assert len(found) == len(expected["missing"]) - 1


async def test_the_coordinator_enters_what_came_on_paper_and_leaves_drafts_alone(
    issued: Sample,
) -> None:
    with at("2025-01-06"):
        await draft(issued, REPORT)
        entered = await filed(issued, who=COORDINATOR, received_on="2024-12-16")
        accepted = await decide(issued, entered, "accept", attempt=1)
        own = await shown(issued, REPORTER)

    assert (entered["received_on"], entered["entered_by"]["code"]) == ("2024-12-16", INFORMATION)
    assert accepted["status"] == "accepted"
    assert part(own)["status"] == "draft"


@pytest.mark.parametrize(
    ("who", "changes", "status"),
    [
        (REPORTER, {"agency": HEALTH}, 403),
        (REPORTER, {"received_on": "2024-12-01"}, 403),
        (COORDINATOR, {}, 403),
        (COORDINATOR, {"received_on": "2025-01-01"}, 422),
        (COORDINATOR, {"received_on": "2023-01-01"}, 422),
        (REPORTER, {"period": "2019"}, 404),
    ],
)
async def test_nobody_writes_for_others_or_for_days_that_are_not(
    issued: Sample, who: Any, changes: dict[str, Any], status: int
) -> None:
    with at(DECEMBER):
        assert (await put(issued, who=who, **changes)).status_code == status


async def test_others_do_not_learn_of_it(issued: Sample) -> None:
    health = (HEALTH, *REPORTER[1:])
    with at(DECEMBER):
        report = await filed(issued)
        base = f"plans/{report['plan_id']}/agency-reports"
        async with await issued.by(*health) as http:
            by_id = await http.get(f"/v1/{base}/{report['id']}")
            by_key = await http.get(f"/v1/{base}/{FOREIGN_AFFAIRS}/2024")
            attempts = await http.get(f"/v1/{base}/{report['id']}/attempts")
        learn = [
            await issued.session.exec(
                visible_events(principal_of(await issued.client(*one))).where(
                    col(Event.noun) == "agency_report"
                )
            )
            for one in (health, REPORTER, COORDINATOR)
        ]

    assert {one.status_code for one in (by_id, by_key, attempts)} == {404}
    assert [[row.subject for row in rows] for rows in learn] == [
        [],
        [f"/v1/{base}/{report['id']}"],
        [f"/v1/{base}/{report['id']}"],
    ]

"""A plan that is entered after its first years: what happened meanwhile counts by its own days."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.auth.principal import Role
from app.clock import utc_now
from app.db import SessionMaker
from app.jobs.hand_over import hand_over
from app.jobs.roll_forward import roll_forward
from app.models import Agency, Assignment, AssignmentState, AssignmentStatus, Plan, Submission, Task
from tests.support.assignments import COORDINATOR, ISSUER, at, done, read, send
from tests.support.issuing import BODY
from tests.support.plan_files import docx, row, table
from tests.support.reports import COMPLETED, EVIDENCE
from tests.support.sample import REPORT, Sample, plan_file
from tests.support.sample_facts import (
    AGRICULTURE,
    AGRICULTURE_AND_ENVIRONMENT,
    APPOINT_OFFICERS,
    CULTURAL_DIPLOMACY,
    CULTURAL_FESTIVALS,
    CULTURE,
    EDUCATION,
    FARM_PRODUCTS,
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    HIGHLAND_PROGRAMME,
    HOME_AFFAIRS,
    LOC_HA,
    PLANNING,
    TEACH_THE_POLICIES,
    TEACH_THE_RESOLUTION,
    THACH_HA,
    VIETNAMESE_LESSONS,
)

SMALL = table(
    row("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện"),
    row("1", "Một lần", "Sở Ngoại vụ", "Sở Nội vụ", "2024"),
    row("2", "Mọi năm", "Sở Ngoại vụ", "Sở Nội vụ", "Hằng năm"),
    row("3", "Lâu dài", "Sở Ngoại vụ", "Sở Nội vụ", "2024-2030"),
)
LATER = "2025-02-10"
# The reports of the story: the day of receipt, the agency, the task, the occurrence, and the
# content.
STORY = [
    ("2024-12-05", HOME_AFFAIRS, "1", "once", REPORT),
    ("2024-12-09", FOREIGN_AFFAIRS, "1", "once", COMPLETED),
    ("2024-12-18", FOREIGN_AFFAIRS, "3", "once", REPORT),
    ("2024-12-20", HOME_AFFAIRS, "2", "2024", COMPLETED),
    ("2025-01-06", HOME_AFFAIRS, "3", "once", REPORT),
    ("2025-01-10", FOREIGN_AFFAIRS, "2", "2024", COMPLETED),
]
DAYS = ("2024-06-03", "2024-12-09", "2024-12-20", "2024-12-21", "2025-01-06", "2025-01-10", LATER)


async def issued_plan(sample: Sample, day: str, content: bytes | None = None, **given: Any) -> UUID:
    """A plan of 20/05/2024 that was issued here on this day: a small one, or that of a file."""
    file = ("ke-hoach.docx", content or docx(SMALL))
    with at(day):
        async with await sample.issuer() as http:
            made = await http.post("/v1/plan-imports", files={"file": file})
            url = f"/v1/plans/{made.json()['plan_id']}"
            changed = await http.patch(url, json=BODY | given)
            assert changed.status_code == 200, changed.text
            answer = await http.post(f"{url}/issue")
            assert answer.status_code == 200, answer.text
    return UUID(made.json()["plan_id"])


async def owed(sample: Sample, plan_id: UUID, code: str, ordinal: str, occurrence: str) -> UUID:
    rows = await sample.session.exec(
        select(Assignment.id)
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Agency, col(Agency.id) == col(Assignment.agency_id))
        .where(
            col(Assignment.plan_id) == plan_id,
            col(Task.ordinal) == ordinal,
            col(Agency.code) == code,
            col(Assignment.occurrence) == occurrence,
            col(Assignment.status) != AssignmentStatus.MERGED,
        )
    )
    return rows.one()


async def followed(sample: Sample) -> UUID:
    """The plan as it was followed up day by day."""
    sessions: SessionMaker = sample.api.app.state.sessionmaker
    plan_id = await issued_plan(sample, "2024-05-20", number="01/KH-MAU")
    await roll_forward(sessions, at=datetime(2024, 12, 15, 2, tzinfo=UTC))
    for day, code, ordinal, occurrence, content in STORY:
        row_id = await owed(sample, plan_id, code, ordinal, occurrence)
        with at(day):
            async with await sample.reporter(code) as http:
                url = f"/v1/assignments/{row_id}/submissions/2024?submit=true"
                filed = (await http.put(url, json=content)).json()
            await done(sample, COORDINATOR, f"submissions/{filed['id']}/accept", attempt=1)
    await roll_forward(sessions, at=datetime(2025, 2, 10, 1, tzinfo=UTC))
    return plan_id


async def entered(sample: Sample) -> UUID:
    """The same plan, entered on the last day with all that happened meanwhile."""
    plan_id = await issued_plan(sample, LATER, number="02/KH-MAU", tracked_from=LATER)
    items = [
        {
            "agency": code,
            "plan_number": "02/KH-MAU",
            "task_ordinal": ordinal,
            "occurrence": occurrence,
            "period": "2024",
            "document": EVIDENCE[0],
            "received_on": day,
            **content,
        }
        for day, code, ordinal, occurrence, content in STORY
    ]
    with at(LATER):
        stored = (await send(sample, COORDINATOR, "submissions/entries", items=items)).json()
        assert stored["counts"]["created"] == len(STORY), stored
        ids = [{"id": one["result"]["id"], "attempt": 1} for one in stored["items"]]
        answer = await send(sample, COORDINATOR, "submissions/accept", items=ids)
        assert answer.json()["counts"]["rejected"] == 0, answer.text
    return plan_id


async def figures(sample: Sample, plan_id: UUID, day: str, later: str = LATER) -> list[Any]:
    """The figures of the work and of the reports at the end of a day."""
    with at(later):
        asked = f"by=agency&as_of={day}&role=all"
        work = await read(sample, COORDINATOR, f"plans/{plan_id}/statistics?{asked}")
        url = f"plans/{plan_id}/reporting-statistics?{asked}&limit=200"
        reports = await read(sample, COORDINATOR, url)
    said = ("expected", "review", "rates")
    return [
        work["total"],
        [(one["code"], one["statistics"]) for one in work["groups"]],
        [(one["code"], {n: one["reporting"][n] for n in said}) for one in reports["groups"]],
    ]


async def test_a_plan_that_is_entered_late_has_the_figures_of_one_that_was_followed(
    sample: Sample,
) -> None:
    first, second = await followed(sample), await entered(sample)

    for day in DAYS:
        assert await figures(sample, second, day) == await figures(sample, first, day), day


async def test_of_what_was_due_before_nothing_is_expected(sample: Sample) -> None:
    plan_id = await issued_plan(sample, LATER, number="02/KH-MAU", tracked_from=LATER)

    rows = await sample.session.exec(
        select(Submission.period, Submission.status)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .where(col(Assignment.plan_id) == plan_id)
        .distinct()
    )
    assert {(period, str(status)) for period, status in rows} == {
        ("2024", "waived"),
        ("2025", "expected"),
        ("2026", "expected"),
    }


@pytest.mark.parametrize("day", ["2024-05-19", "2025-02-11"])
async def test_a_plan_is_followed_up_from_a_day_since_its_issue(sample: Sample, day: str) -> None:
    with at(LATER):
        async with await sample.issuer() as http:
            made = await http.post("/v1/plan-imports", files={"file": ("nho.docx", docx(SMALL))})
            url = f"/v1/plans/{made.json()['plan_id']}"
            changed = await http.patch(url, json=BODY | {"tracked_from": day})
            answer = await http.post(f"{url}/issue")

    assert changed.status_code == 422 or [one["pointer"] for one in answer.json()["errors"]] == [
        "#/tracked_from"
    ]
    plan = await sample.session.get_one(Plan, UUID(made.json()["plan_id"]))
    assert plan.status == "draft"


# Two years of the sample: departments that stay, that become one, that are split, and districts.
AFTER_TWO_YEARS = "2026-02-10"
YEARS = [
    ("2024-11-20", HEALTH, TEACH_THE_RESOLUTION, "once", "2024", COMPLETED),
    ("2024-12-10", AGRICULTURE, FARM_PRODUCTS, "2024", "2024", COMPLETED),
    ("2024-12-12", FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once", "2024", REPORT),
    ("2024-12-13", LOC_HA, TEACH_THE_POLICIES, "2024", "2024", COMPLETED),
    ("2024-12-16", THACH_HA, APPOINT_OFFICERS, "2024", "2024", REPORT),
    ("2024-12-19", EDUCATION, VIETNAMESE_LESSONS, "2024", "2024", COMPLETED),
    ("2025-01-08", THACH_HA, CULTURAL_FESTIVALS, "2024", "2024", COMPLETED),
    ("2025-02-03", PLANNING, HIGHLAND_PROGRAMME, "once", "2024", REPORT),
    ("2025-06-20", THACH_HA, TEACH_THE_POLICIES, "2025", "2025", COMPLETED),
    ("2025-12-11", AGRICULTURE_AND_ENVIRONMENT, FARM_PRODUCTS, "2025", "2025", COMPLETED),
    ("2025-12-22", FINANCE, HIGHLAND_PROGRAMME, "once", "2025", REPORT),
    ("2025-12-31", EDUCATION, VIETNAMESE_LESSONS, "2025", "2025", COMPLETED),
    ("2026-01-12", FOREIGN_AFFAIRS, CULTURAL_DIPLOMACY, "once", "2025", REPORT),
]
CULTURES = (CULTURE, Role.COORDINATOR)


async def two_years_followed(sample: Sample) -> UUID:
    """The sample's plan as it was followed up through two years of mergers."""
    sessions: SessionMaker = sample.api.app.state.sessionmaker
    plan_id = await issued_plan(sample, "2024-05-20", plan_file(".docx"), number="01/KH-MAU")
    told = iter([*YEARS, None])
    one = next(told)
    for day in ("2025-01-02", "2025-03-02", "2025-07-02", "2026-01-02", AFTER_TWO_YEARS):
        while one is not None and one[0] < day:
            await filed_and_accepted(sample, plan_id, *one)
            one = next(told)
        moment = datetime.fromisoformat(f"{day}T01:00:00+00:00")
        await roll_forward(sessions, at=moment)
        await hand_over(sessions, at=moment)
        if day == "2025-03-02":
            await coordination_goes_to_culture(sample, plan_id, "2025-03-05")
    return plan_id


async def filed_and_accepted(
    sample: Sample, plan_id: UUID, day: str, code: str, ordinal: str, *about: Any
) -> None:
    occurrence, period, content = about
    row_id = await owed(sample, plan_id, code, ordinal, occurrence)
    with at(day):
        async with await sample.reporter(code) as http:
            url = f"/v1/assignments/{row_id}/submissions/{period}?submit=true"
            answer = await http.put(url, json=content)
        assert answer.status_code in (200, 201), answer.text
        who = COORDINATOR if day < "2025-03-01" else CULTURES
        await done(sample, who, f"submissions/{answer.json()['id']}/accept", attempt=1)


async def coordination_goes_to_culture(sample: Sample, plan_id: UUID, day: str) -> None:
    with at(day):
        url = f"handovers?state=pending&plan={plan_id}&subject=coordination"
        [waiting] = (await read(sample, ISSUER, url))["items"]
        words = {"successors": [CULTURE], "reason": "Thông tin đối ngoại", "basis": "1/QĐ-UBND"}
        await done(sample, ISSUER, f"handovers/{waiting['id']}/decide", **words)


async def two_years_entered(sample: Sample) -> UUID:
    """The same plan, entered two years later with all that happened, from one file of lines."""
    sessions: SessionMaker = sample.api.app.state.sessionmaker
    plan_id = await issued_plan(
        sample,
        AFTER_TWO_YEARS,
        plan_file(".docx"),
        number="02/KH-MAU",
        tracked_from=AFTER_TWO_YEARS,
    )
    moment = datetime.fromisoformat(f"{AFTER_TWO_YEARS}T01:00:00+00:00")
    await roll_forward(sessions, at=moment)
    await hand_over(sessions, at=moment)
    lines = [
        json.dumps(
            {
                "agency": code,
                "plan_number": "02/KH-MAU",
                "task_ordinal": ordinal,
                "occurrence": occurrence,
                "period": period,
                "document": EVIDENCE[0],
                "received_on": day,
                **content,
            }
        )
        for day, code, ordinal, occurrence, period, content in YEARS
    ]
    await coordination_goes_to_culture(sample, plan_id, AFTER_TWO_YEARS)
    with at(AFTER_TWO_YEARS):
        async with await sample.by(*CULTURES) as http:
            answer = await http.post(
                "/v1/submissions/entries",
                content="\n".join(lines),
                headers={"Content-Type": "application/x-ndjson"},
            )
        assert answer.status_code == 207, answer.text
        stored = answer.json()
        assert stored["counts"]["created"] == len(YEARS), stored["problems"]
        ids = [{"id": one["result"]["id"], "attempt": 1} for one in stored["items"]]
        accepted = await send(sample, CULTURES, "submissions/accept", items=ids)
        assert accepted.status_code == 207, accepted.text
        assert accepted.json()["counts"]["rejected"] == 0, accepted.text
    return plan_id


async def test_two_years_of_the_sample_entered_from_a_file_have_the_figures_of_every_day(
    sample: Sample,
) -> None:
    first, second = await two_years_followed(sample), await two_years_entered(sample)

    days = ("2024-06-03", "2025-01-31", "2025-03-01", "2025-08-01", "2025-12-31", AFTER_TWO_YEARS)
    for day in days:
        one = await figures(sample, first, day, AFTER_TWO_YEARS)
        other = await figures(sample, second, day, AFTER_TWO_YEARS)
        assert other[:2] == one[:2], day
        assert filed(other) == filed(one), day


def filed(found: list[Any]) -> dict[str, Any]:
    """The numbers of filed and reviewed reports by agency. An unfiled report is owed only by an
    agency that was followed up."""
    return {
        code: (reporting["expected"]["filed"], reporting["review"])
        for code, reporting in found[2]
        if reporting["expected"]["filed"]["total"] or reporting["review"]["accepted"]
    }


async def test_what_people_decided_stands_when_a_predecessors_report_is_entered_late(
    sample: Sample,
) -> None:
    await issued_plan(
        sample,
        AFTER_TWO_YEARS,
        plan_file(".docx"),
        number="02/KH-MAU",
        tracked_from=AFTER_TWO_YEARS,
    )
    with at(AFTER_TWO_YEARS):
        await hand_over(sample.api.app.state.sessionmaker, at=utc_now())
        url = f"handovers?state=pending&agency={THACH_HA}&subject=assignment&limit=200"
        waiting = (await read(sample, ISSUER, url))["items"]
        about = ("2025", TEACH_THE_POLICIES)
        [case] = [
            one
            for one in waiting
            if (one["assignment"]["occurrence"], one["assignment"]["task"]["ordinal"]) == about
        ]
        heirs = [one["agency"]["code"] for one in case["candidates"]][:1]
        words = {"successors": heirs, "reason": "Theo địa bàn", "basis": "1/QĐ-UBND"}
        await done(sample, ISSUER, f"handovers/{case['id']}/decide", **words)
        entry = {
            "agency": THACH_HA,
            "assignment_id": case["assignment"]["id"],
            "period": "2025",
            "document": EVIDENCE[0],
            "received_on": "2025-06-20",
            **REPORT,
        }
        tried = await send(sample, ISSUER, "submissions/entries?dry_run=true", items=[entry])
        other = await send(sample, COORDINATOR, "submissions/entries", items=[entry])
        before = await read(sample, ISSUER, f"assignments/{case['assignment']['id']}")
        stored = await send(sample, ISSUER, "submissions/entries", items=[entry])
        after = await read(sample, ISSUER, f"assignments/{case['assignment']['id']}")
        history = (await read(sample, ISSUER, f"handovers?assignment={after['id']}"))["items"]

    assert tried.json()["counts"]["created"] == 1
    assert other.status_code in (207, 403)
    assert (before["agency"]["code"], before["status"]) == (heirs[0], "not_started")
    assert stored.json()["counts"]["created"] == 1, stored.text
    assert (after["agency"]["code"], after["status"]) == (heirs[0], "in_progress")
    assert sorted(one["state"] for one in history) == ["decided", "superseded"]
    rows = await sample.session.exec(
        select(AssignmentState)
        .where(col(AssignmentState.assignment_id) == UUID(after["id"]))
        .order_by(col(AssignmentState.since))
        .execution_options(populate_existing=True)
    )
    assert [(one.since.isoformat(), str(one.status)) for one in rows][-2:] == [
        ("2025-06-20", "in_progress"),
        ("2025-07-01", "in_progress"),
    ]

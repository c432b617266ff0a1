"""A plan that is entered after its first years: what happened meanwhile counts by its own days."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.db import SessionMaker
from app.jobs.roll_forward import roll_forward
from app.models import Agency, Assignment, Plan, Submission, Task
from tests.support.assignments import COORDINATOR, at, done, read, send
from tests.support.issuing import BODY
from tests.support.plan_files import docx, row, table
from tests.support.reports import COMPLETED, EVIDENCE
from tests.support.sample import REPORT, Sample

SMALL = table(
    row("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện"),
    row("1", "Một lần", "Sở Ngoại vụ", "Sở Nội vụ", "2024"),
    row("2", "Mọi năm", "Sở Ngoại vụ", "Sở Nội vụ", "Hằng năm"),
    row("3", "Lâu dài", "Sở Ngoại vụ", "Sở Nội vụ", "2024-2030"),
)
LATER = "2025-02-10"
# What happened: the day of receipt, whose report, on which task, and what it said.
STORY = [
    ("2024-12-05", "SNV", "1", "once", REPORT),
    ("2024-12-09", "SNGV", "1", "once", COMPLETED),
    ("2024-12-18", "SNGV", "3", "once", REPORT),
    ("2024-12-20", "SNV", "2", "2024", COMPLETED),
    ("2025-01-06", "SNV", "3", "once", REPORT),
    ("2025-01-10", "SNGV", "2", "2024", COMPLETED),
]
DAYS = ("2024-06-03", "2024-12-09", "2024-12-20", "2024-12-21", "2025-01-06", "2025-01-10", LATER)


async def issued_plan(sample: Sample, day: str, **given: Any) -> UUID:
    """A plan of 20/05/2024 that was issued here on this day."""
    with at(day):
        async with await sample.issuer() as http:
            made = await http.post("/v1/plan-imports", files={"file": ("nho.docx", docx(SMALL))})
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


async def figures(sample: Sample, plan_id: UUID, day: str) -> list[Any]:
    """What is said of the work and of the reports at the end of a day."""
    with at(LATER):
        asked = f"by=agency&as_of={day}&role=all"
        work = await read(sample, COORDINATOR, f"plans/{plan_id}/statistics?{asked}")
        url = f"plans/{plan_id}/reporting-statistics?{asked}"
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

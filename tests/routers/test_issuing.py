"""None"""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.models import (
    Agency,
    AssigneeRole,
    Assignment,
    AssignmentState,
    Event,
    ReportingRegime,
    Submission,
    Task,
)
from tests.support.issuing import BODY, complete
from tests.support.plan_files import docx, row, table
from tests.support.sample import ISSUED, MADE, Sample
from tests.support.sample_facts import (
    FOREIGN_AFFAIRS,
    HOME_AFFAIRS,
    INFORMATION,
    LOC_HA,
    PLANNING,
    SCHOOLS,
)

# The number of agencies that owe each task in 2024, and in 2025, when the district of Lộc Hà is
# gone.
ONCE = {
    "1.1": 32, "2.1": 32, "2.6": 32, "3.2": 32, "3.3": 32, "3.4": 6, "3.7": 2, "3.8": 32,
    "4.1": 17, "4.2": 5, "4.3": 34, "4.4": 13,
}  # fmt: skip


YEARLY = {
    "1.2": (32, 31), "2.2": (32, 31), "2.3": (4, 4), "2.4": (32, 31), "2.5": (32, 31),
    "3.1": (32, 31), "3.5": (6, 6), "3.6": (16, 15), "3.9": (19, 18), "3.10": (1, 1),
    "3.11": (32, 31), "3.12": (32, 31), "3.13": (32, 31), "5.1": (32, 31), "5.2": (32, 31),
    "5.3": (32, 31), "5.4": (32, 31), "5.5": (32, 31),
}  # fmt: skip


async def owing(issued: Sample, ordinal: str, occurrence: str = "once") -> dict[str, str]:
    """The agencies that owe a task, with the role of each."""
    codes = {agency.id: agency.code for agency in await issued.session.exec(select(Agency))}
    rows = await issued.assignments(ordinal, occurrence)
    found = {codes[row.agency_id]: str(row.role) for row in rows}
    assert len(found) == len(rows)
    return found


def leads(found: dict[str, str]) -> list[str]:
    return sorted(code for code, role in found.items() if role == "lead")


@pytest.mark.usefixtures("may_2024")
async def test_issuing_says_and_writes_down_what_it_made_and_what_nobody_owes(
    drafted: Sample,
) -> None:
    plan = await complete(drafted)

    async with await drafted.issuer() as http:
        answer = await http.post(f"/v1/plans/{plan.id}/issue")
        after = (await http.get(f"/v1/plans/{plan.id}")).json()

    made = answer.json()
    assert answer.status_code == 200
    assert made["plan"] == after
    assert (after["status"], after["allowed_actions"]) == (
        "issued",
        ["set_regime", "request_reports", "amend", "correct", "close"],
    )
    assert made["assignments"] == await drafted.rows(Assignment)
    assert made["assignments"] == sum(ONCE.values()) + sum(map(sum, YEARLY.values()))
    assert made["submissions"] == await drafted.rows(Submission)
    assert made["not_assigned"] == [
        {
            "task_ordinal": "3.5",
            "occurrence": "2024",
            "source_text": "các cơ sở giáo dục và đào tạo",
            "reason": "not_enumerable",
            "collective": SCHOOLS,
        },
        {
            "task_ordinal": "3.6",
            "occurrence": "2024",
            "source_text": "Trung tâm xúc tiến đầu tư, thương mại và du lịch",
            "reason": "unresolved",
            "collective": None,
        },
    ]
    entries, events = await drafted.noted("plan", plan.id)
    assert (entries[-1].action, events[-1].type) == ("issued", "tiendo.plan.issued")
    assert entries[-1].detail == events[-1].data == {"assignments": made["assignments"]}
    assert entries[-1].occurred_at - ISSUED < timedelta(minutes=1)


async def test_every_assignment_and_every_report_that_it_brings_is_told_of_to_its_agency(
    issued: Sample,
) -> None:
    owed = {row.id: row for row in await issued.session.exec(select(Assignment))}
    reports = {row.id: row for row in await issued.session.exec(select(Submission))}
    rows = await issued.session.exec(select(Event).where(col(Event.type).in_(MADE)))
    events = {row.row_id: row for row in rows}

    assert events.keys() == owed.keys() | reports.keys()
    for row_id, event in events.items():
        assignment = owed.get(row_id) or owed[reports[row_id].assignment_id]
        assert (event.plan_id, event.agency_id) == (assignment.plan_id, assignment.agency_id)
        assert event.subject.endswith(f"s/{row_id}")
        assert event.occurred_at == ISSUED
    assignment = await issued.assignment(FOREIGN_AFFAIRS, "3.3", "once")
    assert events[assignment.id].data == {
        "task_id": str(assignment.task_id),
        "occurrence": "once",
        "role": "lead",
        "deadline_on": "2030-12-31",
    }
    report = await issued.submission(FOREIGN_AFFAIRS, "3.3", "once")
    assert events[report.id].data == {
        "assignment_id": str(assignment.id), "period": "2024", "due_on": str(report.due_on),
    }  # fmt: skip


async def test_every_task_is_owed_by_those_it_names(issued: Sample) -> None:
    statement = select(col(Task.ordinal), col(Assignment.occurrence)).join(
        Assignment, col(Assignment.task_id) == col(Task.id)
    )

    owed = Counter(list(await issued.session.exec(statement)))

    assert owed == (
        {(ordinal, "once"): count for ordinal, count in ONCE.items()}
        | {(ordinal, "2024"): counts[0] for ordinal, counts in YEARLY.items()}
        | {(ordinal, "2025"): counts[1] for ordinal, counts in YEARLY.items()}
    )


async def test_two_collectives_that_lead_are_all_their_members(issued: Sample) -> None:
    found = await owing(issued, "1.1")

    assert len(found) == len(leads(found)) == 32
    assert sum(code.startswith("UBND-") for code in found) == 13


async def test_an_agency_that_leads_owes_a_task_once(issued: Sample) -> None:
    all_agencies, list_of_names, with_its_lead = (
        await owing(issued, "2.1"),
        await owing(issued, "4.4"),
        await owing(issued, "5.5", "2024"),
    )

    assert (leads(all_agencies), len(all_agencies)) == ([INFORMATION], 32)
    assert (leads(list_of_names), len(list_of_names)) == ([PLANNING], 13)
    assert (leads(with_its_lead), len(with_its_lead)) == ([INFORMATION], 32)
    assert with_its_lead[HOME_AFFAIRS] == "coordinating"


async def test_joint_leads_both_lead(issued: Sample) -> None:
    assert leads(await owing(issued, "4.3")) == ["BCHQS", "CAT"]


async def test_members_are_those_of_the_occurrences_first_day(issued: Sample) -> None:
    first, second = await owing(issued, "1.2", "2024"), await owing(issued, "1.2", "2025")

    assert set(first) - set(second) == {LOC_HA}
    assert set(second) - set(first) == set()


@pytest.mark.parametrize(
    ("ordinal", "occurrence", "starts_on", "deadline_on"),
    [
        ("1.1", "once", date(2024, 1, 1), date(2024, 12, 31)),
        ("3.7", "once", date(2024, 1, 1), date(2025, 12, 31)),
        ("3.3", "once", date(2024, 1, 1), date(2030, 12, 31)),
        ("2.6", "once", date(2024, 1, 1), date(2030, 12, 31)),
        ("1.2", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("1.2", "2025", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
async def test_deadlines_follow_the_time_frame(
    issued: Sample, ordinal: str, occurrence: str, starts_on: date, deadline_on: date
) -> None:
    rows = await issued.assignments(ordinal, occurrence)

    assert {(row.starts_on, row.deadline_on, row.original_deadline_on) for row in rows} == {
        (starts_on, deadline_on, deadline_on)
    }


async def test_what_is_owed_is_known_from_the_day_of_issue(issued: Sample) -> None:
    since = await issued.session.exec(select(col(AssignmentState.since)).distinct())

    assert set(since) == {date(2024, 5, 20)}
    assert await issued.rows(AssignmentState) == await issued.rows(Assignment)


async def periods(issued: Sample, ordinal: str, occurrence: str) -> dict[str, int]:
    """The number of reports that are expected for each period."""
    ids = [row.id for row in await issued.assignments(ordinal, occurrence)]
    rows = await issued.session.exec(
        select(col(Submission.period)).where(col(Submission.assignment_id).in_(ids))
    )
    return dict(Counter(list(rows)))


async def test_a_report_a_year_is_expected_of_everybody(issued: Sample) -> None:
    assert await periods(issued, "1.1", "once") == {"2024": 32}
    assert await periods(issued, "1.2", "2024") == {"2024": 32}
    assert await periods(issued, "1.2", "2025") == {"2025": 31}
    assert await periods(issued, "3.3", "once") == {"2024": 32, "2025": 32}
    [regime] = await issued.session.exec(select(ReportingRegime))
    assert (regime.frequency, regime.data_window, regime.effective_from) == (
        "year", "decree_09", date(2024, 1, 1),
    )  # fmt: skip
    row = await issued.submission(FOREIGN_AFFAIRS, "3.3", "once", "2025")
    assert (row.data_from, row.data_to, row.due_on) == (
        date(2024, 12, 15), date(2025, 12, 14), date(2025, 12, 20),
    )  # fmt: skip
    assert (row.status, row.attempts) == ("expected", 0)


SMALL = table(
    row("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện"),
    row("1", "Một lần", "Sở Ngoại vụ", "Sở Nội vụ", "2024"),
    row("2", "Mọi năm", "Sở Ngoại vụ", "Sở Nội vụ", "Hằng năm"),
    row("3", "Lâu dài", "Sở Ngoại vụ", "Sở Nội vụ", "2024-2030"),
)


HALVES = ["2024-H1", "2024-H2"], ["2025-H1", "2025-H2"]


QUARTERS = ["2024-Q2", "2024-Q3", "2024-Q4"], ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]


# 20/05/2024 lies in the June of the decree, which runs from 15/05 to 14/06.
MONTHS = [f"2024-{month:02}" for month in range(6, 13)], [f"2025-{m:02}" for m in range(1, 13)]


# May's report was due on 18/05, before anybody was asked for it.
CALENDAR_MONTHS = MONTHS


@pytest.mark.parametrize(
    ("regime", "expected"),
    [
        ({"frequency": "half_year"}, HALVES),
        ({"frequency": "quarter"}, QUARTERS),
        ({"frequency": "month"}, MONTHS),
        ({"frequency": "month", "data_window": "calendar"}, CALENDAR_MONTHS),
    ],
    ids=["half-years", "quarters", "months", "calendar months"],
)
@pytest.mark.usefixtures("may_2024")
async def test_reports_are_expected_by_the_plans_regime(
    sample: Sample, regime: dict[str, Any], expected: tuple[list[str], list[str]]
) -> None:
    body = {"effective_from": "2024-01-01", "due_day": 18, **regime}
    async with await sample.issuer() as http:
        made = await http.post("/v1/plan-imports", files={"file": ("nho.docx", docx(SMALL))})
        url = f"/v1/plans/{made.json()['plan_id']}"
        await http.patch(url, json=BODY)
        answer = await http.put(f"{url}/reporting-regimes", json=body)
        kept = (await http.get(f"{url}/reporting-regimes")).json()["items"]
        await http.post(f"{url}/issue")

    first, second = expected
    [kept_regime] = kept
    assert kept_regime.items() <= answer.json().items()
    assert await periods(sample, "1", "once") == dict.fromkeys(first, 2)
    assert await periods(sample, "2", "2024") == dict.fromkeys(first, 2)
    assert await periods(sample, "2", "2025") == dict.fromkeys(second, 2)
    assert await periods(sample, "3", "once") == dict.fromkeys(first + second, 2)
    due = await sample.session.exec(select(col(Submission.due_on)).distinct())
    assert {day.day for day in due} == {18}


@pytest.mark.usefixtures("may_2024")
async def test_coordinating_agencies_may_be_left_out(drafted: Sample) -> None:
    plan = await complete(drafted)
    body = {"effective_from": "2024-01-01", "coordinating_agencies_report": False}
    async with await drafted.issuer() as http:
        await http.put(f"/v1/plans/{plan.id}/reporting-regimes", json=body)
        made = (await http.post(f"/v1/plans/{plan.id}/issue")).json()

    statement = (
        select(col(Assignment.role))
        .join(Submission, col(Submission.assignment_id) == col(Assignment.id))
        .distinct()
    )
    assert set(await drafted.session.exec(statement)) == {AssigneeRole.LEAD}
    assert made["assignments"] == sum(ONCE.values()) + sum(map(sum, YEARLY.values()))
    assert await periods(drafted, "3.3", "once") == {"2024": 1, "2025": 1}


@pytest.mark.usefixtures("may_2024")
async def test_a_day_of_every_year_that_had_passed_is_no_deadline_of_the_first(
    drafted: Sample,
) -> None:
    plan = await complete(drafted, starts_on="2024-05-01")
    async with await drafted.issuer() as http:
        tasks = (await http.get(f"/v1/plans/{plan.id}/tasks")).json()["items"]
        changes = {"time_frame_text": "Hằng năm, trước ngày 30/4"}
        await http.patch(f"/v1/tasks/{tasks[1]['id']}", json=changes)
        await http.post(f"/v1/plans/{plan.id}/issue")

    first = await drafted.assignments("1.2", "2024")
    second = await drafted.assignments("1.2", "2025")
    assert {row.deadline_on for row in first} == {None}
    assert {row.deadline_on for row in second} == {date(2025, 4, 29)}


@pytest.mark.usefixtures("may_2024")
async def test_an_assigned_lead_of_an_unresolved_name_blocks_nothing(drafted: Sample) -> None:
    plan = await complete(drafted)
    async with await drafted.issuer() as http:
        tasks = (await http.get(f"/v1/plans/{plan.id}/tasks")).json()["items"]
        only_lead = next(task for task in tasks if task["ordinal"] == "3.10")["assignees"][0]
        await http.patch(f"/v1/assignees/{only_lead['id']}", json={})
        made = (await http.post(f"/v1/plans/{plan.id}/issue")).json()

    assert [one["task_ordinal"] for one in made["not_assigned"]] == ["3.5", "3.6", "3.10"]
    assert await drafted.assignments("3.10") == []

"""Amendments of an issued plan over HTTP: drawn up, tried, issued; and what they leave alone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import time_machine
from sqlmodel import col, select, update

from app.auth.principal import Role
from app.jobs.amend import carry_out_amendments
from app.jobs.roll_forward import roll_forward
from app.models import Assignee, Assignment, AssignmentStatus, Submission, SubmissionStatus, Task
from app.queries.registry.agencies import get_agency
from app.schemas.amendments import AmendmentIssueOut, AmendmentOut
from tests.support.sample import Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    DEPARTMENTS,
    FATHERLAND_FRONT,
    FINANCE,
    FOREIGN_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)

AUTUMN = datetime(2024, 9, 2, 2, tzinfo=UTC)
TODAY = date(2024, 9, 2)
LATER = datetime(2024, 10, 1, 2, tzinfo=UTC)
BASIS = "120/QĐ-UBND ngày 30/8/2024"
ADDED: dict[str, Any] = {
    "change": "add",
    "ordinal": "3.14",
    "title": "Sơ kết giữa kỳ",
    "time_frame_text": "Hằng năm",
    "assignees": [
        {"role": "lead", "source_text": "Sở Ngoại vụ", "agency": FOREIGN_AFFAIRS},
        {
            "role": "coordinating",
            "source_text": "các sở, ban, ngành",
            "collective": DEPARTMENTS,
        },
    ],
}


@pytest.fixture(autouse=True)
def autumn_2024() -> Iterator[None]:
    """A day in the year of the plan's issue."""
    with time_machine.travel(AUTUMN, tick=True):
        yield


async def task(world: Sample, ordinal: str) -> Task:
    rows = await world.session.exec(
        select(Task).where(col(Task.ordinal) == ordinal).execution_options(populate_existing=True)
    )
    found: Task = rows.one()
    return found


async def draft(
    world: Sample, http: httpx.AsyncClient, *items: dict[str, Any], **given: Any
) -> dict[str, Any]:
    plan = await world.the_plan()
    body = {"reason": "Bổ sung nhiệm vụ.", "basis": BASIS, **given, "items": items}
    answer = await http.post(f"/v1/plans/{plan.id}/amendments", json=body)
    assert answer.status_code == 201, answer.json()
    AmendmentOut.model_validate_json(answer.content)
    made: dict[str, Any] = answer.json()
    return made


async def issue(
    http: httpx.AsyncClient, amendment: dict[str, Any], *, dry_run: bool = False
) -> dict[str, Any]:
    url = f"/v1/amendments/{amendment['id']}/issue"
    answer = await http.post(url, params={"dry_run": dry_run})
    assert answer.status_code == 200, answer.json()
    AmendmentIssueOut.model_validate_json(answer.content)
    made: dict[str, Any] = answer.json()
    return made


async def figures(world: Sample, day: str) -> Any:
    plan = await world.the_plan()
    async with await world.by(COMMITTEE_OFFICE, Role.READER) as http:
        return (await http.get(f"/v1/plans/{plan.id}/statistics?as_of={day}&by=task")).json()


def codes(assignments: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(one["agency"]["code"], one["occurrence"]) for one in assignments}


async def living(world: Sample, ordinal: str) -> dict[tuple[str, str], Assignment]:
    found = {}
    for row in await world.assignments(ordinal):
        if row.status != AssignmentStatus.REVOKED:
            agency = await get_agency(world.session, str(row.agency_id))
            found[agency.code, row.occurrence] = row
    return found


async def test_a_name_that_was_not_understood_gets_its_agency_by_a_correction(
    issued: Sample,
) -> None:
    the_task = await task(issued, "3.6")
    rows = await issued.session.exec(
        select(Assignee).where(
            col(Assignee.task_id) == the_task.id,
            col(Assignee.agency_id).is_(None),
            col(Assignee.collective_id).is_(None),
        )
    )
    unresolved = rows.one()
    words, position = unresolved.source_text, unresolved.position
    before = await living(issued, "3.6")
    past = await figures(issued, "2024-09-01")
    item = {"change": "resolve", "assignee": str(unresolved.id), "agency": FATHERLAND_FRONT}
    async with await issued.issuer() as http:
        made = await draft(issued, http, item, kind="correction", basis=None)
        outcome = await issue(http, made)
        plan = (await http.get(f"/v1/plans/{(await issued.the_plan()).id}")).json()
        listed = (await http.get(f"/v1/tasks/{the_task.id}")).json()["assignees"]

    [change] = made["items"]
    assert change["fields"] == ["assignees"]
    assert [one["agency"] and one["agency"]["code"] for one in change["after"]["assignees"]].count(
        FATHERLAND_FRONT
    ) == 1
    assert plan["version"] == 2
    added = set(await living(issued, "3.6")) - set(before)
    assert added == codes(outcome["made"])
    assert {code for code, _ in added} == {FATHERLAND_FRONT}
    assert (outcome["changed"], outcome["ended"]) == ([], [])
    [named] = [one for one in listed if one["code"] == FATHERLAND_FRONT]
    assert (named["source_text"], named["position"]) == (words, position)
    assert named["named_on"] == "2024-09-02"
    assert await figures(issued, "2024-09-01") == past


async def test_a_task_is_added_and_owed_from_the_day_on(issued: Sample) -> None:
    group = (await task(issued, "3.10")).task_group_id
    past = await figures(issued, "2024-09-01")
    async with await issued.issuer() as http:
        made = await draft(issued, http, {**ADDED, "task_group_id": str(group)})
        tried = await issue(http, made, dry_run=True)
        outcome = await issue(http, made)
        tasks = (await http.get(f"/v1/plans/{made['plan_id']}/tasks?limit=200")).json()["items"]

    ordinals = [one["ordinal"] for one in tasks]
    assert ordinals.index("3.14") == ordinals.index("3.13") + 1
    # Assignments that are made have other ids when they are made in earnest.
    for one in tried["submission_effects"]["items"] + outcome["submission_effects"]["items"]:
        one.pop("assignment_id")
    assert {k: tried[k] for k in tried if k not in ("dry_run", "amendment")} == {
        k: outcome[k] for k in outcome if k not in ("dry_run", "amendment")
    }
    assert tried["submission_effects"]["comes"] == outcome["submissions"] > 0
    assignments = await living(issued, "3.14")
    assert set(assignments) == codes(outcome["made"])
    assert {occurrence for _, occurrence in assignments} == {"2024", "2025"}
    assert assignments[FOREIGN_AFFAIRS, "2024"].role == "lead"
    assert assignments[FOREIGN_AFFAIRS, "2024"].starts_on == TODAY
    assert assignments[FOREIGN_AFFAIRS, "2024"].deadline_on == date(2024, 12, 31)
    assert {row.changed_on for row in assignments.values()} == {TODAY}
    assert await figures(issued, "2024-09-01") == past
    assert await roll_forward(issued.api.app.state.sessionmaker, at=AUTUMN) == 0


async def test_a_dropped_task_is_asked_for_no_more_and_stays_to_be_read(issued: Sample) -> None:
    the_task = await task(issued, "3.6")
    past = await figures(issued, "2024-09-01")
    async with await issued.issuer() as http:
        made = await draft(issued, http, {"change": "drop", "task": str(the_task.id)})
        outcome = await issue(http, made)
        read = (await http.get(f"/v1/tasks/{the_task.id}")).json()

    assert (read["dropped_on"], read["version"]) == ("2024-09-02", 2)
    owed = await issued.assignments("3.6")
    assert {row.status for row in owed} == {AssignmentStatus.REVOKED}
    assert len(outcome["ended"]) == len(owed)
    reports = await issued.session.exec(
        select(Submission).where(col(Submission.assignment_id).in_([row.id for row in owed]))
    )
    assert {row.status for row in reports} == {SubmissionStatus.WAIVED}
    assert outcome["waived"] > 0
    assert await figures(issued, "2024-09-01") == past
    assert await roll_forward(issued.api.app.state.sessionmaker, at=AUTUMN) == 0


async def test_a_task_is_reassigned_from_a_day_that_is_to_come(issued: Sample) -> None:
    the_task = await task(issued, "3.10")
    former = {code for code, _ in await living(issued, "3.10")}
    years = {"2024", "2025"}
    assert len(former) == 1
    assignees = [{"role": "lead", "source_text": "Văn phòng UBND tỉnh", "agency": COMMITTEE_OFFICE}]
    item = {"change": "reassign", "task": str(the_task.id), "assignees": assignees}
    sessions = issued.api.app.state.sessionmaker
    async with await issued.issuer() as http:
        made = await draft(issued, http, item, effective_on="2024-10-01")
        tried = await issue(http, made, dry_run=True)
        outcome = await issue(http, made)
        again = await http.post(f"/v1/amendments/{made['id']}/issue")

    assert (
        codes(tried["made"])
        == codes(outcome["made"])
        == {(COMMITTEE_OFFICE, year) for year in years}
    )
    assert codes(outcome["ended"]) == {(code, year) for code in former for year in years}
    assert (outcome["amendment"]["number"], outcome["amendment"]["applied_at"]) == (2, None)
    assert (again.status_code, again.json()["code"]) == (409, "amendment_not_draft")
    assert {code for code, _ in await living(issued, "3.10")} == former
    assert await carry_out_amendments(sessions, at=AUTUMN) == 0
    before = await figures(issued, "2024-09-02")
    assert await carry_out_amendments(sessions, at=LATER) == 1
    assert await carry_out_amendments(sessions, at=LATER) == 0
    assignments = await living(issued, "3.10")
    assert set(assignments) == {(COMMITTEE_OFFICE, year) for year in years}
    assert assignments[COMMITTEE_OFFICE, "2024"].starts_on == date(2024, 10, 1)
    assert assignments[COMMITTEE_OFFICE, "2025"].starts_on == date(2025, 1, 1)
    assert await figures(issued, "2024-09-02") == before


async def test_a_role_and_a_deadline_change_from_the_day_on(issued: Sample) -> None:
    the_task = await task(issued, "2.1")
    assignments = await living(issued, "2.1")
    lead = next(row for row in assignments.values() if row.role == "lead")
    other = next(code for (code, _), row in assignments.items() if row.role == "coordinating")
    agency = await get_agency(issued.session, other)
    assignees = [
        {"role": "lead", "source_text": agency.code, "agency": other},
        {"role": "coordinating", "source_text": "cũ", "agency": str(lead.agency_id)},
    ]
    async with await issued.issuer() as http:
        made = await draft(
            issued,
            http,
            {"change": "reassign", "task": str(the_task.id), "assignees": assignees},
            {"change": "change", "task": str(the_task.id), "time_frame_text": "Đến năm 2027"},
        )
        outcome = await issue(http, made)

    after = await living(issued, "2.1")
    former = await get_agency(issued.session, str(lead.agency_id))
    assert {(code, row.role) for (code, _), row in after.items()} == {
        (other, "lead"),
        (former.code, "coordinating"),
    }
    assert {row.id for row in after.values()} <= {row.id for row in assignments.values()} | {
        row.id for row in after.values() if row.occurrence == "once"
    }
    assert {row.deadline_on for row in after.values()} == {date(2027, 12, 31)}
    assert outcome["amendment"]["items"][1]["fields"] == ["time_frame"]


async def deadlines(world: Sample, row: Assignment) -> list[dict[str, Any]]:
    async with await world.by(FINANCE, Role.READER) as http:
        answer = await http.get(f"/v1/assignments/{row.id}/deadlines")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_the_history_of_deadlines_names_the_amendment_that_moved_them(
    issued: Sample,
) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, "1.1", "once")
    change = {"change": "change", "task": str(row.task_id)}
    sessions = issued.api.app.state.sessionmaker
    async with await issued.issuer() as http:
        later = await draft(issued, http, change | {"time_frame_text": "2024-2026"})
        await issue(http, later)
        less = await draft(
            issued,
            http,
            change | {"time_frame_text": "2025"},
            basis="150/QĐ-UBND",
            effective_on="2024-10-01",
        )
        await issue(http, less)
        # The worker comes two days late: it holds from its day all the same.
        await carry_out_amendments(sessions, at=datetime(2024, 10, 3, 2, tzinfo=UTC))
    with time_machine.travel("2024-11-05T02:00:00Z", tick=True):
        async with await issued.issuer() as http:
            meaning = change | {"time_frame": {"kind": "continuous"}}
            none = await draft(issued, http, meaning, kind="correction", basis=None)
            await issue(http, none)

    history = await deadlines(issued, row)
    names = ("deadline_on", "since_on", "basis", "amendment_id")
    assert [tuple(one[name] for name in names) for one in history] == [
        ("2024-12-31", "2024-05-20", None, None),
        ("2026-12-31", "2024-09-02", BASIS, later["id"]),
        ("2025-12-31", "2024-10-01", "150/QĐ-UBND", less["id"]),
        (None, "2024-11-05", None, none["id"]),
    ]
    assert {one["reason"] for one in history[1:]} == {"Bổ sung nhiệm vụ."}
    assert {one["moved_by"]["code"] for one in history[1:]} == {PROVINCIAL_COMMITTEE}
    _, events = await issued.noted("assignment", row.id)
    moved = [one.data for one in events if one.type.endswith("deadline_moved")]
    assert [one["to"] for one in moved] == ["2026-12-31", "2025-12-31", None]
    assert moved[0]["amendment_id"] == later["id"]


async def test_who_is_given_time_by_an_amendment_has_a_report_to_end_in(issued: Sample) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, "1.1", "once")
    reports = col(Submission.assignment_id) == row.id
    accepted = update(Submission).where(reports).values(status=SubmissionStatus.ACCEPTED)
    await issued.session.exec(accepted.values(attempts=1, accepted_attempt=1, received_on=TODAY))
    await issued.session.commit()
    change = {"change": "change", "task": str(row.task_id), "time_frame": {
        "kind": "date", "ends_on": "2024-12-15"}}  # fmt: skip
    async with await issued.issuer() as http:
        made = await draft(issued, http, change, kind="correction", basis=None)
        outcome = await issue(http, made)

    rows = await issued.session.exec(
        select(Submission).where(reports, col(Submission.status) == SubmissionStatus.EXPECTED)
    )
    assert [(one.period, one.due_on) for one in rows] == [("2025", date(2025, 12, 20))]
    assert outcome["submissions"] == 1


async def bases(world: Sample, the_task: Task, agency: str) -> list[list[tuple[Any, ...]]]:
    """By what an agency answered for each of its assignments of a task."""
    async with await world.by(FINANCE, Role.READER) as http:
        url = f"/v1/tasks/{the_task.id}/responsibilities?limit=200"
        items = (await http.get(url)).json()["items"]
    names = ("kind", "document", "effective_on")
    return sorted(
        [(one["role"], *(one["basis"][name] for name in names)) for one in item["chain"]]
        for item in items
        if item["agency"]["code"] == agency
    )


async def test_who_answers_by_an_amendment_is_told_by_which(issued: Sample) -> None:
    once, yearly, given = (
        await task(issued, "1.1"),
        await task(issued, "3.10"),
        await task(issued, "2.1"),
    )
    frame = {"change": "change", "task": str(once.id), "time_frame_text": "Hằng năm"}
    assignees = [{"role": "lead", "source_text": "Văn phòng", "agency": COMMITTEE_OFFICE}]
    reassigned = {"change": "reassign", "task": str(yearly.id), "assignees": assignees}
    other = {
        "change": "reassign",
        "task": str(given.id),
        "assignees": [
            {"role": "lead", "source_text": "Sở Công Thương", "agency": INDUSTRY_AND_TRADE},
            {"role": "coordinating", "source_text": "Sở TTTT", "agency": INFORMATION},
        ],
    }
    before = {one: await bases(issued, given, one) for one in (INDUSTRY_AND_TRADE, INFORMATION)}
    async with await issued.issuer() as http:
        group = {"task_group_id": str(yearly.task_group_id)}
        await issue(http, await draft(issued, http, frame, reassigned, other, {**ADDED, **group}))

    named = ("amendment", BASIS, "2024-09-02")
    plan = ("plan", "MAU-01/KH-MAU", "2024-05-20")
    assert before == {
        INDUSTRY_AND_TRADE: [[("coordinating", *plan)]],
        INFORMATION: [[("lead", *plan)]],
    }
    # The assignments that it made: of a new task, for other years, of another agency.
    added = await task(issued, "3.14")
    assert await bases(issued, added, FOREIGN_AFFAIRS) == [[("lead", *named)]] * 2
    years = [[("lead", *named)]] * 2
    assert await bases(issued, once, FOREIGN_AFFAIRS) == [*years, [("lead", *plan)]]
    assert await bases(issued, yearly, COMMITTEE_OFFICE) == [[("lead", *named)]] * 2
    # An agency that it gave another part in the task owed it by the plan's own words before.
    parts = ("coordinating", *plan), ("lead", *named)
    assert await bases(issued, given, INDUSTRY_AND_TRADE) == [list(parts)]
    parts = ("lead", *plan), ("coordinating", *named)
    assert await bases(issued, given, INFORMATION) == [list(parts)]
    # The year after is made by the same words later.
    new_year = datetime(2024, 12, 31, 17, tzinfo=UTC)
    await roll_forward(issued.api.app.state.sessionmaker, at=new_year)
    with time_machine.travel(new_year, tick=True):
        assert await bases(issued, yearly, COMMITTEE_OFFICE) == [[("lead", *named)]] * 3

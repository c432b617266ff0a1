"""Moving deadlines: by whom, to which days, for one assignment or a task, and what is kept of
it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, delete, select

from app.auth.principal import Role
from app.jobs.roll_forward import roll_forward
from app.models import Assignment, AssignmentStatus, Collective, DeadlineChange, Submission
from app.queries.registry.agencies import get_agency
from tests.support.assignments import (
    COORDINATOR,
    ISSUER,
    ORDER,
    OWED,
    REASON,
    at,
    completed,
    done,
    read,
    send,
    shown,
)
from tests.support.factories import make_agency, make_member
from tests.support.sample import Sample
from tests.support.sample_facts import (
    APPOINT_OFFICERS,
    COMMITTEE_OFFICE,
    DEPARTMENTS,
    FATHERLAND_FRONT,
    FINANCE,
    FOREIGN_AFFAIRS,
    MISSIONS_ABROAD,
    PROVINCIAL_COMMITTEE,
    TEACH_THE_POLICIES,
    TEACH_THE_RESOLUTION,
)
from tests.support.transactions import work_as

READER = (FINANCE, Role.READER)
BASIS = {"basis": "15/TB-UBND"}


async def codes(issued: Sample, path: str, **json: Any) -> list[tuple[str, str]]:
    answer = await send(issued, ISSUER, path, **json)
    assert answer.status_code == 422, answer.text
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


async def test_a_deadline_is_moved_from_today_and_the_first_one_stays(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    path = f"assignments/{row.id}"
    with at("2025-01-10"):
        moved = await done(
            issued, ISSUER, f"{path}/move-deadline", deadline_on="2025-03-31", **BASIS
        )
    with at("2025-02-10"):
        again = await done(
            issued, ISSUER, f"{path}/move-deadline", deadline_on="2025-02-28", **BASIS, **REASON
        )
        past = await shown(issued, row.id, READER, as_of="2025-01-09")
        history = (await read(issued, READER, f"{path}/deadlines"))["items"]
        page = await read(issued, READER, f"{path}/deadlines?limit=1")

    assert (moved["deadline_on"], moved["timeliness"]) == ("2025-03-31", "in_time")
    assert (again["deadline_on"], again["original_deadline_on"]) == ("2025-02-28", "2024-12-31")
    assert again["original_timeliness"] == "overdue"
    assert (past["deadline_on"], past["timeliness"]) == ("2024-12-31", "overdue")
    assert [(one["deadline_on"], one["since_on"], one["reason"]) for one in history] == [
        ("2024-12-31", "2024-05-20", None),
        ("2025-03-31", "2025-01-10", None),
        ("2025-02-28", "2025-02-10", REASON["reason"]),
    ]
    assert history[1]["moved_by"]["code"] == PROVINCIAL_COMMITTEE
    assert page["items"] == history[:1]
    assert page["next"] is not None
    _, events = await issued.noted("assignment", row.id)
    assert [(one.data["from"], one.data["to"]) for one in events] == [
        ("2024-12-31", "2025-03-31"),
        ("2025-03-31", "2025-02-28"),
    ]


async def test_what_had_no_deadline_is_given_its_first(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    row.deadline_on = row.original_deadline_on = None
    await issued.session.commit()
    with at("2024-06-03"):
        path = f"assignments/{row.id}"
        moved = await done(
            issued, ISSUER, f"{path}/move-deadline", deadline_on="2024-09-30", **BASIS
        )
        history = (await read(issued, READER, f"{path}/deadlines"))["items"]

    assert moved["deadline_on"] == moved["original_deadline_on"] == "2024-09-30"
    assert [one["deadline_on"] for one in history] == [None, "2024-09-30"]


async def test_a_deadline_that_the_plan_itself_moved_is_in_the_history_too(
    issued: Sample,
) -> None:
    row = await issued.assignment(*OWED)
    path = f"assignments/{row.id}"
    row.deadline_on, row.changed_on = date(2024, 11, 30), date(2024, 7, 1)
    await issued.session.commit()
    with at("2024-08-01"):
        for day in ("2024-12-15", "2025-01-31"):
            await done(issued, ISSUER, f"{path}/move-deadline", deadline_on=day, **BASIS)
        await done(issued, ISSUER, f"{path}/suspend", **ORDER)
        history = (await read(issued, READER, f"{path}/deadlines"))["items"]

    shown_as = [(one["number"], one["deadline_on"], one["since_on"]) for one in history]
    assert shown_as == [
        (0, "2024-12-31", "2024-05-20"),
        (1, "2024-11-30", "2024-07-01"),
        (2, "2024-12-15", "2024-08-01"),
        (3, "2025-01-31", "2024-08-01"),
    ]
    assert [one["basis"] for one in history] == [None, None, "15/TB-UBND", "15/TB-UBND"]


async def test_a_day_that_makes_no_sense_is_refused_with_every_reason(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    path = f"assignments/{row.id}/move-deadline"
    with at("2024-08-01"):
        assert await codes(issued, path, deadline_on="2024-12-31", **BASIS) == [
            ("#/deadline_on", "same_deadline")
        ]
        assert await codes(issued, path, deadline_on="2024-11-30", **BASIS) == [
            ("#/reason", "reason_required")
        ]
        assert await codes(issued, path, deadline_on="2024-07-31", **BASIS, **REASON) == [
            ("#/deadline_on", "in_the_past")
        ]
        assert await codes(issued, path, deadline_on="2023-12-31", **BASIS) == [
            ("#/deadline_on", "before_it_starts"),
            ("#/deadline_on", "in_the_past"),
            ("#/reason", "reason_required"),
        ]
        assert await codes(issued, path, deadline_on="2150-12-31", **BASIS) == [
            ("#/deadline_on", "year_out_of_range")
        ]
        assert [pointer for pointer, _ in await codes(issued, path, deadline_on="2025-01-31")] == [
            "#/basis"
        ]
    # A later day that has passed too takes nobody's time: a decision that is written down late.
    with at("2025-08-01"):
        await done(issued, ISSUER, path, deadline_on="2025-06-30", **BASIS)


@pytest.mark.parametrize(
    "who",
    [
        COORDINATOR,
        (FOREIGN_AFFAIRS, Role.REPORTER),
        (FINANCE, Role.ISSUER),
        (COMMITTEE_OFFICE, Role.SUPERVISOR),
    ],
)
async def test_only_who_gave_a_assignment_moves_its_deadline(
    issued: Sample, who: tuple[str, Role]
) -> None:
    row = await issued.assignment(*OWED)
    json = {"deadline_on": "2025-03-31", **BASIS}
    for path in (f"assignments/{row.id}", f"tasks/{row.task_id}"):
        answer = await send(issued, who, f"{path}/move-deadline", **json)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


async def test_the_deadline_of_a_task_is_moved_for_all_who_have_not_finished(
    issued: Sample,
) -> None:
    row = await issued.assignment(*OWED)
    every = await issued.assignments(TEACH_THE_RESOLUTION)
    path = f"tasks/{row.task_id}/move-deadline"
    with at("2024-12-02"):
        filed = await completed(issued)
        await done(
            issued, COORDINATOR, f"submissions/{filed['id']}/accept", attempt=filed["attempts"]
        )
        first = await done(issued, ISSUER, path, deadline_on="2025-03-31", **BASIS)
        second = await done(issued, ISSUER, path, deadline_on="2025-03-31", **BASIS)

    assert (first["moved"], second["moved"]) == (len(every) - 1, 0)
    days = {
        one.agency_id: str(one.deadline_on)
        for one in await issued.assignments(TEACH_THE_RESOLUTION)
    }
    assert days.pop(row.agency_id) == "2024-12-31"
    assert set(days.values()) == {"2025-03-31"}
    assert await issued.rows(DeadlineChange) == len(every) - 1


async def test_a_yearly_task_has_a_deadline_for_each_year(issued: Sample) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, MISSIONS_ABROAD, "2025")
    path = f"tasks/{row.task_id}/move-deadline"
    json = {"deadline_on": "2026-01-31", **BASIS}
    with at("2024-12-02"):
        assert await codes(issued, path, **json) == [("#/occurrence", "occurrence_required")]
        assert await codes(issued, path, **json, occurrence="2031") == [
            ("#/occurrence", "no_such_occurrence")
        ]
        await done(issued, ISSUER, path, **json, occurrence="2025")

    days = {
        one.occurrence: str(one.deadline_on) for one in await issued.assignments(MISSIONS_ABROAD)
    }
    assert days == {"2024": "2024-12-31", "2025": "2026-01-31"}


async def test_whoever_is_given_time_after_all_periods_has_a_report_to_end_in(
    issued: Sample,
) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, MISSIONS_ABROAD, "2024")
    url = f"/v1/assignments/{row.id}/submissions"
    with at("2024-12-10"):
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
            content = {
                "outcome": "in_progress", "percent": 80, "results": "Đã tổ chức.",
                "difficulties": "", "proposals": "", "not_applicable_reason": None, "evidence": [],
            }  # fmt: skip
            filed = (await http.put(f"{url}/2024?submit=true", json=content)).json()
        await done(
            issued, COORDINATOR, f"submissions/{filed['id']}/accept", attempt=filed["attempts"]
        )
        path = f"assignments/{row.id}/move-deadline"
        await done(issued, ISSUER, path, deadline_on="2025-02-28", **BASIS)
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
            last = (await http.get(f"{url}/2025")).json()

    assert (last["status"], last["due_on"]) == ("expected", "2025-12-20")


async def test_reports_are_looked_for_of_those_alone_whose_deadline_moves(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    await work_as(issued.session, None)
    await issued.session.exec(delete(Submission))
    await issued.session.commit()
    with at("2024-06-03"):
        path = f"assignments/{row.id}/move-deadline"
        await done(issued, ISSUER, path, deadline_on="2025-03-31", **BASIS)

    expected = await issued.session.exec(select(Submission.assignment_id, Submission.period))
    assert set(expected) == {(row.id, "2024"), (row.id, "2025")}


async def test_what_was_moved_is_never_rewritten(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-06-03"):
        path = f"assignments/{row.id}/move-deadline"
        await done(issued, ISSUER, path, deadline_on="2025-03-31", **BASIS)
    change = (await issued.session.exec(select(DeadlineChange))).one()

    savepoint = await issued.connection.begin_nested()
    await work_as(issued.session, None)
    with pytest.raises(DBAPIError, match="never changed"):
        await issued.session.exec(delete(DeadlineChange).where(col(DeadlineChange.id) == change.id))
    await savepoint.rollback()
    assert await issued.rows(Assignment) > 0


async def owed_in(issued: Sample, ordinal: str, agency: str, year: str) -> tuple[Any, ...]:
    """The deadline of what an agency owes, the plan's own, and the documents of its moves."""
    row = await issued.assignment(agency, ordinal, year)
    history = (await read(issued, READER, f"assignments/{row.id}/deadlines"))["items"]
    bases = [one["basis"] for one in history if one["basis"]]
    return str(row.deadline_on), str(row.original_deadline_on), bases


async def test_what_is_made_later_has_the_deadline_that_its_task_was_given(
    issued: Sample,
) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, TEACH_THE_POLICIES, "2025")
    path = f"tasks/{row.task_id}/move-deadline"
    with at("2024-12-02"):
        json = {"occurrence": "2025", **BASIS}
        await done(issued, ISSUER, path, deadline_on="2026-03-31", **json)
        json["basis"] = "16/TB-UBND"
        await done(issued, ISSUER, path, deadline_on="2026-04-30", **json)
    # An agency that joins before the year begins owes it, too.
    departments = select(Collective).where(col(Collective.code) == DEPARTMENTS)
    collective = (await issued.session.exec(departments)).one()
    await make_member(issued.session, collective, await make_agency(issued.session, code="MOI"))
    made = await roll_forward(
        issued.api.app.state.sessionmaker, at=datetime(2024, 12, 3, 2, tzinfo=UTC)
    )

    assert made > 1
    assert await owed(issued, "MOI", TEACH_THE_POLICIES, "2025") == (
        "2026-04-30",
        "2025-12-31",
        ["16/TB-UBND"],
    )
    assert (await issued.assignment("MOI", TEACH_THE_POLICIES, "2025")).changed_on == date(
        2024, 12, 2
    )
    assert await owed(issued, "MOI", APPOINT_OFFICERS, "2025") == ("2025-12-31", "2025-12-31", [])


async def amended(issued: Sample, row: Assignment, *items: dict[str, Any]) -> None:
    """Their task reads otherwise from today on."""
    given = {"reason": "Bổ sung.", "basis": "120/QĐ-UBND"}
    changes = [{"task": str(row.task_id), **item} for item in items]
    drawn = await done(issued, ISSUER, f"plans/{row.plan_id}/amendments", **given, items=changes)
    await done(issued, ISSUER, f"amendments/{drawn['id']}/issue")


def naming(*agencies: str) -> dict[str, Any]:
    """These are named for it."""
    leads = [{"role": "lead", "source_text": one, "agency": one} for one in agencies]
    return {"change": "reassign", "assignees": leads}


async def test_what_an_amendment_gives_an_occurrence_holds_from_then_on(issued: Sample) -> None:
    row = await issued.assignment(*OWED)
    longer = {"change": "change", "time_frame_text": "2024-2025"}
    with at("2024-06-03"):
        path = f"tasks/{row.task_id}/move-deadline"
        await done(issued, ISSUER, path, deadline_on="2025-03-31", **BASIS)
        await amended(issued, row, naming(FOREIGN_AFFAIRS, FATHERLAND_FRONT))
        await amended(issued, row, longer, naming(FOREIGN_AFFAIRS, FATHERLAND_FRONT, FINANCE))

    first = await owed(issued, FATHERLAND_FRONT, TEACH_THE_RESOLUTION, "once")
    assert first == ("2025-12-31", "2024-12-31", ["15/TB-UBND", "120/QĐ-UBND"])
    assert await owed(issued, FINANCE, TEACH_THE_RESOLUTION, "once") == (
        "2025-12-31",
        "2025-12-31",
        [],
    )


async def test_a_deadline_that_had_passed_is_not_given_to_who_is_named_later(
    issued: Sample,
) -> None:
    row = await issued.assignment(*OWED)
    with at("2024-06-03"):
        path = f"tasks/{row.task_id}/move-deadline"
        await done(issued, ISSUER, path, deadline_on="2024-09-30", **BASIS, **REASON)
    with at("2024-10-01"):
        await amended(issued, row, naming(FOREIGN_AFFAIRS, FATHERLAND_FRONT))

    assert await owed(issued, FATHERLAND_FRONT, TEACH_THE_RESOLUTION, "once") == (
        "2024-12-31",
        "2024-12-31",
        [],
    )


async def owed(issued: Sample, agency: str, ordinal: str, occurrence: str) -> tuple[Any, ...]:
    """The deadline of what an agency owes, the plan's own, and the documents that moved it."""
    [row] = [
        one
        for one in await issued.assignments(ordinal, occurrence)
        if one.agency_id == (await get_agency(issued.session, agency)).id
        and one.status != AssignmentStatus.REVOKED
    ]
    history = (await read(issued, READER, f"assignments/{row.id}/deadlines"))["items"]
    bases = [one["basis"] for one in history if one["basis"]]
    return str(row.deadline_on), str(row.original_deadline_on), bases

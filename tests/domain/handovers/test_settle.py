"""The sample's plan through all that happened to its agencies in 2025."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from app.auth.principal import Role
from app.db import SessionMaker
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.domain.handovers.transfer import HandoverChange
from app.jobs.hand_over import hand_over
from app.jobs.roll_forward import roll_forward
from app.models import (
    Agency,
    Assignment,
    AssignmentState,
    AssignmentStatus,
    AuditEntry,
    Event,
    Handover,
    HandoverState,
    HandoverSubject,
    PlanCoordinator,
)
from app.queries.assignments.assignments import UNFINISHED
from tests.support.reports import COMPLETED, file
from tests.support.sample import Sample
from tests.support.sample_facts import (
    AGRICULTURE,
    AGRICULTURE_AND_ENVIRONMENT,
    BROADCASTER,
    COMMITTEE_OFFICE,
    CONSTRUCTION,
    COOPERATION_RULES,
    CULTURE,
    ENVIRONMENT,
    FINANCE,
    HIGHLAND_PROGRAMME,
    INFORMATION,
    LOC_HA,
    NEWSPAPER,
    PLANNING,
    SCIENCE,
    TEACH_THE_RESOLUTION,
    THACH_HA,
    TRANSPORT,
)

LAST = datetime(2025, 12, 31, 2, tzinfo=UTC)
# The agencies of the sample that became one, by the day; the successor comes first.
MERGED_ON = [
    (date(2025, 1, 1), [THACH_HA, LOC_HA]),
    (date(2025, 3, 1), [FINANCE, PLANNING]),
    (date(2025, 3, 1), [AGRICULTURE_AND_ENVIRONMENT, AGRICULTURE, ENVIRONMENT]),
    (date(2025, 3, 1), [CONSTRUCTION, TRANSPORT]),
    (date(2025, 4, 1), [NEWSPAPER, BROADCASTER]),
]
DAYS = [date(2024, 5, 20) + timedelta(days) for days in range(0, 230, 37)] + [date(2024, 12, 31)]


async def settled(issued: Sample, at: datetime = LAST) -> list[HandoverChange]:
    changes = await settle(Act(issued.session, None, at))
    await issued.session.commit()
    return changes


async def agencies(issued: Sample) -> dict[UUID, Agency]:
    return {row.id: row for row in await issued.session.exec(select(Agency))}


async def figures(issued: Sample, day: date, by: str) -> Any:
    """The figures of the plan as of a day."""
    plan = await issued.the_plan()
    async with await issued.by(COMMITTEE_OFFICE, Role.READER) as http:
        answer = await http.get(f"/v1/plans/{plan.id}/statistics?as_of={day}&by={by}&role=all")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_whoever_has_ended_owes_nothing_any_more(issued: Sample) -> None:
    before = await issued.rows(Assignment)

    await settled(issued)

    ended = [row.id for row in (await agencies(issued)).values() if row.valid_until]
    left = select(Assignment).where(
        col(Assignment.agency_id).in_(ended), col(Assignment.status).in_(UNFINISHED)
    )
    waiting = {row.id for row in await issued.session.exec(left)}
    pending = select(Handover).where(col(Handover.state) == HandoverState.PENDING)
    handovers = list(await issued.session.exec(pending))
    subjects = Counter(row.subject for row in handovers)
    assert waiting
    assert {row.assignment_id for row in handovers if row.assignment_id} == waiting
    assert subjects[HandoverSubject.ASSIGNMENT] == len(waiting)
    assert subjects[HandoverSubject.COORDINATION] == 1
    assert all(row.awaits_handover for row in await issued.session.exec(left)), (
        "what nobody has taken over waits"
    )
    assert await issued.rows(Assignment) == before


async def test_an_assignment_goes_to_the_one_successor_on_the_day_its_agency_ends(
    issued: Sample,
) -> None:
    """Two departments led the same task and became one: the successor owes it once."""
    both = [
        await issued.assignment(code, TEACH_THE_RESOLUTION, "once")
        for code in (AGRICULTURE, ENVIRONMENT)
    ]

    await settled(issued)

    held = [await carriers(issued, assignment) for assignment in both]
    assert [first for first, *_ in held] == [
        (AGRICULTURE, "lead", "2024-05-20", "2025-03-01"),
        (ENVIRONMENT, "lead", "2024-05-20", "2025-03-01"),
    ]
    # Whichever of the two was transferred first remains, and the other ends with its merging.
    assert sorted(later for _, *later in held) == [
        [],
        [(AGRICULTURE_AND_ENVIRONMENT, "lead", "2025-03-01", "None")],
    ]
    rows = {row.id: row for row in await issued.assignments(TEACH_THE_RESOLUTION, "once")}
    ends = {rows[assignment.id].status: rows[assignment.id] for assignment in both}
    assert ends.keys() == {AssignmentStatus.NOT_STARTED, AssignmentStatus.MERGED}
    remaining = ends[AssignmentStatus.NOT_STARTED]
    assert ends[AssignmentStatus.MERGED].merged_into_id == remaining.id


async def test_a_lead_that_is_merged_makes_its_successor_the_lead(issued: Sample) -> None:
    """Planning led the task and Finance coordinated it; then Planning became part of Finance."""
    given = await issued.assignment(PLANNING, HIGHLAND_PROGRAMME, "once")
    own = await issued.assignment(FINANCE, HIGHLAND_PROGRAMME, "once")

    await settled(issued)

    assert await carriers(issued, given) == [(PLANNING, "lead", "2024-05-20", "2025-03-01")]
    assert await carriers(issued, own) == [
        (FINANCE, "coordinating", "2024-05-20", "2025-03-01"),
        (FINANCE, "lead", "2025-03-01", "None"),
    ]
    rows = {row.id: row for row in await issued.assignments(HIGHLAND_PROGRAMME, "once")}
    assert rows[own.id].status == AssignmentStatus.NOT_STARTED
    assert rows[given.id].status == AssignmentStatus.MERGED
    assert rows[given.id].merged_into_id == own.id


async def carriers(issued: Sample, assignment: Assignment) -> list[tuple[str, str, str, str]]:
    """The agencies that owed an assignment: agency, role, first day, and the day after the last."""
    states = await issued.session.exec(
        select(AssignmentState)
        .where(col(AssignmentState.assignment_id) == assignment.id)
        .order_by(col(AssignmentState.since))
    )
    by_id = await agencies(issued)
    return [
        (by_id[row.agency_id].code, row.role.value, str(row.since), str(row.until))
        for row in states
    ]


@pytest.mark.parametrize("by", ["agency", "group", "task", "period"])
async def test_the_figures_of_2024_stay_as_they_were(issued: Sample, by: str) -> None:
    await file(issued, COMPLETED)
    frozen = [await figures(issued, day, by) for day in DAYS]

    await settled(issued)

    assert [await figures(issued, day, by) for day in DAYS] == frozen


async def test_figures_name_an_agency_only_for_days_on_which_it_exists(issued: Sample) -> None:
    await settled(issued)

    by_code = {row.code: row for row in (await agencies(issued)).values()}
    for day in [date(2025, month, 1) for month in range(1, 13)]:
        answer = await figures(issued, day, "agency")
        assert len(answer["groups"]) > 1
        for group in answer["groups"]:
            if group["code"] is not None:
                until = by_code[group["code"]].valid_until
                assert until is None or day < until, (group["code"], day)
        total = answer["total"]["by_current_deadline"]
        parts = [group["statistics"]["by_current_deadline"] for group in answer["groups"]]
        assert total["total"] == sum(part["total"] for part in parts)
        assert total["awaiting_handover"] == sum(part["awaiting_handover"] for part in parts)


async def test_only_what_was_merged_leaves_the_total(issued: Sample) -> None:
    mergers = await expected_mergers(issued)

    await settled(issued)

    assert min(mergers.values()) > 0
    for day, count in mergers.items():
        before, after = [
            (await figures(issued, one, "task"))["total"]["by_current_deadline"]
            for one in (day - timedelta(1), day)
        ]
        # An assignment that begins on the day was upcoming before it.
        lost = [one["total"] + one["upcoming"] for one in (before, after)]
        assert lost[0] - lost[1] == count


async def expected_mergers(issued: Sample) -> Counter[date]:
    """The number of assignments that the figures lose on each day, counted from those owed before
    it.

    Where one agency carries on alone what several owed, one assignment of each task and
    occurrence remains.
    """
    rows = await issued.session.exec(
        select(Agency.code, Assignment.task_id, Assignment.occurrence).join(
            Assignment, col(Assignment.agency_id) == col(Agency.id)
        )
    )
    owed: dict[str, set[tuple[UUID, str]]] = {}
    for code, task_id, occurrence in rows:
        owed.setdefault(code, set()).add((task_id, occurrence))
    mergers: Counter[date] = Counter()
    for day, owners in MERGED_ON:
        holders = [owed.get(code, set()) for code in owners]
        mergers[day] += sum(map(len, holders)) - len(set().union(*holders))
    return mergers


async def test_nobody_is_late_with_what_waits(issued: Sample) -> None:
    await settled(issued)

    answer = await figures(issued, date(2026, 3, 1), "agency")

    [waiting] = [group for group in answer["groups"] if group["key"] is None]
    tree = waiting["statistics"]["by_current_deadline"]
    assert tree["total"] == tree["awaiting_handover"] > 0
    assert tree["not_completed"]["overdue"]["total"] == 0
    assert {rate["base"] for rate in tree["rates"].values()} == {0}


async def test_settling_again_changes_nothing(issued: Sample) -> None:
    await settled(issued)
    rows = await issued.rows_of_all_tables()

    assert await settled(issued) == []
    assert await issued.rows_of_all_tables() == rows


async def test_a_late_worker_gives_what_a_punctual_one_does(issued: Sample) -> None:
    async def states() -> list[tuple[Any, ...]]:
        table = AssignmentState.__table__  # type: ignore[attr-defined]
        names = [name for name in table.columns if name.name != "plan_id"]
        rows = await (await issued.session.connection()).execute(
            sa.select(*names).order_by("assignment_id", "since")
        )
        return [tuple(row) for row in rows]

    point = await issued.session.begin_nested()
    await settle(Act(issued.session, None, LAST))
    at_once = await states()
    await point.rollback()
    for day in (1, 60, 91, 182):
        moment = datetime(2024, 12, 31, 2, tzinfo=UTC) + timedelta(day)
        await settle(Act(issued.session, None, moment))

    assert await states() == at_once


async def test_every_move_is_told_once(issued: Sample) -> None:
    changes = await settled(issued)

    moved = Counter(change.outcome.value for change in changes if change.assignment is not None)
    events = Counter(await issued.session.exec(select(col(Event.type))))
    entries = Counter(
        await issued.session.exec(
            select(col(AuditEntry.action)).where(col(AuditEntry.noun) == "assignment")
        )
    )
    assert events["tiendo.assignment.handed_over"] == entries["handed_over"] == moved["moved"]
    assert events["tiendo.assignment.merged"] == entries["merged"] == moved["merged"]
    # One more: who coordinates the plan is to be decided as well.
    assert events["tiendo.handover.opened"] == moved["to_decide"] + 1
    assert min(moved.values()) > 0


async def test_a_chain_is_followed_in_the_order_of_its_days(issued: Sample) -> None:
    assignment = await issued.assignment(LOC_HA, COOPERATION_RULES, "once")

    await settled(issued)

    by_id = await agencies(issued)
    steps = await issued.session.exec(
        select(Handover)
        .where(col(Handover.assignment_id) == assignment.id)
        .order_by(col(Handover.effective_on))
    )
    [first, *_] = steps
    assert by_id[first.from_agency_id].code == LOC_HA
    # Thạch Hà owed the same, so one assignment remains, and waits since the districts ended.
    by_key = {row.id: row for row in await issued.assignments(COOPERATION_RULES, "once")}
    merged = by_key[assignment.id]
    assert merged.merged_into_id is not None
    remaining = by_key[merged.merged_into_id]
    assert merged.status == AssignmentStatus.MERGED
    assert (by_id[remaining.agency_id].code, remaining.awaits_handover) == (
        THACH_HA,
        True,
    )


async def test_the_coordinator_ends_and_nobody_follows_until_it_is_decided(issued: Sample) -> None:
    await settled(issued)

    plan = await issued.the_plan()
    await issued.session.refresh(plan)
    [first] = await issued.session.exec(select(PlanCoordinator))
    codes = {row.id: row.code for row in (await agencies(issued)).values()}
    assert (plan.coordinator_id, plan.coordinator_since) == (None, date(2025, 3, 1))
    assert (codes[first.agency_id], first.valid_from, first.valid_until) == (
        INFORMATION,
        None,
        date(2025, 3, 1),
    )


async def test_the_worker_hands_over_what_is_due(issued: Sample) -> None:
    sessions: SessionMaker = issued.api.app.state.sessionmaker

    assert await hand_over(sessions, at=datetime(2024, 12, 31, 16, 59, tzinfo=UTC)) == 0
    done = await hand_over(sessions, at=datetime(2024, 12, 31, 17, tzinfo=UTC))

    assert done > 0
    assert await hand_over(sessions, at=datetime(2024, 12, 31, 17, tzinfo=UTC)) == 0


async def test_the_tasks_of_an_agency_that_ended_have_a_lead_in_later_years(
    issued: Sample,
) -> None:
    sessions: SessionMaker = issued.api.app.state.sessionmaker
    await hand_over(sessions, at=LAST)
    await roll_forward(sessions, at=LAST)

    rows = await issued.session.exec(
        select(Assignment.task_id, Assignment.role).where(col(Assignment.occurrence) == "2026")
    )
    roles: dict[UUID, set[str]] = {}
    for task_id, role in rows:
        roles.setdefault(task_id, set()).add(role)
    assert roles
    assert all("lead" in found for found in roles.values())


async def test_new_assignments_of_a_split_agency_wait_with_its_candidates(issued: Sample) -> None:
    sessions: SessionMaker = issued.api.app.state.sessionmaker
    await hand_over(sessions, at=LAST)
    await roll_forward(sessions, at=LAST)

    rows = await issued.session.exec(
        select(Assignment, Handover)
        .join(Agency, col(Agency.id) == col(Assignment.agency_id))
        .join(Handover, col(Handover.assignment_id) == col(Assignment.id), isouter=True)
        .where(col(Agency.code) == INFORMATION, col(Assignment.occurrence) == "2026")
    )
    made = rows.all()
    assert made
    assert {(row.awaits_handover, handover.state) for row, handover in made} == {
        (True, HandoverState.PENDING)
    }
    async with await issued.by(COMMITTEE_OFFICE, Role.READER) as http:
        shown = (await http.get(f"/v1/handovers/{made[0][1].id}")).json()
    assert [one["agency"]["code"] for one in shown["candidates"]] == [SCIENCE, CULTURE]

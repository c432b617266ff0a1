"""Settling: the assignments and plans of an ended agency go to its successor, or wait for a
decision.

The rule looks at all that an ended agency still owes, coordinates or owns, however and whenever
that came to it. So settling may be repeated.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from app.clock import local_day
from app.domain.acts import Act
from app.domain.agency_reports.expect import hand_over_requests
from app.domain.assignments.successors import HandoverStep
from app.domain.handovers.transfer import (
    HandoverChange,
    HandoverOutcome,
    Transfer,
    give_assignments,
    give_plan,
)
from app.domain.records import Note, Subject
from app.models import Agency, Handover, HandoverState, HandoverSubject, Plan, Succession
from app.models.base import new_id
from app.queries.assignments.expansion_rows import AgencyRow, SuccessionRow
from app.queries.bulk import insert_rows
from app.queries.handovers.carried import (
    OpenAssignment,
    carried_plans,
    ended_carriers,
    unfinished_assignments,
)
from app.queries.handovers.successions import successors_of
from app.queries.handovers.transfer_writes import let_assignments_wait
from app.queries.locks import lock_handovers


async def settle(
    act: Act,
    *,
    day: date | None = None,
    agency_ids: Collection[uuid.UUID] | None = None,
    plan_id: uuid.UUID | None = None,
) -> list[HandoverChange]:
    """Hand over all that agencies which ended by *day* (default: today) still carry.

    Each thing goes to the one successor from the day on which its agency ended, however late that
    becomes known; without exactly one successor it waits for a decision. The earliest end comes
    first, so that chains are followed. Closed plans are left as they are. Takes `lock_handovers`.
    """
    await act.session.flush()
    await lock_handovers(act.session)
    until = day or local_day(act.at)
    session = act.session
    ended = await ended_carriers(session, until, agency_ids=agency_ids, plan_id=plan_id)
    changes: list[HandoverChange] = []
    while ended:
        agency_id = min(ended, key=lambda key: (ended[key], key))
        ended_on = ended.pop(agency_id)
        found = await _settle_one(act, agency_id, ended_on, plan_id)
        changes += found
        heirs = {change.to_id for change in found if change.to_id is not None}
        if heirs:
            ended |= await ended_carriers(session, until, agency_ids=heirs, plan_id=plan_id)
    await hand_over_requests(act, until)
    return changes


async def _settle_one(
    act: Act, agency_id: uuid.UUID, day: date, plan_id: uuid.UUID | None
) -> list[HandoverChange]:
    session = act.session
    agency = await session.get_one(Agency, agency_id)
    successions = (await successors_of(session, {agency_id}))[agency_id]
    assignments = await unfinished_assignments(session, agency_id, day, plan_id=plan_id)
    plans = await carried_plans(session, agency_id, plan_id=plan_id)
    carried = [(plan, subject) for plan in plans for subject in _carried(plan, agency)]
    if len(successions) != 1:
        changes = await _wait(act, agency, assignments)
        for plan, subject in carried:
            changes.append(await _plan_waits(act, agency, day, plan, subject))
        return changes
    to = await session.get_one(Agency, successions[0].successor_id)
    transfer = Transfer(agency, to, day)
    changes = await give_assignments(act, transfer, assignments)
    changes += [await give_plan(act, transfer, plan, subject) for plan, subject in carried]
    await insert_rows(
        act.session, Handover, [_by_succession(act, change, successions[0]) for change in changes]
    )
    return changes


async def _wait(
    act: Act, agency: Agency, assignments: Sequence[OpenAssignment]
) -> list[HandoverChange]:
    await let_assignments_wait(act.session, assignments, at=act.at)
    await open_handovers(act, agency, assignments)
    return [
        HandoverChange(
            HandoverOutcome.TO_DECIDE,
            HandoverSubject.ASSIGNMENT,
            assignment.plan_id,
            agency.id,
            None,
            assignment,
        )
        for assignment in assignments
    ]


async def open_handovers(
    act: Act, agency: Agency | AgencyRow, assignments: Sequence[OpenAssignment]
) -> None:
    """Open a pending handover for each assignment that waits already."""
    rows = [
        _row(
            act, HandoverSubject.ASSIGNMENT, assignment.plan_id, agency.id, assignment.effective_on
        )
        | {"assignment_id": assignment.id}
        for assignment in assignments
    ]
    await insert_rows(act.session, Handover, rows)
    await act.record([_opened(row, agency) for row in rows])


async def record_handover_steps(
    act: Act, assignment: OpenAssignment, steps: Sequence[HandoverStep]
) -> None:
    """Write a decided handover for each step on the way to the agency that owes an assignment."""
    rows = []
    for step in steps:
        row = _row(
            act,
            HandoverSubject.ASSIGNMENT,
            assignment.plan_id,
            step.from_id,
            assignment.effective_on,
        ) | {
            "assignment_id": assignment.id,
            "state": HandoverState.DECIDED,
            "to_agency_id": step.to_id,
            "basis": step.by.basis,
        }
        if isinstance(step.by, SuccessionRow):
            rows.append(row | {"succession_id": step.by.id, "decided_at": act.at})
        else:
            names = ("decided_at", "decided_by_id", "decided_for_id", "reason")
            rows.append(row | {name: getattr(step.by, name) for name in names})
    for row in rows:
        await insert_rows(act.session, Handover, [row])


async def _plan_waits(
    act: Act, agency: Agency, day: date, plan: Plan, subject: HandoverSubject
) -> HandoverChange:
    if subject == HandoverSubject.COORDINATION:
        plan.coordinator_id, plan.coordinator_since = None, day
        await act.session.flush()
    row = _row(act, subject, plan.id, agency.id, day)
    await insert_rows(act.session, Handover, [row])
    await act.record([_opened(row, agency)])
    return HandoverChange(HandoverOutcome.TO_DECIDE, subject, plan.id, agency.id, None)


def _carried(plan: Plan, agency: Agency) -> list[HandoverSubject]:
    found = []
    if plan.coordinator_id == agency.id:
        found.append(HandoverSubject.COORDINATION)
    if plan.owner_id == agency.id:
        found.append(HandoverSubject.OWNERSHIP)
    return found


def _row(
    act: Act, subject: HandoverSubject, plan_id: uuid.UUID, agency_id: uuid.UUID, day: date
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "created_at": act.at,
        "updated_at": act.at,
        "subject": subject,
        "plan_id": plan_id,
        "from_agency_id": agency_id,
        "effective_on": day,
        "state": HandoverState.PENDING,
    }


def _by_succession(act: Act, change: HandoverChange, succession: Succession) -> dict[str, Any]:
    """The handover that a succession decides by itself, since it names the only successor."""
    day = change.assignment.effective_on if change.assignment else succession.effective_on
    return _row(act, change.subject, change.plan_id, change.from_id, day) | {
        "assignment_id": change.assignment and change.assignment.id,
        "state": HandoverState.DECIDED,
        "to_agency_id": change.to_id,
        "succession_id": succession.id,
        "decided_at": act.at,
        "basis": succession.basis,
    }


def _opened(row: dict[str, Any], agency: Agency | AgencyRow) -> Note:
    return Note(
        "opened",
        Subject("handover", row["id"], row["plan_id"], agency.id),
        {
            "subject": row["subject"],
            "from": agency.code,
            "effective_on": row["effective_on"].isoformat(),
        },
    )

"""Taking back the effects of a wrong succession, so that they can be settled anew.

Assignments that the wrong successor has completed stay with it. Everything else is as if the
predecessor still had it, and goes where it should have gone, since the same day.
"""

import uuid
from collections.abc import Collection, Sequence

from app.domain.acts import Act
from app.domain.handovers.split import SPLIT_REASON
from app.domain.handovers.transfer import MERGED_REASON, HandoverChange, HandoverOutcome
from app.domain.records import Note, Subject
from app.models import Assignment, AssignmentStatus, Handover, HandoverState, HandoverSubject, Plan
from app.queries.assignments.assignments import UNFINISHED
from app.queries.handovers import split_writes
from app.queries.handovers import undo_writes as queries
from app.queries.handovers.handovers import open_assignment_of
from app.queries.handovers.transfer_writes import merge_assignments


async def take_back(
    act: Act,
    *,
    agency_ids: Collection[uuid.UUID],
    succession_ids: Collection[uuid.UUID] = (),
    successor_ids: Collection[uuid.UUID] = (),
    everything: Collection[uuid.UUID] = (),
) -> list[HandoverChange]:
    """Undo handovers from *agency_ids*; answers the assignments that stay because they are closed.

    Undone are those that are pending, those that one of *succession_ids* decided, those that people
    decided in favour of one of *successor_ids*, and all of the agencies in *everything*.
    """
    handovers = [
        handover
        for handover in await queries.handovers_in_force(act.session, agency_ids)
        if handover.state == HandoverState.PENDING
        or handover.from_agency_id in everything
        or handover.succession_id in succession_ids
        or (handover.decided_by_id is not None and handover.to_agency_id in successor_ids)
    ]
    for handover in handovers:
        if handover.assignment_id is None:
            await _restore_plan(act, handover)
    return await take_back_assignments(act, handovers)


async def take_back_assignments(act: Act, handovers: Sequence[Handover]) -> list[HandoverChange]:
    """Undo these handovers, by day; answers the assignments that stay because they are closed."""
    assignments, stay = await _assignments(act, handovers)
    closed = {change.assignment.id for change in stay if change.assignment is not None}
    await _restore_assignments(act, assignments)
    await _supersede(act, [row for row in handovers if row.assignment_id not in closed])
    return stay


async def _assignments(
    act: Act, handovers: Sequence[Handover]
) -> tuple[list[tuple[Handover, Assignment]], list[HandoverChange]]:
    """The assignments to take back, each with its first handover, and those closed, which stay."""
    first: dict[uuid.UUID, Handover] = {}
    for handover in handovers:
        if handover.assignment_id is not None:
            first.setdefault(handover.assignment_id, handover)
    finished = {
        part.split_from_id
        for part in await split_writes.lock_parts(act.session, first)
        if part.status not in UNFINISHED and part.merged_into_id is None
    }
    open_ones, closed = [], []
    for row in await queries.lock_assignments(act.session, first):
        handover = first[row.id]
        is_gone = row.merged_into_id is not None or row.status == AssignmentStatus.SPLIT
        if row.status in UNFINISHED or (is_gone and row.id not in finished):
            open_ones.append((handover, row))
        else:
            closed.append(
                HandoverChange(
                    HandoverOutcome.STAYS,
                    HandoverSubject.ASSIGNMENT,
                    row.plan_id,
                    handover.from_agency_id,
                    row.agency_id,
                    open_assignment_of(handover, row),
                )
            )
    return open_ones, closed


async def _restore_assignments(act: Act, restored: Sequence[tuple[Handover, Assignment]]) -> None:
    if not restored:
        return
    split = {row.id: row for _, row in restored if row.status == AssignmentStatus.SPLIT}
    parts = await split_writes.lock_parts(act.session, split)
    await queries.restore_assignments(
        act.session,
        restored,
        reasons=(MERGED_REASON, SPLIT_REASON),
        also_leading=await split_writes.owned_before(act.session, split),
        at=act.at,
    )
    for handover, row in restored:
        await _put_together(act, handover, [part for part in parts if part.split_from_id == row.id])
    notes = [
        Note(
            "taken_back",
            Subject("assignment", assignment.id, assignment.plan_id, handover.from_agency_id),
            {"effective_on": handover.effective_on.isoformat()},
        )
        for handover, assignment in restored
    ]
    await act.record(notes)


async def _put_together(act: Act, handover: Handover, parts: Sequence[Assignment]) -> None:
    """Merge the parts of an assignment that is split no more into it, with all that they have."""
    for part in parts:
        if part.merged_into_id is None and handover.assignment_id is not None:
            await merge_assignments(
                act.session,
                [open_assignment_of(handover, part)],
                {part.id: handover.assignment_id},
                to_agency_id=handover.from_agency_id,
                reason=MERGED_REASON,
                at=act.at,
            )


async def _restore_plan(act: Act, handover: Handover) -> None:
    plan = await act.session.get_one(Plan, handover.plan_id)
    if handover.subject == HandoverSubject.OWNERSHIP:
        plan.owner_id = handover.from_agency_id
    else:
        plan.coordinator_since = await queries.coordinated_since(
            act.session, plan.id, handover.from_agency_id, before=handover.effective_on
        )
        plan.coordinator_id = handover.from_agency_id
    await act.session.flush()


async def _supersede(act: Act, handovers: Sequence[Handover]) -> None:
    """Supersede these handovers, and with them those by which a thing was handed on further."""
    if not handovers:
        return
    superseded = await queries.supersede_handovers(act.session, handovers, at=act.at)
    notes = [
        Note("superseded", Subject("handover", row.id, row.plan_id, row.from_agency_id), {})
        for row in superseded
    ]
    await act.record(notes)

"""Calling assignments off from a day on: no more is expected of them, and their past stays."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from app.clock import local_day
from app.domain.acts import Act
from app.domain.records import Note, Subject
from app.models import Assignment, AssignmentStatus
from app.queries.handovers.decision_writes import supersede_pending
from app.queries.submissions.waiver_writes import waive_unfiled


async def call_off(act: Act, assignments: Sequence[Assignment], *, day: date, reason: str) -> int:
    """Revoke these assignments, which are locked and unfinished, from *day* (inclusive) on.

    Waives their unfiled submissions and answers how many. An assignment that changed after *day* is
    revoked from its last change on, so that its history is not rewritten.
    """
    await end_assignments(act, assignments, AssignmentStatus.REVOKED, day=day)
    by_id = {row.id: row for row in assignments}
    return await waive_submissions_of(act, by_id, reason=reason)


async def end_assignments(
    act: Act, assignments: Sequence[Assignment], status: AssignmentStatus, *, day: date
) -> None:
    """Give these assignments, which are locked and unfinished, their last status from *day* on."""
    for row in assignments:
        if row.awaits_handover:
            # It waited until this day. Nobody has to decide any more who takes it over.
            row.awaits_handover, row.assigned_on = False, day
            await supersede_pending(act.session, row.id, at=act.at)
        row.status = status
        row.changed_on = max(day, row.changed_on)
    await act.session.flush()
    await act.record(
        [
            Note(status.value, Subject("assignment", row.id, row.plan_id, row.agency_id), {})
            for row in assignments
        ]
    )


async def waive_submissions_of(
    act: Act,
    assignments: Mapping[uuid.UUID, Assignment],
    *,
    reason: str,
    due_from: date = date.min,
) -> int:
    """Waive what is not filed of these assignments and due on *due_from* or later; answers how many
    submissions that are."""
    waived = await waive_unfiled(
        act.session,
        assignments,
        reason=reason,
        day=local_day(act.at),
        at=act.at,
        due_from=due_from,
    )
    notes = [
        Note("waived", Subject("submission", row_id, owed.plan_id, owed.agency_id), {})
        for row_id, owed in ((row_id, assignments[owing_id]) for row_id, owing_id in waived)
    ]
    await act.record(notes)
    return len(notes)

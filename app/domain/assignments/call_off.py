"""Calling off what is owed from a day on: nothing more is asked of it, and its past stays."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col

from app.clock import local_day
from app.domain.acts import Act
from app.domain.records import Note, Subject
from app.models import Assignment, AssignmentStatus, Submission, SubmissionStatus
from app.queries.handovers.decision_writes import supersede_pending

UNFILED = (SubmissionStatus.EXPECTED, SubmissionStatus.DRAFT, SubmissionStatus.RETURNED)
"""What waits for its agency: nobody will write it any more. What was filed is history."""


async def call_off(act: Act, assignments: Sequence[Assignment], *, day: date, reason: str) -> int:
    """Revoke these, which are held and unfinished, from *day* on, and ask for none of their
    reports any more; answers how many reports are waived.

    What changed after *day* is not told anew: it is revoked from its last change on.
    """
    for row in assignments:
        if row.awaits_handover:
            # It waited until this day: nobody need decide any more who takes it over.
            row.awaits_handover, row.assigned_on = False, day
            await supersede_pending(act.session, row.id, at=act.at)
        row.status = AssignmentStatus.REVOKED
        row.changed_on = max(day, row.changed_on)
    await act.session.flush()
    await act.record(
        [
            Note("revoked", Subject("assignment", row.id, row.plan_id, row.agency_id), {})
            for row in assignments
        ]
    )
    return await waive_unfiled(act, {row.id: row for row in assignments}, reason=reason)


async def waive_unfiled(
    act: Act, assignments: Mapping[uuid.UUID, Assignment], *, reason: str
) -> int:
    """Ask for no report on these that was not filed; answers how many that are."""
    rows = await act.session.exec(
        sa.update(Submission)
        .where(col(Submission.assignment_id).in_(assignments), col(Submission.status).in_(UNFILED))
        .values(
            status=SubmissionStatus.WAIVED,
            waived_reason=reason,
            waived_on=local_day(act.at),
            draft=None,
            drafted_by_id=None,
            updated_at=act.at,
        )
        .returning(col(Submission.id), col(Submission.assignment_id))
        .execution_options(synchronize_session=False)
    )
    notes = [
        Note("waived", Subject("submission", row_id, owed.plan_id, owed.agency_id), {})
        for row_id, owed in ((row.id, assignments[row.assignment_id]) for row in rows)
    ]
    await act.record(notes)
    return len(notes)

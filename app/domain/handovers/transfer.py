"""Giving the assignments and plans of one agency to another: all assignments by a few
statements."""

import enum
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from app.domain.acts import Act
from app.domain.plans import plans
from app.domain.records import Note, Subject
from app.models import Agency, HandoverSubject, Plan
from app.queries.handovers import transfer_writes as writes
from app.queries.handovers.carried import OpenAssignment


class HandoverOutcome(enum.StrEnum):
    """The outcome of a succession for one thing that an agency carried."""

    MOVED = "moved"
    MERGED = "merged"
    TO_DECIDE = "to_decide"
    STAYS = "stays"


class HandoverChange(NamedTuple):
    """The outcome for one assignment, or for the coordination or the ownership of a plan."""

    outcome: HandoverOutcome
    subject: HandoverSubject
    plan_id: uuid.UUID
    from_id: uuid.UUID
    to_id: uuid.UUID | None
    assignment: OpenAssignment | None = None


class Transfer(NamedTuple):
    """One agency hands over to another from a day on."""

    from_agency: Agency
    to_agency: Agency
    effective_on: date


MERGED_REASON = "Đã nhập vào nhiệm vụ của cơ quan tiếp nhận."
"""The reason for which a submission on a merged assignment is waived; it is stored with the
submission."""


async def give_assignments(
    act: Act, transfer: Transfer, assignments: Sequence[OpenAssignment]
) -> list[HandoverChange]:
    """Give assignments to another agency, each from its `effective_on` on.

    Where that agency owes the same already, the two are merged into its own, which leads if either
    led.
    """
    own = await _give(act, transfer, assignments)
    details = {
        day: _detail(transfer, day)
        for day in {assignment.effective_on for assignment in assignments}
    }
    to_id, from_id = transfer.to_agency.id, transfer.from_agency.id
    notes = [
        Note(
            "merged" if assignment.id in own else "handed_over",
            Subject("assignment", assignment.id, assignment.plan_id, to_id),
            details[assignment.effective_on]
            | ({"into": str(own[assignment.id])} if assignment.id in own else {}),
        )
        for assignment in assignments
    ]
    await act.record(notes)
    return [
        HandoverChange(
            HandoverOutcome.MERGED if assignment.id in own else HandoverOutcome.MOVED,
            HandoverSubject.ASSIGNMENT,
            assignment.plan_id,
            from_id,
            to_id,
            assignment,
        )
        for assignment in assignments
    ]


async def give_plan(
    act: Act, transfer: Transfer, plan: Plan, subject: HandoverSubject
) -> HandoverChange:
    """Let another agency coordinate a plan from the transfer's day on, or own it at once."""
    if subject == HandoverSubject.COORDINATION:
        plan.coordinator_id, plan.coordinator_since = transfer.to_agency.id, transfer.effective_on
        action = "coordinator_changed"
    else:
        plan.owner_id = transfer.to_agency.id
        action = "owner_changed"
    await act.session.flush()
    await act.record([Note(action, plans.subject(plan), _detail(transfer, transfer.effective_on))])
    return HandoverChange(
        HandoverOutcome.MOVED, subject, plan.id, transfer.from_agency.id, transfer.to_agency.id
    )


async def _give(
    act: Act, transfer: Transfer, assignments: Sequence[OpenAssignment]
) -> Mapping[uuid.UUID, uuid.UUID]:
    """Write the transfer; the successor's own assignment by the id of each one merged into it."""
    session, to_id = act.session, transfer.to_agency.id
    own = await writes.lock_owned_already(session, assignments, to_id)
    await writes.merge_assignments(
        session,
        [assignment for assignment in assignments if assignment.id in own],
        own,
        to_agency_id=to_id,
        reason=MERGED_REASON,
        at=act.at,
    )
    moving = [assignment for assignment in assignments if assignment.id not in own]
    await writes.move_assignments(session, moving, to_id, at=act.at)
    await writes.move_merged_along(session, assignments, at=act.at)
    return own


def _detail(transfer: Transfer, day: date) -> dict[str, str]:
    return {
        "from": transfer.from_agency.code,
        "to": transfer.to_agency.code,
        "effective_on": day.isoformat(),
    }

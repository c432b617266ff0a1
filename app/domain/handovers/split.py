"""Splitting the assignments of one agency among several successors: each gets one of its own.

The assignment of the agency that ended keeps the submissions filed on it and is owed no more.
"""

import uuid
from collections.abc import Sequence

from app.domain.acts import Act
from app.domain.records import Note, Subject
from app.domain.submissions.expect import expect_submissions
from app.models import Agency, Handover, Plan
from app.models.base import new_id
from app.queries.bulk import insert_rows
from app.queries.handovers import split_writes as writes
from app.queries.handovers.carried import OpenAssignment
from app.queries.handovers.transfer_writes import lead_where_either_led, lock_owned_already

SPLIT_REASON = "Đã chia cho các cơ quan tiếp nhận."
"""The reason for which a submission on a split assignment is waived; it is stored with the
submission."""


async def split_assignments(
    act: Act,
    plan: Plan,
    agency: Agency,
    successors: Sequence[Agency],
    assignments: Sequence[OpenAssignment],
) -> None:
    """Give each successor its own part of each assignment of *agency*, since its `effective_on`. A
    successor that has the same assignment already keeps that, and leads if the split one led.
    Drafts go along to each part; unfiled submissions are waived on the split assignment."""
    session = act.session
    parts: list[writes.AssignmentPart] = []
    for heir in successors:
        own = await lock_owned_already(session, assignments, heir.id)
        kept = [one for one in assignments if one.id in own]
        await lead_where_either_led(session, kept, own, at=act.at)
        parts += [
            writes.AssignmentPart(new_id(), one.id, heir.id)
            for one in assignments
            if one.id not in own
        ]
    days = {one.id: one.effective_on for one in assignments}
    await writes.insert_parts(session, parts, days, at=act.at)
    await expect_submissions(session, plan, at=act.at, only=[part.id for part in parts])
    await writes.copy_drafts(session, parts, at=act.at)
    await writes.close_split(session, days, reason=SPLIT_REASON, at=act.at)
    await act.record(_notes(agency, successors, assignments, parts))


async def record_other_heirs(
    act: Act, handovers: Sequence[Handover], successors: Sequence[Agency]
) -> None:
    """Write a handover like each of these, which are decided, to each of the other *successors*."""
    names = ("subject", "plan_id", "assignment_id", "from_agency_id", "effective_on", "state")
    signed = ("decided_at", "decided_by_id", "decided_for_id", "reason", "basis")
    rows = []
    for row in handovers if successors else ():
        await act.session.refresh(row)
        given = {name: getattr(row, name) for name in (*names, *signed)}
        given |= {"created_at": act.at, "updated_at": act.at}
        rows += [given | {"id": new_id(), "to_agency_id": agency.id} for agency in successors]
    await insert_rows(act.session, Handover, rows)


def _notes(
    agency: Agency,
    successors: Sequence[Agency],
    assignments: Sequence[OpenAssignment],
    parts: Sequence[writes.AssignmentPart],
) -> list[Note]:
    whole: dict[uuid.UUID, OpenAssignment] = {one.id: one for one in assignments}
    split = [
        Note(
            "split",
            Subject("assignment", one.id, one.plan_id, agency.id),
            {
                "to": [heir.code for heir in successors],
                "effective_on": one.effective_on.isoformat(),
            },
        )
        for one in assignments
    ]
    return split + [
        Note(
            "created",
            Subject("assignment", part.id, whole[part.split_from_id].plan_id, part.agency_id),
            {
                "split_from": str(part.split_from_id),
                "effective_on": whole[part.split_from_id].effective_on.isoformat(),
            },
        )
        for part in parts
    ]

"""Taking back what a succession did that turned out wrong, so that it can be settled anew.

What the wrong successor completed meanwhile stays its own; all else is again as if the predecessor
still had it, and goes where it should have gone, since the same day.
"""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from app.domain.acts import Act
from app.domain.handovers.transfer import MERGED, HandoverChange, HandoverOutcome
from app.domain.records import Note, Subject
from app.models import Assignment, Handover, HandoverState, HandoverSubject, Plan
from app.queries.assignments.assignments import UNFINISHED
from app.queries.handovers.handovers import open_assignment_of
from app.queries.handovers.successions import IDS

GIVEN = "unnest(cast(:ids as uuid[]), cast(:days as date[]), cast(:agencies as uuid[]))"
# What had been merged is an assignment again, in the state in which it was merged.
BACK = f"""
update assignment a
   set agency_id = given.agency_id, awaits_handover = false, assigned_on = given.day,
       status = case when a.status <> 'merged' then a.status else coalesce((
         select s.status from assignment_state s
          where s.assignment_id = a.id order by s.since desc limit 1), 'not_started') end,
       changed_on = case when a.status = 'merged' then given.day else a.changed_on end,
       merged_into_id = null, updated_at = :at
  from {GIVEN} as given (id, day, agency_id)
 where a.id = given.id
"""  # noqa: S608 - names of our own
REPORTS_BACK = """
update submission u
   set status = 'expected', waived_reason = null, waived_on = null, updated_at = :at
 where u.assignment_id = any(cast(:ids as uuid[])) and u.waived_reason = :reason
"""
# What came back counts with its own assignment as ever; what had gone over to the other one stays
# there.
MOVES_BACK = """
delete from submission_move m using submission u
 where u.id = m.submission_id and u.assignment_id = any(cast(:ids as uuid[]))
   and m.from_assignment_id = any(cast(:ids as uuid[]))
"""
# Who leads only because a lead was merged into it is what the plan's words made it.
ROLES_BACK = """
update assignment b set role = named.role, updated_at = :at
  from assignee named
 where b.id = any(cast(:remaining as uuid[])) and named.id = b.assignee_id
   and b.role = 'lead' and named.role <> 'lead'
   and not exists (
     select from assignment a join assignee led on led.id = a.assignee_id
      where a.merged_into_id = b.id and led.role = 'lead')
"""


async def take_back(
    act: Act,
    *,
    agency_ids: Collection[uuid.UUID],
    succession_ids: Collection[uuid.UUID] = (),
    successor_ids: Collection[uuid.UUID] = (),
    everything: Collection[uuid.UUID] = (),
) -> list[HandoverChange]:
    """Undo handovers of *agency_ids*: those that wait, those that these successions decided, and
    those that people decided in favour of these successors; of some agencies *everything*.

    Answers what stays because it is closed.
    """
    handovers = [
        handover
        for handover in await _standing(act, agency_ids)
        if handover.state == HandoverState.PENDING
        or handover.from_agency_id in everything
        or handover.succession_id in succession_ids
        or (handover.decided_by_id is not None and handover.to_agency_id in successor_ids)
    ]
    assignments, stay = await _assignments(act, handovers)
    closed = {change.assignment.id for change in stay if change.assignment is not None}
    back = [row for row in handovers if row.assignment_id not in closed]
    await _assignments_back(act, assignments)
    for handover in back:
        if handover.assignment_id is None:
            await _plan_back(act, handover)
    await _supersede(act, back)
    return stay


async def _standing(act: Act, agency_ids: Collection[uuid.UUID]) -> list[Handover]:
    rows = await act.session.exec(
        select(Handover)
        .where(
            col(Handover.from_agency_id).in_(agency_ids),
            col(Handover.state) != HandoverState.SUPERSEDED,
        )
        .order_by(col(Handover.effective_on), col(Handover.id))
    )
    return list(rows)


async def _assignments(
    act: Act, handovers: Sequence[Handover]
) -> tuple[list[tuple[Handover, Assignment]], list[HandoverChange]]:
    """The assignments to be taken back, each once, and those that are closed and stay."""
    first: dict[uuid.UUID, Handover] = {}
    for handover in handovers:
        if handover.assignment_id is not None:
            first.setdefault(handover.assignment_id, handover)
    rows = await act.session.exec(
        select(Assignment)
        .where(col(Assignment.id) == sa.func.any(sa.literal(list(first), IDS)))
        .order_by(col(Assignment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    assignments, stay = [], []
    for row in rows:
        handover = first[row.id]
        if row.status in UNFINISHED or row.merged_into_id is not None:
            assignments.append((handover, row))
        else:
            assignment, plan_id = open_assignment_of(handover, row), row.plan_id
            agency_id = handover.from_agency_id
            subject = HandoverSubject.ASSIGNMENT
            stay.append(
                HandoverChange(
                    HandoverOutcome.STAYS, subject, plan_id, agency_id, row.agency_id, assignment
                )
            )
    return assignments, stay


async def _assignments_back(act: Act, assignments: Sequence[tuple[Handover, Assignment]]) -> None:
    if not assignments:
        return
    lists: dict[str, Any] = {
        "ids": [assignment.id for _, assignment in assignments],
        "days": [handover.effective_on for handover, _ in assignments],
        "agencies": [handover.from_agency_id for handover, _ in assignments],
        "remaining": [a.merged_into_id for _, a in assignments if a.merged_into_id is not None],
    }
    connection = await act.session.connection()
    for statement in (BACK, REPORTS_BACK, MOVES_BACK, ROLES_BACK):
        values = {**lists, "at": act.at, "reason": MERGED}
        await connection.execute(sa.text(statement), values)
    await act.record(
        [
            Note(
                "taken_back",
                Subject("assignment", assignment.id, assignment.plan_id, handover.from_agency_id),
                {"effective_on": handover.effective_on.isoformat()},
            )
            for handover, assignment in assignments
        ]
    )


async def _plan_back(act: Act, handover: Handover) -> None:
    plan = await act.session.get_one(Plan, handover.plan_id)
    if handover.subject == HandoverSubject.OWNERSHIP:
        plan.owner_id = handover.from_agency_id
    else:
        before = sa.text(
            "select valid_from from plan_coordinator where plan_id = :plan and agency_id = :agency"
            " and (valid_from is null or valid_from < :day) order by valid_from desc nulls last"
        )
        values = {
            "plan": plan.id,
            "agency": handover.from_agency_id,
            "day": handover.effective_on,
        }
        connection = await act.session.connection()
        plan.coordinator_since = (await connection.execute(before, values)).scalars().first()
        plan.coordinator_id = handover.from_agency_id
    await act.session.flush()


async def _supersede(act: Act, handovers: Sequence[Handover]) -> None:
    """What was handed on from there is taken back with it."""
    if not handovers:
        return
    assignment_ids = [row.assignment_id for row in handovers if row.assignment_id is not None]
    later = sa.text(
        "update handover h set state = 'superseded', updated_at = :at"
        " where h.state <> 'superseded' and (h.id = any(cast(:ids as uuid[]))"
        " or (h.assignment_id = any(cast(:assignments as uuid[])) and h.id > :first))"
        " returning h.id, h.plan_id, h.from_agency_id"
    )
    values = {
        "at": act.at,
        "ids": [row.id for row in handovers],
        "assignments": assignment_ids,
        "first": min(row.id for row in handovers),
    }
    rows = await (await act.session.connection()).execute(later, values)
    notes = [
        Note("superseded", Subject("handover", row.id, row.plan_id, row.from_agency_id), {})
        for row in rows
    ]
    await act.record(notes)

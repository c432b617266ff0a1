"""Giving what one agency carries to another: assignments, in a few statements however many there
are,
and plans.

The trigger `keep_assignment_state` tells the days since then anew, and leaves those before alone.
"""

import enum
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.domain.acts import Act
from app.domain.plans import plans
from app.domain.records import Note, Subject
from app.models import Agency, HandoverSubject, Plan
from app.queries.handovers.handovers import OpenAssignment


class HandoverOutcome(enum.StrEnum):
    """What became of one thing that an agency carried."""

    MOVED = "moved"
    MERGED = "merged"
    TO_DECIDE = "to_decide"
    STAYS = "stays"


class HandoverChange(NamedTuple):
    """What became of one assignment, or of the follow-up or the ownership of a plan."""

    what: HandoverOutcome
    subject: HandoverSubject
    plan_id: uuid.UUID
    from_id: uuid.UUID
    to_id: uuid.UUID | None
    assignment: OpenAssignment | None = None


class Transfer(NamedTuple):
    """What one agency carries goes to another from a day on."""

    from_agency: Agency
    to_agency: Agency
    effective_on: date


GIVEN = "unnest(cast(:ids as uuid[]), cast(:days as date[])) as given (id, day)"
WAIT = f"""
update assignment a set awaits_handover = true, assigned_on = given.day, updated_at = :at
  from {GIVEN} where a.id = given.id
"""  # noqa: S608 - names of our own
# One assignment remains: the successor's own, unless that was called off.
SAME = """
select a.id, b.id as own_id
  from unnest(cast(:ids as uuid[])) as given (id)
  join assignment a on a.id = given.id
  join assignment b on b.task_id = a.task_id and b.occurrence = a.occurrence
   and b.agency_id = :to and b.status not in ('merged', 'revoked', 'not_applicable')
 order by b.id
   for no key update of b
"""
PAIRS = (
    "unnest(cast(:ids as uuid[]), cast(:days as date[]), cast(:own as uuid[]))"
    " as given (id, day, own_id)"
)
LEAD_WINS = f"""
update assignment b set role = 'lead', assigned_on = given.day, updated_at = :at
  from {PAIRS} join assignment a on a.id = given.id
 where b.id = given.own_id and a.role = 'lead' and b.role <> 'lead'
"""  # noqa: S608 - names of our own
MERGE = f"""
update assignment a
   set status = 'merged', merged_into_id = given.own_id, agency_id = :to, awaits_handover = false,
       assigned_on = given.day, updated_at = :at
  from {PAIRS} where a.id = given.id
"""  # noqa: S608 - names of our own
MOVE = f"""
update assignment a
   set agency_id = :to, awaits_handover = false, assigned_on = given.day, updated_at = :at
  from {GIVEN} where a.id = given.id
"""  # noqa: S608 - names of our own
# What was merged into one of these before goes where it goes.
FOLLOW = """
update assignment f
   set agency_id = a.agency_id, merged_into_id = coalesce(a.merged_into_id, a.id), updated_at = :at
  from unnest(cast(:ids as uuid[])) as given (id) join assignment a on a.id = given.id
 where f.merged_into_id = given.id
"""
# From that day on all reports on what is merged, or was merged into it before, count with what
# remains.
KEEP_MOVES = f"""
insert into submission_move (submission_id, moved_on, from_assignment_id, to_assignment_id)
select u.id, given.day, given.id, given.own_id
  from {PAIRS} join assignment a on given.id in (a.id, a.merged_into_id)
  join submission u on u.assignment_id = a.id
"""  # noqa: S608 - names of our own
# Reports on what was merged: those that the remaining assignment lacks go over to it.
GIVE_REPORTS = f"""
update submission u set assignment_id = given.own_id, updated_at = :at
  from {PAIRS}
 where u.assignment_id = given.id and u.status in ('expected', 'draft', 'returned')
   and not exists (
     select from submission own where own.assignment_id = given.own_id and own.period = u.period)
"""  # noqa: S608 - names of our own
# Of the rest, a draft goes along if the successor has begun none, and what nobody wrote is waived.
GIVE_DRAFTS = f"""
with given_on as (
  update submission own
     set status = 'draft', draft = u.draft, drafted_by_id = coalesce(u.drafted_by_id, :from),
         draft_narrative_id = u.draft_narrative_id, draft_sources = u.draft_sources,
         updated_at = :at
    from {PAIRS} join submission u on u.assignment_id = given.id and u.status = 'draft'
   where own.assignment_id = given.own_id and own.period = u.period and own.status = 'expected'
  returning u.id
)
update submission u
   set status = 'waived', waived_reason = :reason, waived_on = given.day, draft = null,
       drafted_by_id = null, draft_narrative_id = null, draft_sources = null, updated_at = :at
  from {PAIRS}
 where u.assignment_id = given.id
   and (u.status = 'expected' or u.id in (select id from given_on))
"""  # noqa: S608 - names of our own
MERGED = "Đã nhập vào nhiệm vụ của cơ quan tiếp nhận. / Merged into the successor's own assignment."


async def let_wait(act: Act, assignments: Sequence[OpenAssignment]) -> None:
    """Let these wait for a decision, from the day of each on."""
    await _run(act, WAIT, _days(assignments))


async def give_assignments(
    act: Act, transfer: Transfer, assignments: Sequence[OpenAssignment]
) -> list[HandoverChange]:
    """Give these to another agency, from the day of each on.

    What that agency owes already is merged into its own, which remains; a lead stays a lead.
    """
    own = await _give(act, transfer, assignments)
    words = {
        day: _words(transfer, day)
        for day in {assignment.effective_on for assignment in assignments}
    }
    to_id, from_id = transfer.to_agency.id, transfer.from_agency.id
    notes = [
        Note(
            "merged" if assignment.id in own else "handed_over",
            Subject("assignment", assignment.id, assignment.plan_id, to_id),
            words[assignment.effective_on]
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
    """Let another agency coordinate a plan from that day on, or own it."""
    if subject == HandoverSubject.COORDINATION:
        plan.coordinator_id, plan.coordinator_since = transfer.to_agency.id, transfer.effective_on
        action = "coordinator_changed"
    else:
        plan.owner_id = transfer.to_agency.id
        action = "owner_changed"
    await act.session.flush()
    await act.record([Note(action, plans.subject(plan), _words(transfer, transfer.effective_on))])
    return HandoverChange(
        HandoverOutcome.MOVED, subject, plan.id, transfer.from_agency.id, transfer.to_agency.id
    )


async def _give(
    act: Act, transfer: Transfer, assignments: Sequence[OpenAssignment]
) -> Mapping[uuid.UUID, uuid.UUID]:
    ids, to_id = [assignment.id for assignment in assignments], transfer.to_agency.id
    connection = await act.session.connection()
    rows = await connection.execute(sa.text(SAME), {"ids": ids, "to": to_id})
    own = {row.id: row.own_id for row in rows}
    merging = [assignment for assignment in assignments if assignment.id in own]
    pairs = _days(merging) | {"own": [own[assignment.id] for assignment in merging]}
    await _run(act, LEAD_WINS, pairs)
    await _run(act, KEEP_MOVES, pairs)
    await _run(act, MERGE, pairs, to=to_id)
    await _run(act, GIVE_REPORTS, pairs)
    await _run(act, GIVE_DRAFTS, pairs, **{"from": transfer.from_agency.id, "reason": MERGED})
    await _run(
        act,
        MOVE,
        _days([assignment for assignment in assignments if assignment.id not in own]),
        to=to_id,
    )
    await _run(act, FOLLOW, {"ids": ids})
    return own


def _days(assignments: Sequence[OpenAssignment]) -> dict[str, Any]:
    return {
        "ids": [assignment.id for assignment in assignments],
        "days": [assignment.effective_on for assignment in assignments],
    }


def _words(transfer: Transfer, day: date) -> dict[str, str]:
    return {
        "from": transfer.from_agency.code,
        "to": transfer.to_agency.code,
        "effective_on": day.isoformat(),
    }


async def _run(act: Act, statement: str, lists: Mapping[str, Any], **values: Any) -> None:
    if lists["ids"]:
        connection = await act.session.connection()
        await connection.execute(sa.text(statement), {"at": act.at, **lists, **values})

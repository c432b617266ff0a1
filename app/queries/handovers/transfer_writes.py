"""Bulk writes of a transfer: assignments go to another agency, or are merged into its own.

Each statement serves all assignments of one transfer. The trigger `keep_assignment_state` rewrites
an assignment's days from `assigned_on` on and leaves earlier days as they are.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.handovers.carried import OpenAssignment
from app.queries.submissions.drafts import merge_drafts

LET_WAIT = sa.text("""
update assignment a set awaits_handover = true, assigned_on = given.day, updated_at = :at
  from unnest(cast(:ids as uuid[]), cast(:days as date[])) as given (id, day)
 where a.id = given.id
""")
# The successor's own assignment remains, unless it was called off.
OWNED_ALREADY = sa.text("""
select a.id, b.id as own_id
  from unnest(cast(:ids as uuid[])) as given (id)
  join assignment a on a.id = given.id
  join assignment b on b.task_id = a.task_id and b.occurrence = a.occurrence
   and b.agency_id = :to and b.status not in ('merged', 'split', 'revoked', 'not_applicable')
 order by b.id
   for no key update of b
""")
LEAD_WINS = sa.text("""
update assignment b set role = 'lead', assigned_on = given.day, updated_at = :at
  from unnest(cast(:ids as uuid[]), cast(:days as date[]), cast(:own as uuid[]))
         as given (id, day, own_id)
  join assignment a on a.id = given.id
 where b.id = given.own_id and a.role = 'lead' and b.role <> 'lead'
""")
# From that day on, submissions on a merged assignment count with the one that remains; so do
# submissions on assignments that were merged into it before.
RECORD_SUBMISSION_MOVES = sa.text("""
insert into submission_move (submission_id, moved_on, from_assignment_id, to_assignment_id)
select u.id, given.day, given.id, given.own_id
  from unnest(cast(:ids as uuid[]), cast(:days as date[]), cast(:own as uuid[]))
         as given (id, day, own_id)
  join assignment a on given.id in (a.id, a.merged_into_id)
  join submission u on u.assignment_id = a.id
""")
MERGE = sa.text("""
update assignment a
   set status = 'merged', merged_into_id = given.own_id, agency_id = :to, awaits_handover = false,
       assigned_on = given.day, updated_at = :at
  from unnest(cast(:ids as uuid[]), cast(:days as date[]), cast(:own as uuid[]))
         as given (id, day, own_id)
 where a.id = given.id
""")
# Unfiled submissions of periods that the remaining assignment lacks go over to it.
MOVE_SUBMISSIONS = sa.text("""
update submission u set assignment_id = given.own_id, updated_at = :at
  from unnest(cast(:ids as uuid[]), cast(:days as date[]), cast(:own as uuid[]))
         as given (id, day, own_id)
 where u.assignment_id = given.id and u.status in ('expected', 'returned')
   and not exists (
     select from submission own where own.assignment_id = given.own_id and own.period = u.period)
""")
# If both assignments have the period, the submission that nobody has written, or whose draft went
# over, is waived.
WAIVE_TWINS = sa.text("""
update submission u
   set status = 'waived', waived_reason = :reason, waived_on = given.day, updated_at = :at
  from unnest(cast(:ids as uuid[]), cast(:days as date[])) as given (id, day)
 where u.assignment_id = given.id and u.status = 'expected' and u.id <> all(cast(:kept as uuid[]))
""")
MOVE = sa.text("""
update assignment a
   set agency_id = :to, awaits_handover = false, assigned_on = given.day, updated_at = :at
  from unnest(cast(:ids as uuid[]), cast(:days as date[])) as given (id, day)
 where a.id = given.id
""")
# An assignment that was merged into one of these before goes where that one goes.
MOVE_MERGED_ALONG = sa.text("""
update assignment f
   set agency_id = a.agency_id, merged_into_id = coalesce(a.merged_into_id, a.id), updated_at = :at
  from unnest(cast(:ids as uuid[])) as given (id) join assignment a on a.id = given.id
 where f.merged_into_id = given.id
""")


async def let_assignments_wait(
    session: AsyncSession, assignments: Sequence[OpenAssignment], *, at: datetime
) -> None:
    """Mark assignments as waiting for a decision, each from its `effective_on` on."""
    await _run(session, LET_WAIT, _days(assignments), at=at)


async def lock_owned_already(
    session: AsyncSession, assignments: Sequence[OpenAssignment], to_agency_id: uuid.UUID
) -> dict[uuid.UUID, uuid.UUID]:
    """The agency's own assignment for the same task and occurrence, by the id of each of these.

    The agency's own assignments are locked until the transaction ends.
    """
    values = {"ids": [assignment.id for assignment in assignments], "to": to_agency_id}
    rows = await (await session.connection()).execute(OWNED_ALREADY, values)
    return {row.id: row.own_id for row in rows}


async def merge_assignments(
    session: AsyncSession,
    assignments: Sequence[OpenAssignment],
    own: Mapping[uuid.UUID, uuid.UUID],
    *,
    to_agency_id: uuid.UUID,
    reason: str,
    at: datetime,
) -> None:
    """Merge each assignment into the successor's *own*; *reason* is kept with waived submissions.

    The one that remains leads if either led.
    """
    await lead_where_either_led(session, assignments, own, at=at)
    lists = _with_own(assignments, own)
    await _run(session, RECORD_SUBMISSION_MOVES, lists)
    await _run(session, MERGE, lists, at=at, to=to_agency_id)
    await _run(session, MOVE_SUBMISSIONS, lists, at=at)
    if lists["ids"]:
        kept = await merge_drafts(session, lists, at=at)
        values = {"kept": kept, "reason": reason, "at": at}
        await _run(session, WAIVE_TWINS, _days(assignments), **values)


async def lead_where_either_led(
    session: AsyncSession,
    assignments: Sequence[OpenAssignment],
    own: Mapping[uuid.UUID, uuid.UUID],
    *,
    at: datetime,
) -> None:
    """Let the successor's *own* assignment lead where one of these led."""
    await _run(session, LEAD_WINS, _with_own(assignments, own), at=at)


async def move_assignments(
    session: AsyncSession,
    assignments: Sequence[OpenAssignment],
    to_agency_id: uuid.UUID,
    *,
    at: datetime,
) -> None:
    """Give assignments to an agency, each from its `effective_on` on."""
    await _run(session, MOVE, _days(assignments), at=at, to=to_agency_id)


async def move_merged_along(
    session: AsyncSession, assignments: Sequence[OpenAssignment], *, at: datetime
) -> None:
    """Let assignments that were merged into these before go to the same agency."""
    ids = [assignment.id for assignment in assignments]
    await _run(session, MOVE_MERGED_ALONG, {"ids": ids}, at=at)


def _days(assignments: Sequence[OpenAssignment]) -> dict[str, Any]:
    return {
        "ids": [assignment.id for assignment in assignments],
        "days": [assignment.effective_on for assignment in assignments],
    }


def _with_own(
    assignments: Sequence[OpenAssignment], own: Mapping[uuid.UUID, uuid.UUID]
) -> dict[str, Any]:
    return _days(assignments) | {"own": [own[assignment.id] for assignment in assignments]}


async def _run(
    session: AsyncSession, statement: sa.TextClause, lists: Mapping[str, Any], **values: Any
) -> None:
    if lists["ids"]:
        await (await session.connection()).execute(statement, {**lists, **values})

"""Finding assignments that moved on after a past day, and joining states that a move had cut in
two.

A report that is entered late counts from its own day. By then its assignment may have gone to a
successor; for the days between, the history is written anew.
"""

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Assignment, Handover, HandoverState, Plan
from app.queries.handovers.successions import IDS


class AssignmentOwnedOn(NamedTuple):
    """An assignment that an agency held on a day, as the author of a late entry did."""

    assignment_id: uuid.UUID
    agency_id: uuid.UUID
    day: date


# Those that are with another agency now, or with nobody.
MOVED_SINCE = sa.text("""
select a.id, asked.agency_id, asked.day
  from unnest(cast(:ids as uuid[]), cast(:agencies as uuid[]), cast(:days as date[]))
         as asked (id, agency_id, day)
  join assignment a on a.id = asked.id
   and (a.agency_id <> asked.agency_id or a.awaits_handover or a.status in ('merged', 'split'))
 where exists (
   select from assignment_state s
    where s.assignment_id = a.id and s.agency_id = asked.agency_id and not s.awaits_handover
      and s.since <= asked.day and (s.until is null or s.until > asked.day))
 order by a.id
""")
# The assignments that moved on after the day as of which these late entries, once accepted, close
# an assignment: the closed one, and those which coordinate its task, since they end with it. An
# entry is late if it was received before its plan was followed up here. Materialized: nearly always
# there are none, and PostgreSQL, whose statistics may be older than a plan that was just imported,
# must not read all states to see that.
CLOSED_BEFORE_MOVE = sa.text("""
with closing as materialized (
  select a.id, a.task_id, a.occurrence, t.received_on as day
    from submission u
    join submission_attempt t on t.submission_id = u.id and t.number = u.attempts
    join assignment a on a.id = u.assignment_id
    join plan p on p.id = a.plan_id
   where u.id = any(:ids) and u.status = 'submitted' and t.entered_by_id is not null
     and t.received_on < p.tracked_from
     and t.content ->> 'outcome' in ('completed', 'not_applicable')
)
select a.id, s.agency_id, c.day
  from closing c
  join assignment a on a.task_id = c.task_id and a.occurrence = c.occurrence
   and (a.id = c.id or a.role = 'coordinating')
  join assignment_state s on s.assignment_id = a.id
   and s.since <= c.day and (s.until is null or s.until > c.day)
 where a.agency_id <> s.agency_id or a.awaits_handover or a.status in ('merged', 'split')
 order by a.id
""").bindparams(sa.bindparam("ids", type_=IDS))
# If the state of the day and those after it differ in nothing but the agency, they become one state
# again, from which a change may hold that is as old as the day.
FORGET_LATER_STATES = sa.text("""
delete from assignment_state gone
 using unnest(cast(:ids as uuid[]), cast(:days as date[])) as asked (id, day)
  join assignment_state p on p.assignment_id = asked.id
   and p.since <= asked.day and p.until > asked.day
 where gone.assignment_id = asked.id and gone.since > p.since
   and not exists (
     select from assignment_state s
      where s.assignment_id = asked.id and s.since > p.since
        and (s.agency_id, s.role, s.status, s.deadline_on, s.original_deadline_on, s.reported_on,
             s.completed_on, s.awaits_handover, s.plan_closed)
            is distinct from
            (p.agency_id, p.role, p.status, p.deadline_on, p.original_deadline_on, p.reported_on,
             p.completed_on, p.awaits_handover, p.plan_closed))
""")
OPEN_LAST_STATES = sa.text("""
update assignment_state s set until = null
 where s.assignment_id = any(cast(:ids as uuid[])) and s.until is not null
   and not exists (
     select from assignment_state l where l.assignment_id = s.assignment_id and l.since > s.since)
   and not exists (
     select from assignment a where a.id = s.assignment_id and a.status = 'merged')
""")
CHANGE_FROM_THERE = sa.text("""
update assignment a set changed_on = s.since
  from unnest(cast(:ids as uuid[]), cast(:days as date[])) as asked (id, day)
  join assignment_state s on s.assignment_id = asked.id
   and s.since <= asked.day and s.until is null
 where a.id = asked.id
""")


async def moved_since(
    session: AsyncSession, held: Collection[AssignmentOwnedOn]
) -> list[AssignmentOwnedOn]:
    """Those of these assignments that their agency held on the day and that are not with it now."""
    rows = await (await session.connection()).execute(
        MOVED_SINCE,
        {
            "ids": [one.assignment_id for one in held],
            "agencies": [one.agency_id for one in held],
            "days": [one.day for one in held],
        },
    )
    return [AssignmentOwnedOn(*row) for row in rows]


async def closed_before_move(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> list[AssignmentOwnedOn]:
    """The assignments that end as of a day before they moved, once these submissions are
    accepted."""
    rows = await (await session.connection()).execute(CLOSED_BEFORE_MOVE, {"ids": list(ids)})
    return [AssignmentOwnedOn(*row) for row in rows]


async def plans_of(
    session: AsyncSession, assignment_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Plan]:
    """The plans of these assignments, by the assignment's id."""
    rows = await session.exec(
        select(col(Assignment.id), Plan)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(col(Assignment.id) == sa.func.any(sa.literal(list(assignment_ids), IDS)))
    )
    return dict(rows.all())


async def handovers_of(
    session: AsyncSession, assignment_ids: Collection[uuid.UUID]
) -> list[Handover]:
    """The handovers of these assignments that nothing has overtaken, by day."""
    rows = await session.exec(
        select(Handover)
        .where(
            col(Handover.assignment_id) == sa.func.any(sa.literal(list(assignment_ids), IDS)),
            col(Handover.state) != HandoverState.SUPERSEDED,
        )
        .order_by(col(Handover.effective_on), col(Handover.id))
    )
    return list(rows)


async def join_states(session: AsyncSession, days: Mapping[uuid.UUID, date]) -> None:
    """Make one state of that of the day and those after it, where they say the same."""
    given = {"ids": list(days), "days": list(days.values())}
    connection = await session.connection()
    await connection.execute(FORGET_LATER_STATES, given)
    await connection.execute(OPEN_LAST_STATES, {"ids": list(days)})
    await connection.execute(CHANGE_FROM_THERE, given)

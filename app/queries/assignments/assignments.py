"""Reading assignments. Everyone with a token reads those of issued plans."""

import uuid

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Principal
from app.errors import Text
from app.models import Assignment, AssignmentAction, AssignmentStatus, Plan
from app.queries.plans.plans import sees_plan
from app.queries.rows import one_of
from app.queries.visible_ids import VisibleAssignmentId

NO_SUCH_ASSIGNMENT = Text("Không có nhiệm vụ được giao này.", "There is no such assignment.")
OPEN = (
    AssignmentStatus.NOT_STARTED,
    AssignmentStatus.IN_PROGRESS,
    AssignmentStatus.AWAITING_CONFIRMATION,
)
UNFINISHED = (*OPEN, AssignmentStatus.SUSPENDED)
"""Assignments that go to the successor of an agency that ends; the others are history."""


def open_status(condition: str) -> str:
    """SQL of the status in which an assignment `a` goes on that was open until a submission closed
    it which is taken back; *condition* is on the states `s` of which this is the last. Of several
    changes on one day the history has the last: an assignment completed or awaiting confirmation
    until that very day was opened again on it, in progress."""
    return f"""coalesce((
         select case when s.status in ('not_started', 'in_progress', 'suspended')
             or s.status = 'awaiting_confirmation' and a.reported_on is not null
             then s.status else 'in_progress' end
           from assignment_state s
          where s.assignment_id = a.id and {condition}
          order by s.since desc limit 1), 'not_started')"""


async def expanded_occurrences(
    session: AsyncSession, plan_id: uuid.UUID
) -> dict[tuple[uuid.UUID, str], set[uuid.UUID]]:
    """The occurrences of a plan's tasks that have assignments, with the agencies of each.

    Leaves out an agency whose assignment a substitution called off: it may be assigned again. One
    that a person revoked counts, so that it is not made anew.
    """
    decided = select(AssignmentAction.id).where(
        col(AssignmentAction.assignment_id) == col(Assignment.id),
        col(AssignmentAction.to_status) == AssignmentStatus.REVOKED,
    )
    stands = sa.or_(col(Assignment.status) != AssignmentStatus.REVOKED, decided.exists())
    rows = await session.exec(
        select(
            Assignment.task_id,
            Assignment.occurrence,
            sa.func.array_agg(Assignment.agency_id).filter(stands),
        )
        .where(col(Assignment.plan_id) == plan_id)
        .group_by(col(Assignment.task_id), col(Assignment.occurrence))
    )
    return {(task_id, occurrence): set(agencies or ()) for task_id, occurrence, agencies in rows}


def visible_assignments(principal: Principal) -> SelectOfScalar[Assignment]:
    """The assignments of plans that the principal sees; a draft has none."""
    return (
        select(Assignment)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(sees_plan(principal))
    )


async def get_assignment(
    session: AsyncSession, principal: Principal, assignment_id: uuid.UUID
) -> Assignment:
    """One visible assignment."""
    statement = visible_assignments(principal).where(col(Assignment.id) == assignment_id)
    return await one_of(session, statement, NO_SUCH_ASSIGNMENT)


def visible_assignment_id(assignment: Assignment) -> VisibleAssignmentId:
    """The id of a row that `get_assignment` or another query of visible rows handed out."""
    return VisibleAssignmentId(assignment.id)

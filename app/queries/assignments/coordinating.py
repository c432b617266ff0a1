"""The coordinating assignments of a task, and whether all who lead it are done."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssigneeRole, Assignment, AssignmentState, AssignmentStatus

S = AssignmentStatus
ENDS = (S.NOT_STARTED, S.IN_PROGRESS, S.SUSPENDED)
"""The statuses that end with the task. An assignment that awaits confirmation is decided first."""
NO_LONGER_OWED = (S.MERGED, S.SPLIT, S.REVOKED, S.NOT_APPLICABLE)


async def are_leads_done(session: AsyncSession, task_id: uuid.UUID, occurrence: str) -> bool:
    """True if every assignment that leads a task in an occurrence is completed, and there is one.

    What was called off, does not apply or was merged into another does not count.
    """
    statement = select(
        sa.func.coalesce(sa.func.bool_and(col(Assignment.status) == S.COMPLETED), sa.false())
    ).where(
        col(Assignment.task_id) == task_id,
        col(Assignment.occurrence) == occurrence,
        col(Assignment.role) == AssigneeRole.LEAD,
        col(Assignment.status).not_in(NO_LONGER_OWED),
    )
    return bool((await session.exec(statement)).one())


async def lock_coordinating(
    session: AsyncSession, task_id: uuid.UUID, occurrence: str
) -> Sequence[Assignment]:
    """Lock the coordinating assignments of a task in an occurrence, in the order of ids."""
    statement = (
        select(Assignment)
        .where(
            col(Assignment.task_id) == task_id,
            col(Assignment.occurrence) == occurrence,
            col(Assignment.role) == AssigneeRole.COORDINATING,
        )
        .order_by(col(Assignment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.exec(statement)).all()


async def status_before_the_end(
    session: AsyncSession, assignment_id: uuid.UUID
) -> AssignmentStatus:
    """The status in which an assignment was when it ended with its task.

    Of several changes on one day the history has the last. What was completed or waited until that
    very day was opened again on it: it was in progress.
    """
    statement = (
        select(AssignmentState.status)
        .where(
            col(AssignmentState.assignment_id) == assignment_id,
            col(AssignmentState.status) != S.ENDED_WITH_TASK,
        )
        .order_by(col(AssignmentState.since).desc())
        .limit(1)
    )
    before = S((await session.exec(statement)).first() or S.NOT_STARTED)
    return before if before in ENDS else S.IN_PROGRESS

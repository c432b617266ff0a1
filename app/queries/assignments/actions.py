"""Locking assignments that people decide on, and reading the decisions."""

import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Permission, Principal
from app.models import (
    Assignment,
    AssignmentAction,
    AssignmentActionKind,
    Plan,
    Submission,
)
from app.queries.assignments.assignments import NO_SUCH_ASSIGNMENT, UNFINISHED, get_assignment
from app.queries.locks import lock_handovers
from app.queries.plans.plans import get_plan_for_update, sees_plan
from app.queries.rows import one_of
from app.queries.submissions.submissions import has_part_in_assignment
from app.queries.visible_ids import VisibleAssignmentId


class AssignmentCase(NamedTuple):
    """An assignment and its plan, whose parties decide on it."""

    assignment: Assignment
    plan: Plan


async def lock_assignment(
    session: AsyncSession, principal: Principal, assignment_id: uuid.UUID
) -> AssignmentCase:
    """One visible assignment, locked until the transaction ends, as for every report on it."""
    statement = _cases().where(sees_plan(principal), col(Assignment.id) == assignment_id)
    held = statement.with_for_update(of=Assignment, key_share=True)
    return AssignmentCase(*await one_of(session, held, NO_SUCH_ASSIGNMENT))


async def lock_assignment_and_plan(
    session: AsyncSession, principal: Principal, assignment_id: uuid.UUID
) -> AssignmentCase:
    """The same, with its plan: nothing is handed over, expanded or closed meanwhile.

    Locks are taken in the order of `app.queries.locks`: handovers, the plan, the assignment.
    """
    found = await get_assignment(session, principal, assignment_id)
    await lock_handovers_and_plan(session, principal, found.plan_id)
    return await lock_assignment(session, principal, assignment_id)


async def lock_handovers_and_plan(
    session: AsyncSession, principal: Principal, plan_id: uuid.UUID
) -> Plan:
    """Lock a visible plan for decisions on several of its assignments."""
    await lock_handovers(session)
    return await get_plan_for_update(session, principal, plan_id)


def _cases() -> Any:
    return (
        select(Assignment, Plan)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .execution_options(populate_existing=True)
    )


async def lock_unfinished_of_task(
    session: AsyncSession, task_id: uuid.UUID, occurrence: str | None
) -> list[Assignment]:
    """Lock a task's unfinished assignments, of one occurrence or of all, in the order of ids."""
    statement = (
        select(Assignment)
        .where(col(Assignment.task_id) == task_id, col(Assignment.status).in_(UNFINISHED))
        .order_by(col(Assignment.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if occurrence is not None:
        statement = statement.where(col(Assignment.occurrence) == occurrence)
    return list(await session.exec(statement))


async def occurrences_of(session: AsyncSession, task_id: uuid.UUID) -> set[str]:
    """The occurrences of a task that have assignments."""
    statement = select(Assignment.occurrence).where(col(Assignment.task_id) == task_id).distinct()
    return set(await session.exec(statement))


async def last_numbers(
    session: AsyncSession, table: type[SQLModel], ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """The number of the last row of *table* about each of these assignments that has one."""
    columns = table.__table__.c  # type: ignore[attr-defined]  # SQLModel does not declare it
    statement = (
        sa.select(columns.assignment_id, sa.func.max(columns.number))
        .where(columns.assignment_id.in_(ids))
        .group_by(columns.assignment_id)
    )
    rows = await (await session.connection()).execute(statement)
    return dict(rows.all())


async def next_number(
    session: AsyncSession, table: type[SQLModel], assignment_id: uuid.UUID
) -> int:
    """The number of the next row of *table* about a locked assignment."""
    return (await last_numbers(session, table, [assignment_id])).get(assignment_id, 0) + 1


async def last_suspension(session: AsyncSession, assignment: Assignment) -> AssignmentAction | None:
    """The last action that suspended an assignment, or the one of which it is a part."""
    rows = await session.exec(
        select(AssignmentAction)
        .where(
            col(AssignmentAction.assignment_id).in_([assignment.id, assignment.split_from_id]),
            col(AssignmentAction.action) == AssignmentActionKind.SUSPENDED,
        )
        # On equal days the assignment's own suspension counts: a part is suspended after the whole.
        .order_by(
            col(AssignmentAction.done_on).desc(),
            (col(AssignmentAction.assignment_id) == assignment.id).desc(),
            col(AssignmentAction.number).desc(),
        )
        .limit(1)
    )
    return rows.one_or_none()


async def is_reported_on(session: AsyncSession, assignment_id: uuid.UUID) -> bool:
    """True if any submission of the assignment was ever filed."""
    rows = await session.exec(
        select(Submission.id)
        .where(col(Submission.assignment_id) == assignment_id, col(Submission.attempts) > 0)
        .limit(1)
    )
    return rows.one_or_none() is not None


async def actions_of(
    session: AsyncSession, assignment_id: VisibleAssignmentId, *, after: int | None, limit: int
) -> list[AssignmentAction]:
    """The actions on an assignment after number *after*, in order; at most *limit*."""
    rows = await session.exec(
        select(AssignmentAction)
        .where(
            col(AssignmentAction.assignment_id) == assignment_id,
            col(AssignmentAction.number) > (after or 0),
        )
        .order_by(col(AssignmentAction.number))
        .limit(limit)
    )
    return list(rows)


async def reads_submissions_of(
    session: AsyncSession, principal: Principal, assignment_id: uuid.UUID
) -> bool:
    """True if the caller may read the submissions of an assignment."""
    if not principal.may(Permission.SUBMISSION_READ):
        return False
    if principal.reads_all_submissions:
        return True
    statement = _cases().where(
        col(Assignment.id) == assignment_id, has_part_in_assignment(principal.agency_id)
    )
    return (await session.exec(statement)).one_or_none() is not None

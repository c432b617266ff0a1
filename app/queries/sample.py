"""Rows by which the story of the sample goes on: by numbers and codes, of every agency alike."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Indicator,
    Plan,
    Submission,
    SubmissionStatus,
    Task,
    TaskGroup,
)


async def plan_numbered(session: AsyncSession, number: str) -> Plan | None:
    """The plan with this number, if there is one."""
    return (await session.exec(select(Plan).where(col(Plan.number) == number))).first()


async def agencies_by_code(
    session: AsyncSession, ids: Collection[uuid.UUID] | None = None
) -> Sequence[Agency]:
    """The agencies with these ids, or all of them, ordered by code."""
    statement = select(Agency).order_by(col(Agency.code))
    if ids is not None:
        statement = statement.where(col(Agency.id).in_(ids))
    return (await session.exec(statement)).all()


async def task_numbered(session: AsyncSession, plan_id: uuid.UUID, ordinal: str) -> Task:
    """The task of a plan with this ordinal."""
    statement = select(Task).where(col(Task.plan_id) == plan_id, col(Task.ordinal) == ordinal)
    return (await session.exec(statement)).one()


async def group_numbered(session: AsyncSession, plan_id: uuid.UUID, ordinal: str) -> uuid.UUID:
    """The id of the task group of a plan with this ordinal."""
    statement = select(TaskGroup.id).where(
        col(TaskGroup.plan_id) == plan_id, col(TaskGroup.ordinal) == ordinal
    )
    return (await session.exec(statement)).one()


async def submission_owed(
    session: AsyncSession, plan_id: uuid.UUID, agency_id: uuid.UUID, *, ordinal: str, period: str
) -> uuid.UUID:
    """The id of the submission that an agency owes on a task of a plan for a period."""
    statement = (
        select(Submission.id)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .where(
            col(Task.plan_id) == plan_id,
            col(Task.ordinal) == ordinal,
            col(Assignment.agency_id) == agency_id,
            col(Submission.period) == period,
        )
    )
    return (await session.exec(statement)).one()


async def accepted_submissions(
    session: AsyncSession, plan_id: uuid.UUID, period: str, *, but: Collection[str]
) -> Sequence[tuple[Submission, Assignment]]:
    """The accepted submissions of a period, each with its assignment, in the plan's order; without
    those of the agencies with the codes *but*."""
    statement = (
        select(Submission, Assignment)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Agency, col(Agency.id) == col(Assignment.agency_id))
        .where(
            col(Assignment.plan_id) == plan_id,
            col(Assignment.awaits_handover).is_(False),
            col(Assignment.status).in_(("in_progress", "completed")),
            col(Submission.period) == period,
            col(Submission.status) == SubmissionStatus.ACCEPTED,
            col(Agency.code).not_in(but),
        )
        .order_by(col(Task.position), col(Agency.code), col(Assignment.occurrence))
    )
    return (await session.exec(statement)).all()


async def leads_at_work(
    session: AsyncSession, plan_id: uuid.UUID, *, until: date, but: Collection[str]
) -> Sequence[Assignment]:
    """The assignments of leads with a deadline up to a day that are not completed, in the plan's
    order; without those of the agencies with the codes *but*."""
    statement = (
        select(Assignment)
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Agency, col(Agency.id) == col(Assignment.agency_id))
        .where(
            col(Assignment.plan_id) == plan_id,
            col(Assignment.role) == AssigneeRole.LEAD,
            col(Assignment.status).in_(
                (AssignmentStatus.NOT_STARTED, AssignmentStatus.IN_PROGRESS)
            ),
            col(Assignment.awaits_handover).is_(False),
            col(Assignment.deadline_on) <= until,
            col(Agency.code).not_in(but),
        )
        .order_by(col(Task.position), col(Agency.code), col(Assignment.occurrence))
    )
    return (await session.exec(statement)).all()


async def measured_assignments(
    session: AsyncSession, plan_id: uuid.UUID, occurrence: str
) -> Sequence[tuple[Indicator, Assignment]]:
    """The indicators of a plan with the assignments of those who lead what is measured."""
    statement = (
        select(Indicator, Assignment)
        .join(Assignment, col(Assignment.task_id) == col(Indicator.task_id))
        .where(
            col(Indicator.plan_id) == plan_id,
            col(Assignment.role) == AssigneeRole.LEAD,
            col(Assignment.occurrence) == occurrence,
            col(Assignment.awaits_handover).is_(False),
            col(Assignment.status).in_(("not_started", "in_progress", "completed")),
        )
        .order_by(col(Indicator.id), col(Assignment.id))
    )
    return (await session.exec(statement)).all()

"""Reading the assignments and plans that agencies carry, ended ones above all."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    AssigneeRole,
    Assignment,
    AssignmentAction,
    AssignmentActionKind,
    AssignmentStatus,
    Handover,
    HandoverState,
    HandoverSubject,
    Plan,
    PlanAction,
    PlanActionKind,
    PlanStatus,
    Task,
)
from app.queries.assignments.assignments import UNFINISHED


class OpenAssignment(NamedTuple):
    """An assignment that is handed over from `effective_on` on."""

    id: uuid.UUID
    plan_id: uuid.UUID
    task_id: uuid.UUID
    occurrence: str
    role: AssigneeRole
    effective_on: date


async def ended_carriers(
    session: AsyncSession,
    day: date,
    *,
    agency_ids: Collection[uuid.UUID] | None = None,
    plan_id: uuid.UUID | None = None,
) -> dict[uuid.UUID, date]:
    """Agencies that ended by *day* and still carry something of an issued plan, with their end."""
    issued = [col(Plan.status) == PlanStatus.ISSUED]
    if plan_id is not None:
        issued.append(col(Plan.id) == plan_id)
    owes = (
        select(Assignment.id)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(
            col(Assignment.agency_id) == col(Agency.id),
            col(Assignment.status).in_(UNFINISHED),
            col(Assignment.awaits_handover).is_(False),
            *issued,
        )
    )
    coordinates = select(Plan.id).where(col(Plan.coordinator_id) == col(Agency.id), *issued)
    owns = select(Plan.id).where(
        col(Plan.owner_id) == col(Agency.id), sa.not_(_ownership_waits()), *issued
    )
    statement = select(Agency).where(
        col(Agency.valid_until) <= day, sa.or_(owes.exists(), coordinates.exists(), owns.exists())
    )
    if agency_ids is not None:
        statement = statement.where(col(Agency.id).in_(agency_ids))
    rows = await session.exec(statement)
    return {row.id: row.valid_until for row in rows if row.valid_until is not None}


def _ownership_waits() -> sa.ColumnElement[bool]:
    return (
        select(Handover.id)
        .where(
            col(Handover.plan_id) == col(Plan.id),
            col(Handover.subject) == HandoverSubject.OWNERSHIP,
            col(Handover.state) == HandoverState.PENDING,
        )
        .exists()
    )


async def unfinished_assignments(
    session: AsyncSession, agency_id: uuid.UUID, day: date, *, plan_id: uuid.UUID | None
) -> list[OpenAssignment]:
    """Assignments that an agency still owes in issued plans and that do not await a decision.

    Each is handed over from *day* on, or from the later day on which it or its plan was reopened:
    until then it was closed. They are locked until the transaction ends.
    """
    reopened = (
        select(sa.func.max(AssignmentAction.done_on))
        .where(
            col(AssignmentAction.assignment_id) == col(Assignment.id),
            col(AssignmentAction.action) == AssignmentActionKind.REOPENED,
        )
        .scalar_subquery()
    )
    followed_up_again = (
        select(sa.func.max(PlanAction.done_on))
        .where(
            col(PlanAction.plan_id) == col(Assignment.plan_id),
            col(PlanAction.action) == PlanActionKind.REOPENED,
        )
        .scalar_subquery()
    )
    statement = (
        sa.select(
            col(Assignment.id),
            col(Assignment.plan_id),
            col(Assignment.task_id),
            col(Assignment.occurrence),
            col(Assignment.role),
            # greatest() ignores null.
            sa.func.greatest(sa.literal(day), reopened, followed_up_again),
        )
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(
            col(Assignment.agency_id) == agency_id,
            col(Assignment.status).in_(UNFINISHED),
            col(Assignment.awaits_handover).is_(False),
            col(Plan.status) == PlanStatus.ISSUED,
        )
        .order_by(col(Assignment.id))
        .with_for_update(of=Assignment, key_share=True)
    )
    if plan_id is not None:
        statement = statement.where(col(Assignment.plan_id) == plan_id)
    rows = await (await session.connection()).execute(statement)
    return [OpenAssignment(*row) for row in rows]


async def carried_plans(
    session: AsyncSession, agency_id: uuid.UUID, *, plan_id: uuid.UUID | None
) -> list[Plan]:
    """The issued plans that an agency coordinates or owns, locked until the transaction ends."""
    statement = (
        select(Plan)
        .where(
            sa.or_(
                col(Plan.coordinator_id) == agency_id,
                sa.and_(col(Plan.owner_id) == agency_id, sa.not_(_ownership_waits())),
            ),
            col(Plan.status) == PlanStatus.ISSUED,
        )
        .order_by(col(Plan.id))
        .with_for_update(of=Plan, key_share=True)
        .execution_options(populate_existing=True)
    )
    if plan_id is not None:
        statement = statement.where(col(Plan.id) == plan_id)
    return list(await session.exec(statement))


async def remaining_assignments(
    session: AsyncSession, agency_ids: Collection[uuid.UUID]
) -> list[tuple[uuid.UUID, OpenAssignment]]:
    """Assignments that stay with these agencies in issued plans, with the id of the agency.

    Of an agency that has ended these are the closed ones.
    """
    statement = (
        sa.select(
            col(Assignment.agency_id),
            col(Assignment.id),
            col(Assignment.plan_id),
            col(Assignment.task_id),
            col(Assignment.occurrence),
            col(Assignment.role),
            col(Assignment.changed_on),
        )
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(
            col(Assignment.agency_id).in_(agency_ids),
            col(Assignment.awaits_handover).is_(False),
            col(Assignment.status).not_in((AssignmentStatus.MERGED, AssignmentStatus.SPLIT)),
            col(Plan.status) == PlanStatus.ISSUED,
        )
        .order_by(col(Assignment.id))
    )
    rows = await (await session.connection()).execute(statement)
    return [(row[0], OpenAssignment(*row[1:])) for row in rows]


async def closed_after_the_end(
    session: AsyncSession, agency_ids: Collection[uuid.UUID], *, limit: int
) -> list[tuple[uuid.UUID, str, str, date]]:
    """Assignments completed on or after the day on which their agency ended.

    Each as agency id, task ordinal, occurrence and day; at most *limit*.
    """
    closed_on = sa.case(
        (col(Assignment.status) == AssignmentStatus.COMPLETED, col(Assignment.completed_on)),
        (col(Assignment.status) == AssignmentStatus.NOT_APPLICABLE, col(Assignment.reported_on)),
    )
    statement = (
        sa.select(col(Agency.id), col(Task.ordinal), col(Assignment.occurrence), closed_on)
        .join_from(Assignment, Agency, col(Agency.id) == col(Assignment.agency_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .where(col(Agency.id).in_(agency_ids), closed_on >= col(Agency.valid_until))
        .order_by(closed_on, col(Assignment.id))
        .limit(limit)
    )
    rows = await (await session.connection()).execute(statement)
    return [(key, ordinal, occurrence, day) for key, ordinal, occurrence, day in rows]

"""Reading handovers, and the assignments and plans that an ended agency still carries."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError, Text
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
    PlanStatus,
    Succession,
    Task,
)
from app.queries.assignments.assignments import UNFINISHED
from app.queries.handovers.successions import successors_of
from app.queries.lists import Listing, PageRequest, SortPart, read_page
from app.queries.locks import lock_handovers
from app.queries.registry.agencies import AgencyLabel, agency_names


class OpenAssignment(NamedTuple):
    """An assignment that is handed over from `effective_on` on."""

    id: uuid.UUID
    plan_id: uuid.UUID
    task_id: uuid.UUID
    occurrence: str
    role: AssigneeRole
    effective_on: date


HANDOVERS = Listing(
    conditions={
        "state": "handover.state = any(:state)",
        "subject": "handover.subject = any(:subject)",
        "plan": "handover.plan_id = :plan",
        "agency": "handover.from_agency_id = :agency",
        "to_agency": "handover.to_agency_id = :to_agency",
        "assignment": "handover.assignment_id = :assignment",
        "updated_since": "handover.updated_at >= :updated_since",
    },
    orders={
        "id": (ID := SortPart("handover.id", "uuid"),),
        "effective_on": (SortPart("handover.effective_on", "date"), ID),
    },
)


class HandoverCase(NamedTuple):
    """A handover with its plan, and its assignment and task if it is about one."""

    handover: Handover
    plan: Plan
    assignment: Assignment | None
    task: Task | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency that may take over, with the scope and the basis of its succession."""

    agency: AgencyLabel
    scope: str | None
    basis: str | None


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
        col(Agency.valid_until) <= day,
        sa.or_(owes.exists(), coordinates.exists(), owns.exists()),
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

    Each is handed over from *day* on, or from the later day on which it was reopened: until then
    it was closed. They are locked until the transaction ends.
    """
    reopened = (
        select(sa.func.max(AssignmentAction.done_on))
        .where(
            col(AssignmentAction.assignment_id) == col(Assignment.id),
            col(AssignmentAction.action) == AssignmentActionKind.REOPENED,
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
            sa.func.greatest(sa.literal(day), reopened),
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


async def page_of_handovers(
    session: AsyncSession, asked: PageRequest
) -> tuple[list[HandoverCase], str | None]:
    """One page of handovers, and the place where the next page begins."""
    rows, last = await read_page(session, _cases(), HANDOVERS, asked)
    return [HandoverCase(*row) for row in rows], last


async def get_handover(
    session: AsyncSession, handover_id: uuid.UUID, *, lock: bool = False
) -> HandoverCase:
    """One handover; *lock* takes `lock_handovers` first. Raises `NotFoundError`."""
    if lock:
        await lock_handovers(session)
    row = (await session.exec(_cases().where(col(Handover.id) == handover_id))).one_or_none()
    if row is None:
        raise NotFoundError(Text("Không có việc bàn giao này.", "There is no such handover."))
    return HandoverCase(*row)


async def pending_assignments_of(
    session: AsyncSession, plan_id: uuid.UUID, from_agency_id: uuid.UUID
) -> list[tuple[Handover, OpenAssignment]]:
    """The pending handovers of one agency's assignments in one plan; the assignments are locked."""
    rows = await session.exec(
        select(Handover, Assignment)
        .join(Assignment, col(Assignment.id) == col(Handover.assignment_id))
        .where(
            col(Handover.plan_id) == plan_id,
            col(Handover.from_agency_id) == from_agency_id,
            col(Handover.state) == HandoverState.PENDING,
        )
        .order_by(col(Assignment.id))
        .with_for_update(of=Assignment, key_share=True)
    )
    return [(handover, open_assignment_of(handover, assignment)) for handover, assignment in rows]


def open_assignment_of(handover: Handover, assignment: Assignment) -> OpenAssignment:
    """The assignment of a handover, from the day of the handover on."""
    return OpenAssignment(
        assignment.id,
        assignment.plan_id,
        assignment.task_id,
        assignment.occurrence,
        assignment.role,
        handover.effective_on,
    )


async def handover_decisions_in(
    session: AsyncSession, plan_id: uuid.UUID
) -> list[tuple[Handover, uuid.UUID]]:
    """Handovers in a plan that people decided, with the task of each; the latest last."""
    rows = await session.exec(
        select(Handover, Assignment.task_id)
        .join(Assignment, col(Assignment.id) == col(Handover.assignment_id))
        .where(
            col(Handover.plan_id) == plan_id,
            col(Handover.state) == HandoverState.DECIDED,
            col(Handover.decided_by_id).is_not(None),
        )
        .order_by(col(Handover.decided_at), col(Handover.id))
    )
    return list(rows)


async def handover_candidates_of(
    session: AsyncSession, handovers: Sequence[Handover], *, day: date
) -> dict[uuid.UUID, list[Candidate]]:
    """The candidates for each agency that hands over, by the successions in force."""
    found = await successors_of(session, {row.from_agency_id for row in handovers})
    rows: list[Succession] = [row for rows in found.values() for row in rows]
    ids = {row.successor_id for row in rows if row.successor_id is not None}
    labels = await agency_names(session, ids, day=day)
    return {
        agency_id: [
            Candidate(labels[row.successor_id], row.scope, row.basis)
            for row in rows
            if row.successor_id is not None
        ]
        for agency_id, rows in found.items()
    }


def _cases() -> Any:
    return (
        select(Handover, Plan, Assignment, Task)
        .join(Plan, col(Plan.id) == col(Handover.plan_id))
        .outerjoin(Assignment, col(Assignment.id) == col(Handover.assignment_id))
        .outerjoin(Task, col(Task.id) == col(Assignment.task_id))
        .execution_options(populate_existing=True)
    )


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
            col(Assignment.status) != AssignmentStatus.MERGED,
            col(Plan.status) == PlanStatus.ISSUED,
        )
        .order_by(col(Assignment.id))
    )
    rows = await (await session.connection()).execute(statement)
    return [(row[0], OpenAssignment(*row[1:])) for row in rows]


async def closed_after_the_end(
    session: AsyncSession, agency_ids: Collection[uuid.UUID], *, limit: int
) -> list[tuple[str, str, str, date]]:
    """Assignments completed on or after the day on which their agency ended.

    Each as agency code, task ordinal, occurrence and day; at most *limit*.
    """
    closed_on = sa.case(
        (col(Assignment.status) == AssignmentStatus.COMPLETED, col(Assignment.completed_on)),
        (col(Assignment.status) == AssignmentStatus.NOT_APPLICABLE, col(Assignment.reported_on)),
    )
    statement = (
        sa.select(col(Agency.code), col(Task.ordinal), col(Assignment.occurrence), closed_on)
        .join_from(Assignment, Agency, col(Agency.id) == col(Assignment.agency_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .where(col(Agency.id).in_(agency_ids), closed_on >= col(Agency.valid_until))
        .order_by(closed_on, col(Assignment.id))
        .limit(limit)
    )
    rows = await (await session.connection()).execute(statement)
    return [(code, ordinal, occurrence, day) for code, ordinal, occurrence, day in rows]

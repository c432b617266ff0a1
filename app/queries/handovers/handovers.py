"""Reading handovers, and the assignments and plans that an ended agency still carries."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import Text
from app.models import Assignment, Handover, HandoverState, Plan, Succession, Task
from app.queries.handovers.carried import OpenAssignment
from app.queries.handovers.successions import successors_of
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.locks import lock_handovers
from app.queries.registry.agencies import AgencyLabel, agency_names
from app.queries.rows import one_of

NO_SUCH_HANDOVER = Text("Không có việc bàn giao này.", "There is no such handover.")

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


async def page_of_handovers(session: AsyncSession, asked: PageRequest) -> FoundPage[HandoverCase]:
    """One page of handovers, and the place where the next page begins."""
    return await read_page(session, _cases(), HANDOVERS, asked, HandoverCase)


async def get_handover(
    session: AsyncSession, handover_id: uuid.UUID, *, lock: bool = False
) -> HandoverCase:
    """One handover; *lock* takes `lock_handovers` first. Raises `NotFoundError`."""
    if lock:
        await lock_handovers(session)
    return HandoverCase(
        *await one_of(session, _cases().where(col(Handover.id) == handover_id), NO_SUCH_HANDOVER)
    )


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

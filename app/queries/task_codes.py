"""What another system's task code stands for."""

import enum
import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import Assignment, Submission
from app.queries.assignments import OPEN


class NoAssignment(enum.StrEnum):
    """Why a task code leads to no duty of the caller's agency."""

    UNKNOWN = "unknown_task_code"
    NOT_YOURS = "not_your_assignment"
    SEVERAL = "ambiguous_task_code"


async def find_assignment(
    session: AsyncSession, principal: Principal, code: str
) -> Assignment | NoAssignment:
    """The caller's duty that *code* names: the id of the assignment, of a report on it, or of its
    task where the agency has one open assignment there, or none that is open and one in all."""
    try:
        row_id = uuid.UUID(code)
    except ValueError:
        return NoAssignment.UNKNOWN
    assignment = await session.get(Assignment, row_id)
    if assignment is not None:
        mine = assignment.agency_id == principal.agency_id
        return assignment if mine else NoAssignment.NOT_YOURS
    return await _of_report(session, principal, row_id) or await _of_task(
        session, principal, row_id
    )


async def _of_report(
    session: AsyncSession, principal: Principal, submission_id: uuid.UUID
) -> Assignment | None:
    # Another agency's report may be one that the caller must not know of: it is no one's here.
    rows = await session.exec(
        select(Assignment)
        .join(Submission, col(Submission.assignment_id) == col(Assignment.id))
        .where(
            col(Submission.id) == submission_id, col(Assignment.agency_id) == principal.agency_id
        )
    )
    return rows.one_or_none()


async def _of_task(
    session: AsyncSession, principal: Principal, task_id: uuid.UUID
) -> Assignment | NoAssignment:
    rows = await session.exec(select(Assignment).where(col(Assignment.task_id) == task_id))
    found = list(rows)
    if not found:
        return NoAssignment.UNKNOWN
    mine = [one for one in found if one.agency_id == principal.agency_id]
    if not mine:
        return NoAssignment.NOT_YOURS
    candidates = [one for one in mine if one.status in OPEN] or mine
    return candidates[0] if len(candidates) == 1 else NoAssignment.SEVERAL

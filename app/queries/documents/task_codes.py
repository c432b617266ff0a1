"""Finding the assignment that another system's task code stands for."""

import enum
import uuid

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import Assignment, ExternalRef, Submission
from app.queries.assignments.assignments import OPEN


class NoAssignment(enum.StrEnum):
    """The reason for which a task code leads to no assignment of the caller's agency."""

    UNKNOWN = "unknown_task_code"
    NOT_YOURS = "not_your_assignment"
    SEVERAL = "ambiguous_task_code"


async def find_assignment(
    session: AsyncSession, principal: Principal, code: str
) -> Assignment | NoAssignment:
    """The caller's assignment that *code* names, by our id or by the one of another system.

    An id of ours is that of the assignment, of a submission on it, or of its task if the agency has
    one open assignment in it, or none open and one in all.
    """
    known = await _known_elsewhere(session, principal, code)
    if known is not None:
        return known
    try:
        row_id = uuid.UUID(code)
    except ValueError:
        return NoAssignment.UNKNOWN
    assignment = await session.get(Assignment, row_id)
    if assignment is not None:
        mine = assignment.agency_id == principal.agency_id
        return assignment if mine else NoAssignment.NOT_YOURS
    return await _of_submission(session, principal, row_id) or await _of_task(
        session, principal, row_id
    )


async def _known_elsewhere(
    session: AsyncSession, principal: Principal, code: str
) -> Assignment | NoAssignment | None:
    """The assignment that any other system knows by that code; None where none does."""
    refs = list(
        await session.exec(
            select(ExternalRef.assignment_id, ExternalRef.task_id).where(
                col(ExternalRef.external_id) == code,
                sa.or_(
                    col(ExternalRef.assignment_id).is_not(None),
                    col(ExternalRef.task_id).is_not(None),
                ),
            )
        )
    )
    if not refs:
        return None
    found: dict[uuid.UUID, Assignment] = {}
    missed = NoAssignment.NOT_YOURS
    for assignment_id, task_id in refs:
        if task_id is not None:
            owed = await _of_task(session, principal, task_id)
        else:
            owed = await session.get_one(Assignment, assignment_id)
        if isinstance(owed, NoAssignment):
            missed = owed
        elif owed.agency_id == principal.agency_id:
            found[owed.id] = owed
    if len(found) > 1:
        return NoAssignment.SEVERAL
    return next(iter(found.values()), missed)


async def _of_submission(
    session: AsyncSession, principal: Principal, submission_id: uuid.UUID
) -> Assignment | None:
    # The caller may not be allowed to know of another agency's submission: it counts as unknown.
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

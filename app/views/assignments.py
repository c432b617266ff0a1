from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.models import AssignmentAction, AssignmentActionKind
from app.queries.assignments.assignments import Viewpoint, get_assignment_json
from app.queries.assignments.deadlines import Deadline
from app.queries.registry import agencies


async def answered(
    session: AsyncSession, principal: Principal, assignment_id: UUID, *, due_soon_days: int
) -> str:
    """The JSON of one assignment after an action, with what the caller may do next."""
    await session.flush()
    today = local_day(utc_now())
    view = Viewpoint.of(principal, today, today=today, due_soon_days=due_soon_days)
    body: str = (await get_assignment_json(session, view, assignment_id)).body
    return body


async def actions_out(
    session: AsyncSession, actions: Sequence[AssignmentAction], *, reads_words: bool
) -> list[dict[str, Any]]:
    """Decisions as they are answered; why an agency refused only to who may read what it wrote."""
    labels = await _labels(session, {one.agency_id for one in actions})
    hidden = set() if reads_words else {AssignmentActionKind.REFUSED}
    return [
        one.model_dump()
        | {
            "reason": None if one.action in hidden else one.reason,
            "agency": labels[one.agency_id],
        }
        for one in actions
    ]


async def deadlines_out(
    session: AsyncSession, deadlines: Sequence[Deadline]
) -> list[dict[str, Any]]:
    """Deadlines as they are answered, each with who moved it there."""
    labels = await _labels(session, {one.agency_id for one in deadlines if one.agency_id})
    return [
        one._asdict() | {"moved_by": labels[one.agency_id] if one.agency_id else None}
        for one in deadlines
    ]


async def _labels(session: AsyncSession, ids: set[UUID]) -> dict[UUID, agencies.AgencyLabel]:
    return await agencies.agency_names(session, ids, day=local_day(utc_now()))

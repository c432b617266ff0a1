from collections.abc import Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.http.answers import Answer
from app.models import AssignmentAction, AssignmentActionKind
from app.queries.assignments.assignments_json import Viewpoint, get_assignment_json
from app.queries.assignments.deadlines import Deadline
from app.schemas.assignment_actions import AssignmentActionOut, DeadlineOut
from app.schemas.assignments import AssignmentDetailOut
from app.views.labels import agency_labels


async def assignment_answer(
    session: AsyncSession, principal: Principal, assignment_id: UUID, *, due_soon_days: int
) -> Answer[AssignmentDetailOut]:
    """One assignment after an action, with what the caller may do next."""
    await session.flush()
    today = local_day(utc_now())
    view = Viewpoint.of(principal, today, today=today, due_soon_days=due_soon_days)
    return Answer((await get_assignment_json(session, view, assignment_id)).body)


async def actions_out(
    session: AsyncSession, actions: Sequence[AssignmentAction], *, reads_words: bool
) -> list[AssignmentActionOut]:
    """The decisions; the reason of an agency's refusal is null unless *reads_words*."""
    labels = await agency_labels(session, (one.agency_id for one in actions))
    hidden = set() if reads_words else {AssignmentActionKind.REFUSED}
    return [
        AssignmentActionOut.of(
            one, reason=None if one.action in hidden else one.reason, agency=labels[one.agency_id]
        )
        for one in actions
    ]


async def deadlines_out(session: AsyncSession, deadlines: Sequence[Deadline]) -> list[DeadlineOut]:
    """Deadlines, each with the agency that moved it there."""
    labels = await agency_labels(session, (one.agency_id for one in deadlines))
    return [DeadlineOut.of(one, moved_by=labels.optional(one.agency_id)) for one in deadlines]

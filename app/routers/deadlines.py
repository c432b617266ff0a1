import uuid

from fastapi import APIRouter, Request

from app.auth.deps import AssignmentChanger, Reader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.assignments import deadlines as domain
from app.domain.assignments.states import AssignmentStateError
from app.domain.plans.plans import PlanStateError
from app.http.answers import Answer
from app.http.etags import ActingDep
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import settings_of
from app.queries.assignments import actions
from app.queries.assignments import deadlines as queries
from app.queries.assignments.assignments import get_assignment, visible_assignment_id
from app.queries.plans import tasks
from app.schemas.assignment_actions import (
    DeadlineBody,
    DeadlineOut,
    DeadlinesMovedOut,
    TaskDeadlineBody,
)
from app.schemas.assignments import AssignmentDetailOut
from app.schemas.common import Page
from app.views import assignments as views

router = APIRouter(prefix="/v1", tags=["work"], route_class=Route)

MOVES = refusals(PlanStateError)


@router.get(
    "/assignments/{assignment_id}/deadlines",
    summary="Các thời hạn đã có / List the deadlines there were",
)
async def list_deadlines(
    session: ReadingSessionDep, principal: Reader, paging: PagingDep, assignment_id: uuid.UUID
) -> Page[DeadlineOut]:
    """Từ thời hạn đầu tiên, mỗi lần chuyển theo văn bản nào. / From the first on, by what."""
    row = await get_assignment(session, principal, assignment_id)
    after = paging.after_position()
    found = await queries.deadlines_of(
        session, visible_assignment_id(row), after=after, limit=paging.limit + 1
    )
    return paging.page(await views.deadlines_out(session, found), ("number",))


@router.post(
    "/assignments/{assignment_id}/move-deadline",
    summary="Điều chỉnh thời hạn / Move a deadline",
    responses=refusals(PlanStateError, AssignmentStateError),
)
async def move_deadline(
    request: Request,
    session: SessionDep,
    principal: AssignmentChanger,
    tagging: ActingDep,
    assignment_id: uuid.UUID,
    body: DeadlineBody,
) -> Answer[AssignmentDetailOut]:
    """Cơ quan ban hành điều chỉnh thời hạn từ hôm nay; rút ngắn phải có lý do.

    By the plan's issuer, from today on; less time has a reason. Where there was no deadline this
    is the original one too.
    """
    case = await actions.lock_assignment_and_plan(session, principal, assignment_id)
    tagging.check(case.assignment)
    given = domain.NewDeadline(**body.model_dump())
    await domain.move_deadline(PersonalAct(session, principal, utc_now()), case, given)
    soon = settings_of(request).due_soon_days
    answer = await views.assignment_answer(session, principal, assignment_id, due_soon_days=soon)
    tagging.mark(case.assignment)
    return answer


@router.post(
    "/tasks/{task_id}/move-deadline",
    summary="Điều chỉnh thời hạn cả nhiệm vụ / Move the deadline of a task",
    responses=MOVES,
)
async def move_task_deadline(
    session: SessionDep, principal: AssignmentChanger, task_id: uuid.UUID, body: TaskDeadlineBody
) -> DeadlinesMovedOut:
    """Mọi việc chưa xong của nhiệm vụ, tất cả hoặc không gì; việc giao sau cho kỳ đó cũng theo.

    All that is not finished of it, and what is made of that occurrence later.
    """
    task = await tasks.get_task(session, principal, task_id)
    plan = await actions.lock_handovers_and_plan(session, principal, task.plan_id)
    given = domain.NewDeadline(**body.model_dump(exclude={"occurrence"}))
    moved = await domain.move_task_deadline(
        PersonalAct(session, principal, utc_now()), plan, task, given, occurrence=body.occurrence
    )
    return DeadlinesMovedOut(moved=moved)

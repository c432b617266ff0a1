import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from app.auth.deps import AssignmentChanger, AssignmentDecider, Reader, Reporter
from app.auth.principal import Principal
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.assignments import actions as domain
from app.domain.assignments.states import AssignmentStateError
from app.domain.authority import OwnRequestError
from app.domain.plans.plans import PlanStateError
from app.http.answers import Answer
from app.http.etags import ActingDep
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import settings_of
from app.queries.assignments import actions as queries
from app.queries.assignments.assignments import get_assignment, visible_assignment_id
from app.schemas.assignment_actions import (
    AssignmentActionOut,
    LightOrderBody,
    OrderBody,
    ReasonBody,
)
from app.schemas.assignments import AssignmentDetailOut
from app.schemas.common import Page
from app.views import assignments as views

router = APIRouter(prefix="/v1/assignments/{assignment_id}", tags=["work"], route_class=Route)

ACTS = refusals(PlanStateError, AssignmentStateError)
ON_REFUSALS = refusals(
    PlanStateError, AssignmentStateError, domain.RefusalDecidedError, OwnRequestError
)
Verb = Callable[..., Awaitable[None]]


class Acting:
    """One action on an assignment: the assignment, and the request that it comes with."""

    def __init__(
        self, request: Request, session: SessionDep, tagging: ActingDep, assignment_id: uuid.UUID
    ) -> None:
        self.session = session
        self.tagging = tagging
        self.assignment_id = assignment_id
        self.due_soon_days: int = settings_of(request).due_soon_days

    async def act(
        self, principal: Principal, verb: Verb, *, reason: str | None, basis: str | None = None
    ) -> Answer[AssignmentDetailOut]:
        """Hold the assignment with its plan, decide on it, and answer how it stands then."""
        session, row_id = self.session, self.assignment_id
        case = await queries.lock_assignment_and_plan(session, principal, row_id)
        self.tagging.check(case.assignment)
        act = PersonalAct(session, principal, utc_now())
        await verb(act, case, domain.ActionReason(reason, basis))
        answer = await views.assignment_answer(
            session, principal, row_id, due_soon_days=self.due_soon_days
        )
        self.tagging.mark(case.assignment)
        return answer


ActingOnIt = Annotated[Acting, Depends()]


@router.get("/actions", summary="Các quyết định về một việc / List decisions on an assignment")
async def list_assignment_actions(
    session: ReadingSessionDep, principal: Reader, paging: PagingDep, assignment_id: uuid.UUID
) -> Page[AssignmentActionOut]:
    """Tạm dừng, tiếp tục, thu hồi, từ chối, mở lại: ai, khi nào, theo văn bản nào.

    Suspended, resumed, revoked, refused, reopened: by whom, when, by which document.
    """
    row = await get_assignment(session, principal, assignment_id)
    after = paging.after_position()
    found = await queries.actions_of(
        session, visible_assignment_id(row), after=after, limit=paging.limit + 1
    )
    reads_words = await queries.reads_submissions_of(session, principal, row.id)
    items = await views.actions_out(session, found, reads_words=reads_words)
    return paging.page(items, ("number",))


@router.post("/suspend", summary="Tạm dừng / Suspend an assignment", responses=ACTS)
async def suspend_assignment(
    acting: ActingOnIt, principal: AssignmentChanger, body: OrderBody
) -> Answer[AssignmentDetailOut]:
    """Không yêu cầu báo cáo, không tính chậm trong thời gian tạm dừng.

    Nothing is expected meanwhile.
    """
    return await acting.act(principal, domain.suspend, reason=body.reason, basis=body.basis)


@router.post("/resume", summary="Tiếp tục / Resume an assignment", responses=ACTS)
async def resume_assignment(
    acting: ActingOnIt, principal: AssignmentChanger, body: LightOrderBody
) -> Answer[AssignmentDetailOut]:
    """Trở lại trạng thái trước khi dừng; báo cáo đến hạn lúc dừng được miễn, trừ báo cáo cuối.

    As it was before; reports that fell due meanwhile are waived, but for the last one.
    """
    return await acting.act(principal, domain.resume, reason=body.reason, basis=body.basis)


@router.post("/revoke", summary="Thu hồi / Revoke an assignment", responses=ACTS)
async def revoke_assignment(
    acting: ActingOnIt, principal: AssignmentChanger, body: OrderBody
) -> Answer[AssignmentDetailOut]:
    """Thôi giao; báo cáo chưa nộp được miễn. / It is called off, its unfiled reports waived."""
    return await acting.act(principal, domain.revoke, reason=body.reason, basis=body.basis)


@router.post("/refuse", summary="Từ chối nhiệm vụ / Refuse an assignment", responses=ACTS)
async def refuse_assignment(
    acting: ActingOnIt, principal: Reporter, body: ReasonBody
) -> Answer[AssignmentDetailOut]:
    """Cơ quan được giao từ chối khi chưa làm, chưa báo cáo gì; cơ quan ban hành quyết định.

    By the agency that owes it, before anything was done or reported; the plan's issuer decides.
    """
    return await acting.act(principal, domain.refuse, reason=body.reason)


@router.post(
    "/accept-refusal", summary="Chấp nhận từ chối / Accept a refusal", responses=ON_REFUSALS
)
async def accept_refusal(
    acting: ActingOnIt, principal: AssignmentChanger, body: LightOrderBody
) -> Answer[AssignmentDetailOut]:
    """Việc được thu hồi. / The assignment is called off."""
    return await acting.act(principal, domain.accept_refusal, reason=body.reason, basis=body.basis)


@router.post(
    "/reject-refusal", summary="Không chấp nhận từ chối / Reject a refusal", responses=ON_REFUSALS
)
async def reject_refusal(
    acting: ActingOnIt, principal: AssignmentChanger, body: ReasonBody
) -> Answer[AssignmentDetailOut]:
    """Việc vẫn giao, không từ chối lại được. / It is still owed and can't be refused again."""
    return await acting.act(principal, domain.reject_refusal, reason=body.reason)


@router.post("/reopen", summary="Mở lại / Reopen an assignment", responses=ACTS)
async def reopen_assignment(
    acting: ActingOnIt, principal: AssignmentDecider, body: OrderBody
) -> Answer[AssignmentDetailOut]:
    """Ghi hoàn thành nhầm thì làm tiếp từ hôm nay; số liệu những ngày trước giữ nguyên.

    What was closed by mistake is worked on from today; the figures of days past stay.
    """
    return await acting.act(principal, domain.reopen, reason=body.reason, basis=body.basis)

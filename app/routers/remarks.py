import uuid
from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.deps import Reader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.evaluation import remarks as domain
from app.domain.plans.plans import PlanStateError
from app.http.answers import Answer
from app.http.etags import ActingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.evaluation import remarks as queries
from app.schemas.common import Page
from app.schemas.remarks import (
    AnswerRemarkBody,
    NewRemarkBody,
    RemarkFilters,
    RemarkOut,
    WithdrawRemarkBody,
)
from app.views import remarks as views

router = APIRouter(prefix="/v1/remarks", tags=["work"], route_class=Route)

RemarksDep = Annotated[
    ListRequest[RemarkOut], Depends(paged(queries.REMARKS, RemarkOut, RemarkFilters))
]
ACTS = refusals(domain.RemarkStateError)


@router.get("", summary="Nhận xét của cơ quan giám sát / List remarks")
async def list_remarks(
    session: ReadingSessionDep, principal: Reader, paging: RemarksDep
) -> Answer[Page[RemarkOut]]:
    """Của mình, về cơ quan mình, về kế hoạch mình theo dõi, ban hành; giám sát đọc tất cả.

    What supervisors and overseers said of plans, tasks, assignments and reports, where the caller
    may
    read it.
    """
    asked = await paging.asked(session)
    cases, last = await queries.page_of_remarks(session, principal, asked)
    return paging.answer(await views.remarks_out(session, principal, cases), last)


@router.post(
    "", summary="Nhận xét / Make a remark", status_code=201, responses=refusals(PlanStateError)
)
async def make_remark(
    session: SessionDep, principal: Reader, tagging: MakingDep, body: NewRemarkBody
) -> RemarkOut:
    """Cơ quan giám sát nhận xét kế hoạch, nhiệm vụ, nhiệm vụ được giao, báo cáo; không sửa gì.

    Supervisors and the plan's overseers say what they think; what was filed stays as it is.
    """
    noun, row_id = body.about.noun, body.about.id
    remark = await domain.make_remark(
        PersonalAct(session, principal, utc_now()), noun, row_id, text=body.text, basis=body.basis
    )
    tagging.mark_new(remark, f"/v1/remarks/{remark.id}")
    return await _acted_on_out(session, principal, remark.id)


@router.get("/{remark_id}", summary="Một nhận xét / Get a remark")
async def get_remark(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, remark_id: uuid.UUID
) -> RemarkOut:
    """Nhận xét và câu trả lời. / The remark and what was answered."""
    case = await queries.get_remark(session, principal, remark_id)
    tagging.mark(case.remark)
    return await views.remark_out(session, principal, case)


@router.post("/{remark_id}/answer", summary="Trả lời nhận xét / Answer a remark", responses=ACTS)
async def answer_remark(
    session: SessionDep,
    principal: Reader,
    tagging: ActingDep,
    remark_id: uuid.UUID,
    body: AnswerRemarkBody,
) -> RemarkOut:
    """Cơ quan liên quan, cơ quan theo dõi hoặc ban hành kế hoạch trả lời một lần. / Once."""
    case = await queries.get_remark(session, principal, remark_id, lock=True)
    tagging.check(case.remark)
    domain.answer_remark(PersonalAct(session, principal, utc_now()), case, text=body.text)
    return await views.remark_out(session, principal, case)


@router.post("/{remark_id}/withdraw", summary="Rút nhận xét / Withdraw a remark", responses=ACTS)
async def withdraw_remark(
    session: SessionDep,
    principal: Reader,
    tagging: ActingDep,
    remark_id: uuid.UUID,
    body: WithdrawRemarkBody,
) -> RemarkOut:
    """Cơ quan đã nhận xét rút lại, kèm lý do; vẫn đọc được. / By its author; it stays readable."""
    case = await queries.get_remark(session, principal, remark_id, lock=True)
    tagging.check(case.remark)
    domain.withdraw_remark(PersonalAct(session, principal, utc_now()), case, reason=body.reason)
    return await views.remark_out(session, principal, case)


async def _acted_on_out(session: SessionDep, principal: Reader, remark_id: uuid.UUID) -> RemarkOut:
    case = await queries.get_remark(session, principal, remark_id)
    return await views.remark_out(session, principal, case)

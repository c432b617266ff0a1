import uuid
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query, Response

from app.auth.deps import Reader
from app.clock import utc_now
from app.db import SessionDep
from app.domain.evaluation import remarks as domain
from app.domain.plans.plans import PlanStateError
from app.http.etags import ActingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import Paging, chosen, paged, some_of
from app.http.problems import refusals
from app.queries.evaluation import remarks as queries
from app.queries.registry import agencies
from app.schemas.common import Page, Ref, UpdatedSince
from app.schemas.remarks import (
    AnswerRemarkBody,
    NewRemarkBody,
    RemarkOut,
    RemarkState,
    WithdrawRemarkBody,
)
from app.views import remarks as views

router = APIRouter(prefix="/v1/remarks", tags=["work"], route_class=Route)

RemarksDep = Annotated[Paging, Depends(paged(queries.REMARKS, RemarkOut))]
ACTS = refusals(domain.RemarkStateError)


@router.get(
    "",
    summary="Nhận xét của cơ quan giám sát / List remarks",
    response_model=Page[RemarkOut],
)
async def list_remarks(
    session: SessionDep,
    principal: Reader,
    paging: RemarksDep,
    plan: uuid.UUID | None = None,
    task: uuid.UUID | None = None,
    assignment: uuid.UUID | None = None,
    submission: Annotated[
        uuid.UUID | None, Query(description="Chỉ về báo cáo này / only about this report")
    ] = None,
    agency: Ref | None = None,
    author: Annotated[
        Ref | None, Query(description="Chỉ của cơ quan nhận xét này / only by this agency")
    ] = None,
    state: Annotated[str | None, Query(pattern=some_of(get_args(RemarkState)))] = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Của mình, về cơ quan mình, về kế hoạch mình theo dõi, ban hành; giám sát đọc tất cả.

    What supervisors and overseers said of plans, tasks, assignments and reports, where the caller
    may
    read it.
    """
    filters = {
        "plan": plan,
        "task": task,
        "assignment": assignment,
        "submission": submission,
        "agency": agency and (await agencies.get_agency(session, agency)).id,
        "author": author and (await agencies.get_agency(session, author)).id,
        "state": chosen(state),
        "updated_since": updated_since,
    }
    cases, last = await queries.page_of_remarks(session, principal, paging.asked(filters))
    return paging.answer(await views.described(session, principal, cases), last)


@router.post(
    "",
    summary="Nhận xét / Make a remark",
    response_model=RemarkOut,
    status_code=201,
    responses=refusals(PlanStateError),
)
async def make_remark(
    session: SessionDep,
    principal: Reader,
    tagging: MakingDep,
    body: NewRemarkBody,
    response: Response,
) -> Any:
    """Cơ quan giám sát nhận xét kế hoạch, nhiệm vụ, việc được giao, báo cáo; không sửa gì.

    Supervisors and the plan's overseers say what they think; what was filed stays as it is.
    """
    noun, row_id = body.about.noun, body.about.id
    remark = await domain.make_remark(
        session, principal, noun, row_id, text=body.text, basis=body.basis, at=utc_now()
    )
    response.headers["Location"] = f"/v1/remarks/{remark.id}"
    await tagging.mark(session, "remark", remark.id)
    return await _answered(session, principal, remark.id)


@router.get(
    "/{remark_id}",
    summary="Một nhận xét / Get a remark",
    response_model=RemarkOut,
)
async def get_remark(
    session: SessionDep, principal: Reader, tagging: ReadingDep, remark_id: uuid.UUID
) -> Any:
    """Nhận xét và câu trả lời. / The remark and what was answered."""
    case = await queries.get_remark(session, principal, remark_id)
    await tagging.spare(session, "remark", remark_id)
    return (await views.described(session, principal, [case]))[0]


@router.post(
    "/{remark_id}/answer",
    summary="Trả lời nhận xét / Answer a remark",
    response_model=RemarkOut,
    responses=ACTS,
)
async def answer_remark(
    session: SessionDep,
    principal: Reader,
    tagging: ActingDep,
    remark_id: uuid.UUID,
    body: AnswerRemarkBody,
) -> Any:
    """Cơ quan liên quan, cơ quan theo dõi hoặc ban hành kế hoạch trả lời một lần. / Once."""
    case = await queries.get_remark(session, principal, remark_id, lock=True)
    await tagging.check(session, "remark", remark_id)
    domain.answer_remark(session, principal, case, text=body.text, at=utc_now())
    return (await views.described(session, principal, [case]))[0]


@router.post(
    "/{remark_id}/withdraw",
    summary="Rút nhận xét / Withdraw a remark",
    response_model=RemarkOut,
    responses=ACTS,
)
async def withdraw_remark(
    session: SessionDep,
    principal: Reader,
    tagging: ActingDep,
    remark_id: uuid.UUID,
    body: WithdrawRemarkBody,
) -> Any:
    """Cơ quan đã nhận xét rút lại, kèm lý do; vẫn đọc được. / By its author; it stays readable."""
    case = await queries.get_remark(session, principal, remark_id, lock=True)
    await tagging.check(session, "remark", remark_id)
    domain.withdraw_remark(session, principal, case, reason=body.reason, at=utc_now())
    return (await views.described(session, principal, [case]))[0]


async def _answered(session: SessionDep, principal: Reader, remark_id: uuid.UUID) -> dict[str, Any]:
    case = await queries.get_remark(session, principal, remark_id)
    return (await views.described(session, principal, [case]))[0]

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from app.auth.deps import AssignmentDecider, Reporter, SubmissionReader
from app.auth.principal import Principal
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.assignments import extensions as domain
from app.domain.assignments.states import AssignmentStateError
from app.domain.authority import OwnRequestError
from app.domain.plans.plans import PlanStateError
from app.errors import NotFoundError, invalid_at
from app.http.answers import Answer
from app.http.etags import ActingDep, MakingDep, ReadingDep, WriteTagging
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import TakenError, refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.assignments import actions
from app.queries.assignments import extensions as queries
from app.schemas.assignment_actions import ReasonBody
from app.schemas.common import Page
from app.schemas.extensions import ApprovalBody, ExtensionFilters, ExtensionOut, NewExtensionBody
from app.views import extensions as views

router = APIRouter(prefix="/v1/extensions", tags=["work"], route_class=Route)

ExtensionsDep = Annotated[
    ListRequest[ExtensionOut], Depends(paged(queries.EXTENSIONS, ExtensionOut, ExtensionFilters))
]
DECIDES = refusals(PlanStateError, domain.ExtensionStateError, OwnRequestError)


@router.get("", summary="Đề nghị gia hạn / List extensions")
async def list_extensions(
    session: ReadingSessionDep, principal: SubmissionReader, paging: ExtensionsDep
) -> Answer[Page[ExtensionOut]]:
    """Ai đọc được báo cáo thì đọc được; `state=pending` là chờ quyết định.

    Those of assignments whose reports the caller may read; `state=pending` waits for a decision.
    """
    asked = await paging.asked(session)
    cases, last = await queries.page_of_extensions(session, principal, asked)
    return paging.answer(await views.extensions_out(session, principal, cases), last)


@router.post(
    "",
    summary="Đề nghị gia hạn / Ask for more time",
    status_code=201,
    responses=refusals(
        PlanStateError, AssignmentStateError, domain.ExtensionPendingError, TakenError
    ),
)
async def request_extension(
    session: SessionDep,
    principal: Reporter,
    tagging: MakingDep,
    body: NewExtensionBody,
    response: Response,
) -> ExtensionOut:
    """Trước khi hoàn thành, kể cả đã quá hạn; phần đã trễ vẫn là trễ.

    Before it is completed, also after the deadline: what was late up to then stays late. One
    request at a time.
    """
    try:
        held = await actions.lock_assignment(session, principal, body.assignment_id)
    except NotFoundError as error:
        raise invalid_at("#/assignment_id", "unknown_assignment", error.detail) from error
    wish = domain.ExtensionRequest(
        deadline_on=body.wanted_deadline_on, reason=body.reason, basis=body.basis
    )
    extension = await domain.ask_extension(PersonalAct(session, principal, utc_now()), held, wish)
    response.headers["Location"] = f"/v1/extensions/{extension.id}"
    return await _acted_on_out(session, principal, tagging, extension.id)


@router.get("/{extension_id}", summary="Một đề nghị gia hạn / Get an extension")
async def get_extension(
    session: ReadingSessionDep,
    principal: SubmissionReader,
    tagging: ReadingDep,
    extension_id: uuid.UUID,
) -> ExtensionOut:
    """Đề nghị gì, vì sao, ai đã quyết định. / What was asked for, why, and who decided."""
    case = await queries.get_extension(session, principal, extension_id)
    tagging.mark(case.extension)
    return await views.extension_out(session, principal, case)


@router.post(
    "/{extension_id}/approve",
    summary="Chấp thuận gia hạn / Grant more time",
    responses=refusals(
        PlanStateError, domain.ExtensionStateError, OwnRequestError, AssignmentStateError
    ),
)
async def approve_extension(
    session: SessionDep,
    principal: AssignmentDecider,
    tagging: ActingDep,
    extension_id: uuid.UUID,
    body: ApprovalBody,
) -> ExtensionOut:
    """Thời hạn mới có từ hôm nay, không quá ngày đề nghị; thời hạn ban đầu được giữ.

    The deadline from today on, no later than was asked for; days past and the original deadline
    stay. By the plan's issuer or coordinator, never on their own.
    """
    case = await queries.lock_extension(session, principal, extension_id, deciding=True)
    tagging.check(case.extension)
    grant = domain.ExtensionApproval(**body.model_dump())
    await domain.approve(PersonalAct(session, principal, utc_now()), case, grant)
    return await _acted_on_out(session, principal, tagging, extension_id)


@router.post(
    "/{extension_id}/refuse",
    summary="Không chấp thuận gia hạn / Refuse more time",
    responses=DECIDES,
)
async def refuse_extension(
    session: SessionDep,
    principal: AssignmentDecider,
    tagging: ActingDep,
    extension_id: uuid.UUID,
    body: ReasonBody,
) -> ExtensionOut:
    """Thời hạn giữ nguyên, kèm lý do. / The deadline stays, with the reason."""
    case = await queries.lock_extension(session, principal, extension_id, deciding=False)
    tagging.check(case.extension)
    domain.refuse(PersonalAct(session, principal, utc_now()), case, reason=body.reason)
    return await _acted_on_out(session, principal, tagging, extension_id)


@router.post(
    "/{extension_id}/withdraw",
    summary="Rút đề nghị gia hạn / Withdraw an extension",
    responses=refusals(domain.ExtensionStateError),
)
async def withdraw_extension(
    session: SessionDep, principal: Reporter, tagging: ActingDep, extension_id: uuid.UUID
) -> ExtensionOut:
    """Rút khi chưa quyết định; cơ quan tiếp nhận cũng rút được. / Also by the successor."""
    case = await queries.lock_extension(session, principal, extension_id, deciding=False)
    tagging.check(case.extension)
    domain.withdraw(PersonalAct(session, principal, utc_now()), case)
    return await _acted_on_out(session, principal, tagging, extension_id)


async def _acted_on_out(
    session: SessionDep, principal: Principal, tagging: WriteTagging, extension_id: uuid.UUID
) -> ExtensionOut:
    await session.flush()
    case = await queries.get_extension(session, principal, extension_id)
    tagging.mark(case.extension)
    return await views.extension_out(session, principal, case)

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app.auth.deps import PlanEditor, PlanIssuer, Reader
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.amendments import amendments as domain
from app.domain.plans.plans import PlanStateError
from app.http.answers import Answer
from app.http.etags import ActingDep, ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.amendments import amendments as queries
from app.queries.locks import lock_handovers
from app.queries.plans import plans
from app.queries.submissions.effects import effects_on
from app.schemas.amendments import (
    AmendmentBody,
    AmendmentFilters,
    AmendmentIssueOut,
    AmendmentOut,
)
from app.schemas.common import Page
from app.views import amendments as views

router = APIRouter(prefix="/v1", tags=["plans"], route_class=Route)

AmendmentsDep = Annotated[
    ListRequest[AmendmentOut], Depends(paged(queries.AMENDMENTS, AmendmentOut, AmendmentFilters))
]


@router.get(
    "/plans/{plan_id}/amendments", summary="Các lần sửa đổi kế hoạch / List a plan's amendments"
)
async def list_amendments(
    session: ReadingSessionDep, principal: Reader, paging: AmendmentsDep, plan_id: uuid.UUID
) -> Answer[Page[AmendmentOut]]:
    """Đã ban hành; dự thảo chỉ cơ quan quản lý, ban hành kế hoạch thấy. / And one's own drafts."""
    plan = await plans.get_plan(session, principal, plan_id)
    asked = await paging.asked(session, plan=plan.id)
    cases, last = await queries.page_of_amendments(session, principal, asked)
    return paging.answer(await views.amendments_out(session, principal, cases), last)


@router.post(
    "/plans/{plan_id}/amendments",
    summary="Soạn sửa đổi, bổ sung / Draw up an amendment",
    status_code=201,
    responses=refusals(PlanStateError),
)
async def draft_amendment(
    session: SessionDep,
    principal: PlanEditor,
    tagging: MakingDep,
    plan_id: uuid.UUID,
    body: AmendmentBody,
) -> AmendmentOut:
    """Soạn thay đổi của từng nhiệm vụ so với kế hoạch hiện nay; chưa có hiệu lực.

    A draft of what becomes of tasks, with the difference to the plan as it reads now.
    """
    plan = await plans.get_plan_for_update(session, principal, plan_id)
    act = PersonalAct(session, principal, utc_now())
    amendment = await domain.draw_up(act, plan, _given(body))
    tagging.mark_new(amendment, f"/v1/amendments/{amendment.id}")
    return await views.amendment_out(session, principal, queries.AmendmentCase(amendment, plan))


@router.get("/amendments/{amendment_id}", summary="Một lần sửa đổi / Get an amendment")
async def get_amendment(
    session: ReadingSessionDep, principal: Reader, tagging: ReadingDep, amendment_id: uuid.UUID
) -> AmendmentOut:
    """Từng nhiệm vụ trước và sau khi sửa đổi. / Each task before and after it."""
    case = await queries.get_amendment(session, principal, amendment_id)
    tagging.mark(case.amendment)
    return await views.amendment_out(session, principal, case)


@router.put(
    "/amendments/{amendment_id}",
    summary="Soạn lại bản sửa đổi / Revise a drafted amendment",
    responses=refusals(PlanStateError, domain.AmendmentStateError),
)
async def revise_amendment(
    session: SessionDep,
    principal: PlanEditor,
    tagging: ChangingDep,
    amendment_id: uuid.UUID,
    body: AmendmentBody,
) -> AmendmentOut:
    """Thay toàn bộ dự thảo, so với kế hoạch hiện nay. / All of it anew, against the plan now."""
    case = await queries.get_amendment(session, principal, amendment_id, lock=True)
    tagging.check(case.amendment)
    await domain.revise(PersonalAct(session, principal, utc_now()), case, _given(body))
    return await views.amendment_out(session, principal, case)


@router.post(
    "/amendments/{amendment_id}/issue",
    summary="Ban hành sửa đổi, bổ sung / Issue an amendment",
    responses=refusals(PlanStateError, domain.AmendmentStateError, domain.AmendmentOutdatedError),
)
async def issue_amendment(
    session: SessionDep,
    principal: PlanIssuer,
    tagging: ActingDep,
    amendment_id: uuid.UUID,
    dry_run: Annotated[
        bool, Query(description="Xem trước, không lưu gì / look ahead and store nothing")
    ] = False,
) -> AmendmentIssueOut:
    """Kế hoạch có phiên bản mới; nhiệm vụ được giao thêm, đổi, thôi từ ngày có hiệu lực trở đi.

    The plan has a new version. Assignments are made, changed and ended from its day on, at once or
    on the day that is to come; what was before that day stays, so does what is completed, waits
    for confirmation, or was due in a year that is over. Reports not filed on what ends are waived.
    """
    await lock_handovers(session)
    case = await queries.get_amendment(session, principal, amendment_id, lock=True)
    tagging.check(case.amendment)
    act = PersonalAct(session, principal, utc_now())
    async with session.begin_nested() as ahead:
        async with effects_on(session, [case.plan.id]) as effects:
            effect = await domain.issue(act, case, carried_out=True)
        answer = await views.effect_out(session, principal, case, effect, effects, dry_run=dry_run)
        is_done = not dry_run and domain.has_come(case.amendment, at=act.at)
        if not is_done:
            await ahead.rollback()
    if dry_run:
        return answer
    if not is_done:
        case = await queries.get_amendment(session, principal, amendment_id, lock=True)
        await domain.issue(act, case, carried_out=False)
        await session.flush()
        answer.amendment = await views.amendment_out(session, principal, case)
    tagging.mark(case.amendment)
    return answer


@router.post(
    "/amendments/{amendment_id}/withdraw",
    summary="Rút dự thảo sửa đổi / Withdraw a drafted amendment",
    responses=refusals(domain.AmendmentStateError),
)
async def withdraw_amendment(
    session: SessionDep, principal: PlanEditor, tagging: ActingDep, amendment_id: uuid.UUID
) -> AmendmentOut:
    """Không ban hành nữa; vẫn giữ để tra cứu. / It will not be issued, and is kept."""
    case = await queries.get_amendment(session, principal, amendment_id, lock=True)
    tagging.check(case.amendment)
    domain.withdraw(PersonalAct(session, principal, utc_now()), case)
    await session.flush()
    tagging.mark(case.amendment)
    return await views.amendment_out(session, principal, case)


def _given(body: AmendmentBody) -> domain.NewAmendment:
    items = [item.model_dump(exclude_unset=True) for item in body.items]
    return domain.NewAmendment(**body.model_dump(exclude={"items"}), items=items)

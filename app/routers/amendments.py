import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.auth.deps import PlanEditor, PlanIssuer, Reader
from app.clock import utc_now
from app.db import SessionDep
from app.domain.acts import Act
from app.domain.amendments import amendments as domain
from app.domain.plans.plans import PlanStateError
from app.http.etags import ActingDep, ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import Paging, chosen, paged, some_of
from app.http.problems import refusals
from app.models import AmendmentKind, AmendmentState
from app.queries.amendments import amendments as queries
from app.queries.locks import lock_handovers
from app.queries.plans import plans
from app.schemas.amendments import (
    AmendmentBody,
    AmendmentIssueOut,
    AmendmentOut,
)
from app.schemas.common import Page, UpdatedSince
from app.views import amendments as views

router = APIRouter(prefix="/v1", tags=["plans"], route_class=Route)

AmendmentsDep = Annotated[Paging, Depends(paged(queries.AMENDMENTS, AmendmentOut))]


@router.get(
    "/plans/{plan_id}/amendments",
    summary="Các lần sửa đổi kế hoạch / List a plan's amendments",
    response_model=Page[AmendmentOut],
)
async def list_amendments(
    session: SessionDep,
    principal: Reader,
    paging: AmendmentsDep,
    plan_id: uuid.UUID,
    state: Annotated[str | None, Query(pattern=some_of(AmendmentState))] = None,
    kind: AmendmentKind | None = None,
    task: Annotated[
        uuid.UUID | None, Query(description="Chỉ lần sửa nhiệm vụ này / only what touches it")
    ] = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Đã ban hành; dự thảo chỉ cơ quan quản lý, ban hành kế hoạch thấy. / And one's own drafts."""
    plan = await plans.get_plan(session, principal, plan_id)
    filters = {
        "plan": plan.id,
        "state": chosen(state),
        "kind": kind,
        "task": task,
        "updated_since": updated_since,
    }
    cases, last = await queries.page_of_amendments(session, principal, paging.asked(filters))
    return paging.answer(await views.described(session, principal, cases), last)


@router.post(
    "/plans/{plan_id}/amendments",
    summary="Soạn sửa đổi, bổ sung / Draw up an amendment",
    response_model=AmendmentOut,
    status_code=201,
    responses=refusals(PlanStateError),
)
async def draft_amendment(
    session: SessionDep,
    principal: PlanEditor,
    tagging: MakingDep,
    plan_id: uuid.UUID,
    body: AmendmentBody,
    response: Response,
) -> Any:
    """Soạn thay đổi của từng nhiệm vụ so với kế hoạch hiện nay; chưa có hiệu lực.

    A draft of what becomes of tasks, with the difference to the plan as it reads now.
    """
    plan = await plans.get_plan_for_update(session, principal, plan_id)
    act = Act(session, principal, utc_now())
    amendment = await domain.draw_up(act, principal, plan, _given(body))
    response.headers["Location"] = f"/v1/amendments/{amendment.id}"
    await tagging.mark(session, "amendment", amendment.id)
    return await views.one(session, principal, queries.AmendmentCase(amendment, plan))


@router.get(
    "/amendments/{amendment_id}",
    summary="Một lần sửa đổi / Get an amendment",
    response_model=AmendmentOut,
)
async def get_amendment(
    session: SessionDep, principal: Reader, tagging: ReadingDep, amendment_id: uuid.UUID
) -> Any:
    """Từng nhiệm vụ trước và sau khi sửa đổi. / Each task before and after it."""
    case = await queries.get_amendment(session, principal, amendment_id)
    await tagging.spare(session, "amendment", amendment_id)
    return await views.one(session, principal, case)


@router.put(
    "/amendments/{amendment_id}",
    summary="Soạn lại bản sửa đổi / Revise a drafted amendment",
    response_model=AmendmentOut,
    responses=refusals(PlanStateError, domain.AmendmentStateError),
)
async def revise_amendment(
    session: SessionDep,
    principal: PlanEditor,
    tagging: ChangingDep,
    amendment_id: uuid.UUID,
    body: AmendmentBody,
) -> Any:
    """Thay toàn bộ dự thảo, so với kế hoạch hiện nay. / All of it anew, against the plan now."""
    case = await queries.get_amendment(session, principal, amendment_id, lock=True)
    await tagging.check(session, "amendment", amendment_id)
    await domain.revise(Act(session, principal, utc_now()), principal, case, _given(body))
    await tagging.mark(session, "amendment", amendment_id)
    return await views.one(session, principal, case)


@router.post(
    "/amendments/{amendment_id}/issue",
    summary="Ban hành sửa đổi, bổ sung / Issue an amendment",
    response_model=AmendmentIssueOut,
    responses=refusals(
        PlanStateError,
        domain.AmendmentStateError,
        domain.AmendmentOutdatedError,
    ),
)
async def issue_amendment(
    session: SessionDep,
    principal: PlanIssuer,
    tagging: ActingDep,
    amendment_id: uuid.UUID,
    dry_run: Annotated[
        bool, Query(description="Xem trước, không lưu gì / look ahead and store nothing")
    ] = False,
) -> Any:
    """Kế hoạch có phiên bản mới; việc được giao thêm, đổi, thôi từ ngày có hiệu lực trở đi.

    The plan has a new version. Assignments are made, changed and ended from its day on, at once or
    on the day that is to come; what was before that day stays, so does what is completed, waits
    for confirmation, or was due in a year that is over. Reports not filed on what ends are waived.
    """
    await lock_handovers(session)
    case = await queries.get_amendment(session, principal, amendment_id, lock=True)
    await tagging.check(session, "amendment", amendment_id)
    act = Act(session, principal, utc_now())
    async with session.begin_nested() as ahead:
        effect = await domain.issue(act, principal, case, carried_out=True)
        answer = await views.effect_out(session, principal, case, effect, dry_run=dry_run)
        is_done = not dry_run and domain.has_come(case.amendment, at=act.at)
        if not is_done:
            await ahead.rollback()
    if dry_run:
        return answer
    if not is_done:
        case = await queries.get_amendment(session, principal, amendment_id, lock=True)
        await domain.issue(act, principal, case, carried_out=False)
        await session.flush()
        answer["amendment"] = await views.one(session, principal, case)
    await tagging.mark(session, "amendment", amendment_id)
    return answer


@router.post(
    "/amendments/{amendment_id}/withdraw",
    summary="Rút dự thảo sửa đổi / Withdraw a drafted amendment",
    response_model=AmendmentOut,
    responses=refusals(domain.AmendmentStateError),
)
async def withdraw_amendment(
    session: SessionDep, principal: PlanEditor, tagging: ActingDep, amendment_id: uuid.UUID
) -> Any:
    """Không ban hành nữa; vẫn giữ để tra cứu. / It will not be issued, and is kept."""
    case = await queries.get_amendment(session, principal, amendment_id, lock=True)
    await tagging.check(session, "amendment", amendment_id)
    domain.withdraw(Act(session, principal, utc_now()), principal, case)
    await session.flush()
    await tagging.mark(session, "amendment", amendment_id)
    return await views.one(session, principal, case)


def _given(body: AmendmentBody) -> domain.NewAmendment:
    items = [item.model_dump(exclude_unset=True) for item in body.items]
    return domain.NewAmendment(**body.model_dump(exclude={"items"}), items=items)

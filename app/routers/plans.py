import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from app.auth.deps import PlanEditor, PlanIssuer, Reader
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.external_refs import ExternalRefTakenError, NamedRef, find_own, put_all
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.domain.plans import close, correct, issue, relations
from app.domain.plans import plans as domain
from app.http import batches
from app.http.answers import Answer, Shape, shaped
from app.http.etags import ActingDep, ChangingDep, MakingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, PagingDep, paged
from app.http.problems import TakenError, refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.models import RefNoun, RelationKind
from app.queries.locks import lock_external_ref, lock_handovers
from app.queries.plans import days_past
from app.queries.plans import plans as queries
from app.queries.submissions.effects import effects_on
from app.routers.viewpoints import of_day
from app.schemas.assignment_actions import OrderBody
from app.schemas.common import AsOfDay, Page
from app.schemas.external_refs import ExternalKey
from app.schemas.plan_closings import PlanClosedOut
from app.schemas.plans import (
    IssueOut,
    NewPlanBody,
    PlanActionOut,
    PlanBody,
    PlanClosingBody,
    PlanCorrectionBody,
    PlanFilters,
    PlanOut,
)
from app.views import plans as views
from app.views.expansions import item_answer, page_answer

router = APIRouter(prefix="/v1/plans", tags=["plans"], route_class=Route)

PlansDep = Annotated[ListRequest[PlanOut], Depends(paged(queries.PLANS, PlanOut, PlanFilters))]
PlanShapeDep = Annotated[Shape[PlanOut], Depends(shaped(PlanOut))]


@router.get("", summary="Danh sách kế hoạch / List plans", responses=refusals(DayInFutureError))
async def list_plans(
    session: ReadingSessionDep,
    principal: Reader,
    paging: PlansDep,
    related_to: Annotated[
        uuid.UUID | None, Query(description="Có quan hệ với kế hoạch này / related to this plan")
    ] = None,
    relation: Annotated[
        RelationKind | None, Query(description="Chỉ quan hệ này / only by this relation")
    ] = None,
    as_of: AsOfDay = None,
) -> Answer[Page[PlanOut]]:
    """Các kế hoạch đã ban hành, và dự thảo của chính cơ quan mình.

    Issued plans, and the drafts of the caller's own agency, oldest first. With `as_of` those that
    had been issued by that day, as they stood at its end: followed up or closed, who coordinated,
    which version, agencies by their names of then; filters are about that day too.
    """
    today = local_day(utc_now())
    day = day_asked(as_of, today=today)
    asked = await paging.asked(session, **_related(related_to, relation))
    asked = of_day(asked, day, today=today)
    if day < today:
        plans, last = await days_past.page_of_past_plans(session, asked, day=day)
        items = await views.plans_out(session, principal, plans, past=day)
    else:
        plans, last = await queries.page_of_plans(session, principal, asked)
        items = await views.plans_out(session, principal, plans)
    refs = map(views.refs, items)
    return await page_answer(session, principal, paging, items, refs=refs, last=last)


@router.post(
    "",
    summary="Tạo kế hoạch dự thảo / Create a draft plan",
    status_code=201,
    responses=refusals(TakenError, ExternalRefTakenError),
)
async def create_plan(
    session: SessionDep, principal: PlanEditor, tagging: MakingDep, body: NewPlanBody
) -> PlanOut:
    """Tạo kế hoạch dự thảo trống; nhiệm vụ thêm sau. / An empty draft; tasks are added later."""
    fields = body.model_dump(exclude_unset=True, exclude={"external_refs"})
    act = PersonalAct(session, principal, utc_now())
    plan = await relations.create(act, fields)
    named = [NamedRef(ref.system, ref.id) for ref in body.external_refs]
    await put_all(act, RefNoun.PLAN, domain.subject(plan), named)
    tagging.mark_new(plan, f"/v1/plans/{plan.id}")
    return await views.plan_out(session, principal, plan)


@router.put(
    "",
    summary="Tạo hoặc sửa dự thảo theo mã ngoài / Create or correct a draft by an external id",
    responses={
        201: {"model": PlanOut, "description": "Đã tạo / Created"},
        **refusals(TakenError, ExternalRefTakenError, domain.PlanStateError),
    },
)
async def put_plan(
    session: SessionDep,
    principal: PlanEditor,
    tagging: ActingDep,
    external_ref: ExternalKey,
    body: NewPlanBody,
    response: Response,
) -> PlanOut:
    """Mã chưa có thì tạo dự thảo, có rồi thì sửa; trường không gửi thì giữ nguyên.

    The draft that a system knows by this id is made, or corrected where it exists; what is absent
    stays as it is. The same again changes nothing.
    """
    act, ref = PersonalAct(session, principal, utc_now()), NamedRef.read(external_ref)
    fields = body.model_dump(exclude_unset=True, exclude={"external_refs"})
    named = [ref, *(NamedRef(one.system, one.id) for one in body.external_refs)]
    await lock_external_ref(session, *ref)
    row_id = await find_own(session, principal, RefNoun.PLAN, ref)
    if row_id is None:
        plan = await relations.create(act, fields)
        response.status_code = 201
        response.headers["Location"] = f"/v1/plans/{plan.id}"
    else:
        plan = await queries.get_plan_for_update(session, principal, row_id)
        tagging.check(plan)
        await relations.update(act, plan, fields)
    await put_all(act, RefNoun.PLAN, domain.subject(plan), named)
    tagging.mark(plan)
    return await views.plan_out(session, principal, plan)


@router.get("/{plan_id}", summary="Một kế hoạch / Get a plan", responses=refusals(DayInFutureError))
async def get_plan(
    session: ReadingSessionDep,
    principal: Reader,
    tagging: ReadingDep,
    shape: PlanShapeDep,
    plan_id: uuid.UUID,
    as_of: AsOfDay = None,
) -> Answer[PlanOut]:
    """Kế hoạch và những việc người gọi được làm với nó. / The plan and what the caller may do."""
    today = local_day(utc_now())
    day = day_asked(as_of, today=today)
    plan = await queries.get_plan(session, principal, plan_id)
    if day < today:
        days_past.check_issued_by(plan, day)
    tagging.mark(plan)
    past = day if day < today else None
    item = await views.plan_out(session, principal, plan, past=past)
    return await item_answer(session, principal, shape, item, refs=map(views.refs, [item]))


@router.patch(
    "/{plan_id}",
    summary="Sửa kế hoạch dự thảo / Correct a draft plan",
    responses=refusals(domain.PlanStateError, TakenError),
)
async def update_plan(
    session: SessionDep,
    principal: PlanEditor,
    tagging: ChangingDep,
    plan_id: uuid.UUID,
    body: PlanBody,
) -> PlanOut:
    """Bổ sung, sửa số, ngày, cơ quan theo dõi… khi còn dự thảo; sau đó chỉ thêm `relations`.

    Only while it is a draft; an issued plan only gets more `relations`, which end nothing: whoever
    owns a replaced plan closes it.
    """
    plan = await queries.get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    await relations.update(
        PersonalAct(session, principal, utc_now()), plan, body.model_dump(exclude_unset=True)
    )
    return await views.plan_out(session, principal, plan)


@router.post(
    "/{plan_id}/issue",
    summary="Ban hành kế hoạch / Issue a plan",
    responses=refusals(issue.PlanIncompleteError, domain.PlanStateError, TakenError),
)
async def issue_plan(
    session: SessionDep,
    principal: PlanIssuer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    confirm_life: Annotated[
        bool,
        Query(
            description=(
                "Đã xem: thời gian của kế hoạch khác với tên kế hoạch hoặc thời hạn của nhiệm vụ"
                " / The plan's days are meant, though its title or its tasks say otherwise"
            )
        ),
    ] = False,
) -> IssueOut:
    """Ban hành: giao nhiệm vụ cho từng cơ quan theo thành phần nhóm tại ngày ban hành.

    Issues a draft: assignees become assignments as of the day of issue, and the reports on them
    are expected from then on. What is missing is listed all at once.
    """
    await lock_handovers(session)
    plan = await queries.get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    act = PersonalAct(session, principal, utc_now())
    made = await issue.issue(act, plan, life_confirmed=confirm_life)
    return IssueOut.of(
        made,
        plan=await views.plan_out(session, principal, plan),
        not_assigned=views.not_assigned_out(made.not_assigned),
    )


@router.post(
    "/{plan_id}/close",
    summary="Kết thúc theo dõi / Close a plan",
    responses=refusals(domain.PlanStateError),
)
async def close_plan(
    session: SessionDep,
    principal: PlanIssuer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    body: PlanClosingBody,
    dry_run: batches.DryRun = False,
) -> PlanClosedOut:
    """Kết thúc theo dõi: nêu rõ việc chưa xong chuyển sang kế hoạch nào hay không hoàn thành.

    Nothing of the plan is owed from today on: each open assignment is carried over to the plan that
    follows or stays unfinished, what was not filed is waived (`submission_effects` says what).
    Figures of the days before stay.
    """
    await lock_handovers(session)
    plan = await queries.get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    outcomes = {one.id: one.outcome for one in body.assignments}
    next_id = body.followed_by
    next_one = None if next_id is None else await queries.get_plan(session, principal, next_id)
    closing = close.Closing(body.reason, body.outcome, outcomes, next_one, body.basis)
    async with session.begin_nested() as ahead:
        async with effects_on(session, [plan.id]) as effects:
            await close.close(PersonalAct(session, principal, utc_now()), plan, closing)
        answer = await views.closed_out(session, principal, plan, effects, dry_run=dry_run)
        if dry_run:
            await ahead.rollback()
    return answer


@router.post(
    "/{plan_id}/reopen",
    summary="Mở lại kế hoạch / Reopen a closed plan",
    responses=refusals(domain.PlanStateError),
)
async def reopen_plan(
    session: SessionDep,
    principal: PlanIssuer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    body: OrderBody,
) -> PlanOut:
    """Theo dõi trở lại, có lý do và văn bản; việc của thời gian đã kết thúc được làm trong ngày.

    What an ended agency had goes to its successor or waits for a decision again; what else waited
    meanwhile (assignments of another year) is done by the day's jobs.
    """
    await lock_handovers(session)
    plan = await queries.get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    act = PersonalAct(session, principal, utc_now())
    await correct.reopen(act, plan, reason=body.reason, basis=body.basis)
    return await views.plan_out(session, principal, plan)


@router.post(
    "/{plan_id}/correct",
    summary="Đính chính kế hoạch đã ban hành / Correct an issued plan",
    responses=refusals(domain.PlanStateError, TakenError),
)
async def correct_plan(
    session: SessionDep,
    principal: PlanIssuer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    body: PlanCorrectionBody,
) -> PlanOut:
    """Đính chính số, ngày, căn cứ, người ký, nơi nhận, cơ quan giám sát, ghi chú; giữ bản cũ.

    What was before is kept with the reason; assignments stay as they are. Tasks are amended.
    """
    plan = await queries.get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    fields = body.model_dump(exclude_unset=True, exclude={"reason", "basis"})
    act = PersonalAct(session, principal, utc_now())
    await correct.correct(act, plan, fields, reason=body.reason, basis=body.basis)
    return await views.plan_out(session, principal, plan)


@router.get(
    "/{plan_id}/actions",
    summary="Đính chính, mở lại kế hoạch / List corrections and reopenings",
)
async def list_plan_actions(
    session: ReadingSessionDep, principal: Reader, paging: PagingDep, plan_id: uuid.UUID
) -> Page[PlanActionOut]:
    """Mọi lần đính chính, mở lại: trước, sau, lý do, văn bản. / Each with what was before."""
    plan = await queries.get_plan(session, principal, plan_id)
    found = await queries.list_actions(session, queries.visible_plan_id(plan))
    return paging.page_by_position(await views.actions_out(session, found))


@router.delete(
    "/{plan_id}",
    summary="Hủy dự thảo / Discard a draft plan",
    status_code=204,
    response_class=Response,
    responses=refusals(domain.PlanStateError),
)
async def discard_plan(
    session: SessionDep, principal: PlanEditor, tagging: ChangingDep, plan_id: uuid.UUID
) -> None:
    """Chỉ khi còn dự thảo; số, mã ngoài dùng lại được. / What was issued is never removed."""
    plan = await queries.get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    await domain.discard(PersonalAct(session, principal, utc_now()), plan)


def _related(other: uuid.UUID | None, relation: RelationKind | None) -> dict[str, Any]:
    """Both given: by this relation to that plan, not one to it and another to somebody."""
    if other is not None and relation is not None:
        return {"related_as": f"{relation}:{other}"}
    return {"related_to": other, "relation": relation}

import uuid

from fastapi import APIRouter

from app.auth.deps import Reviewer
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.plans import sharing as domain
from app.domain.plans.plans import PlanStateError
from app.http.etags import ActingDep
from app.http.idempotency import Route
from app.http.problems import refusals
from app.http.sessions import SessionDep
from app.queries.plans.plans import get_plan_for_update
from app.schemas.plans import PlanOut
from app.schemas.sharing import SharingBody
from app.views.plans import plan_out

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Route)


@router.post(
    "/share-submissions",
    summary="Cho nhóm chủ trì xem báo cáo của nhau / Let a collective read its submissions",
    responses=refusals(PlanStateError),
)
async def share_plan_submissions(
    session: SessionDep,
    principal: Reviewer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    body: SharingBody,
) -> PlanOut:
    """Nhiệm vụ do một nhóm chủ trì: mỗi thành viên xem được báo cáo các thành viên khác đã nộp.

    The members of a collective that leads a task read what the others file on it, past filings
    included; drafts stay each one's own. Joint leads that the plan names one by one always do.
    """
    plan = await get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    act = PersonalAct(session, principal, utc_now())
    await domain.share_submissions(act, plan, reason=body.reason, basis=body.basis)
    return await plan_out(session, principal, plan)


@router.post(
    "/unshare-submissions",
    summary="Thôi cho nhóm chủ trì xem báo cáo của nhau / Let each member read its own alone",
    responses=refusals(PlanStateError),
)
async def unshare_plan_submissions(
    session: SessionDep,
    principal: Reviewer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    body: SharingBody,
) -> PlanOut:
    """Từ bây giờ mỗi thành viên chỉ xem báo cáo của mình. / From now on each reads its own."""
    plan = await get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    act = PersonalAct(session, principal, utc_now())
    await domain.unshare_submissions(act, plan, reason=body.reason, basis=body.basis)
    return await plan_out(session, principal, plan)

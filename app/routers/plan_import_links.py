import uuid

from fastapi import APIRouter

from app.auth.deps import PlanEditor
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.plans import page_links as domain
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import SettingsDep
from app.models import LinkedPage
from app.queries.plans import page_links as queries
from app.queries.plans.imports import get_plan_import
from app.queries.plans.plans import get_plan, get_plan_for_update, visible_plan_id
from app.schemas.assignment_actions import ReasonBody
from app.schemas.common import Page
from app.schemas.page_links import NewPageLinkBody, NewPageLinkOut, PageLinkOut
from app.views import page_links as views

router = APIRouter(prefix="/v1/plan-imports/{import_id}/links", tags=["plans"], route_class=Route)
PAGE = LinkedPage.IMPORT


@router.get("", summary="Liên kết đã cấp / List the links to the page of an import")
async def list_plan_import_links(
    session: ReadingSessionDep, principal: PlanEditor, paging: PagingDep, import_id: uuid.UUID
) -> Page[PageLinkOut]:
    """Cấp cho ai, đến ngày nào, đã thu hồi chưa; địa chỉ không được giữ lại.

    For whom each is, when it ends and whether it was revoked; the addresses are kept nowhere.
    """
    row = await get_plan_import(session, principal, import_id)
    plan = await get_plan(session, principal, row.plan_id)
    domain.require_sharing(principal, plan, PAGE)
    found = await queries.links_of(session, visible_plan_id(plan), PAGE)
    return paging.page_by_position(await views.page_links_out(session, found, at=utc_now()))


@router.post(
    "",
    summary="Cấp liên kết xem kết quả nhập / Make a link to the page of an import",
    status_code=201,
)
async def make_plan_import_link(
    session: SessionDep,
    principal: PlanEditor,
    settings: SettingsDep,
    import_id: uuid.UUID,
    body: NewPageLinkBody,
) -> NewPageLinkOut:
    """Cho người soát dự thảo: trang đặt nguyên văn cạnh điều đã hiểu, chỗ cần xem đứng trước.

    For whoever corrects the draft: a signed address of the page that shows the file's words beside
    what was understood, doubts first, until the day is over or it is revoked. It is shown this
    once; nothing can be changed there.
    """
    row = await get_plan_import(session, principal, import_id)
    plan = await get_plan_for_update(session, principal, row.plan_id)
    act = PersonalAct(session, principal, utc_now())
    link = await domain.make_link(act, plan, PAGE, purpose=body.purpose, last_day=body.last_day)
    path = f"/imports/{row.id}"
    return await views.new_page_link_out(session, link, settings, path, at=act.at)


@router.post(
    "/{link_id}/revoke",
    summary="Thu hồi liên kết / Revoke a link to the page of an import",
    responses=refusals(domain.LinkStateError),
)
async def revoke_plan_import_link(
    session: SessionDep,
    principal: PlanEditor,
    import_id: uuid.UUID,
    link_id: uuid.UUID,
    body: ReasonBody,
) -> PageLinkOut:
    """Từ bây giờ liên kết không mở được nữa. / From now on it opens nothing."""
    row = await get_plan_import(session, principal, import_id)
    plan = await get_plan_for_update(session, principal, row.plan_id)
    link = await queries.get_link_for_update(session, visible_plan_id(plan), PAGE, link_id)
    act = PersonalAct(session, principal, utc_now())
    await domain.revoke_link(act, plan, link, reason=body.reason)
    [answer] = await views.page_links_out(session, [link], at=act.at)
    return answer

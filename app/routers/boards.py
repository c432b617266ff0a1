import uuid

from fastapi import APIRouter

from app.auth.deps import BoardSharer, PlanIssuer, Reader
from app.clock import local_day, utc_now
from app.domain.acts import PersonalAct
from app.domain.figures.as_of import DayInFutureError, day_asked
from app.domain.plans import boards as domain
from app.domain.plans import page_links as links
from app.domain.plans.plans import PlanStateError, require_ever_issued
from app.http.etags import ActingDep
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.problems import refusals
from app.http.sessions import ReaderDep, ReadingSessionDep, SessionDep
from app.http.settings import SettingsDep
from app.models import LinkedPage
from app.queries.figures.plan import AsOf
from app.queries.plans import page_links as queries
from app.queries.plans.plans import get_plan, get_plan_for_update, visible_plan_id
from app.routers.viewpoints import FigureRole, OccurrenceAsked, role_asked
from app.schemas.assignment_actions import ReasonBody
from app.schemas.boards import BoardOpeningBody, BoardOut
from app.schemas.common import AsOfDay, Page
from app.schemas.page_links import NewBoardLinkBody, NewPageLinkOut, PageLinkOut
from app.schemas.plans import PlanOut
from app.views import page_links as link_views
from app.views.boards import BoardAsked, board_out
from app.views.plans import plan_out

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["figures"], route_class=Route)


@router.get(
    "/board",
    summary="Bảng theo dõi kế hoạch / Get a plan's board",
    responses=refusals(DayInFutureError, PlanStateError),
)
async def get_plan_board(
    reader: ReaderDep,
    principal: Reader,
    settings: SettingsDep,
    plan_id: uuid.UUID,
    as_of: AsOfDay = None,
    role: FigureRole = "lead",
    period: OccurrenceAsked = None,
) -> BoardOut:
    """Mọi số liệu của trang theo dõi trong một lần gọi; cổng thông tin có thể tự trình bày.

    All that the page `/boards/{plan_id}` draws, for whoever draws it otherwise: figures by group
    and task, by agency (the worst first) and by year, what is to be dealt with, how it came about,
    and a ledger of the assignments with the latest accepted report of each.
    """
    today = local_day(utc_now())
    plan = await get_plan(reader.session, principal, plan_id)
    require_ever_issued(plan)
    as_of_day = day_asked(as_of, today=today)
    asked = AsOf(as_of_day, settings.due_soon_days, role_asked(role))
    return await board_out(reader, plan, BoardAsked(asked, today, period, principal))


@router.post(
    "/open-board",
    summary="Công khai bảng theo dõi / Open a plan's board to everybody",
    responses=refusals(PlanStateError),
)
async def open_plan_board(
    session: SessionDep,
    principal: PlanIssuer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    body: BoardOpeningBody,
) -> PlanOut:
    """Ai cũng xem được bảng theo dõi, không cần liên kết; lý do được giữ lại.

    Everybody may see the page without a link from now on; who opened it and why is kept among the
    plan's actions.
    """
    plan = await get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    act = PersonalAct(session, principal, utc_now())
    await domain.open_board(act, plan, reason=body.reason, basis=body.basis)
    return await plan_out(session, principal, plan)


@router.post(
    "/close-board",
    summary="Thôi công khai bảng theo dõi / Close a plan's board to everybody",
    responses=refusals(PlanStateError),
)
async def close_plan_board(
    session: SessionDep,
    principal: PlanIssuer,
    tagging: ActingDep,
    plan_id: uuid.UUID,
    body: BoardOpeningBody,
) -> PlanOut:
    """Chỉ còn xem được bằng liên kết; các liên kết đã cấp giữ nguyên. / Links go on."""
    plan = await get_plan_for_update(session, principal, plan_id)
    tagging.check(plan)
    act = PersonalAct(session, principal, utc_now())
    await domain.close_board(act, plan, reason=body.reason, basis=body.basis)
    return await plan_out(session, principal, plan)


@router.get("/board-links", summary="Liên kết đã cấp / List the links to a plan's board")
async def list_board_links(
    session: ReadingSessionDep, principal: BoardSharer, paging: PagingDep, plan_id: uuid.UUID
) -> Page[PageLinkOut]:
    """Cấp cho ai, đến ngày nào, đã thu hồi chưa; địa chỉ không được giữ lại.

    For whom each is, when it ends and whether it was revoked; the addresses are kept nowhere.
    """
    plan = await get_plan(session, principal, plan_id)
    links.require_sharing(principal, plan, LinkedPage.BOARD)
    found = await queries.links_of(session, visible_plan_id(plan), LinkedPage.BOARD)
    return paging.page_by_position(await link_views.page_links_out(session, found, at=utc_now()))


@router.post(
    "/board-links",
    summary="Cấp liên kết xem bảng theo dõi / Make a link to a plan's board",
    status_code=201,
    responses=refusals(PlanStateError),
)
async def make_board_link(
    session: SessionDep,
    principal: BoardSharer,
    settings: SettingsDep,
    plan_id: uuid.UUID,
    body: NewBoardLinkBody,
) -> NewPageLinkOut:
    """Địa chỉ có chữ ký, có hạn, thu hồi được; chỉ được cho xem một lần này.

    A signed address that opens the page to whoever has it until the day is over or it is revoked;
    it is shown this once. With `opens_report` the page offers the last signed report as files.
    """
    plan = await get_plan_for_update(session, principal, plan_id)
    act = PersonalAct(session, principal, utc_now())
    link = await links.make_link(act, plan, LinkedPage.BOARD, **body.model_dump())
    path = f"/boards/{plan.id}"
    return await link_views.new_page_link_out(session, link, settings, path, at=act.at)


@router.post(
    "/board-links/{link_id}/revoke",
    summary="Thu hồi liên kết / Revoke a link to a plan's board",
    responses=refusals(links.LinkStateError),
)
async def revoke_board_link(
    session: SessionDep,
    principal: BoardSharer,
    plan_id: uuid.UUID,
    link_id: uuid.UUID,
    body: ReasonBody,
) -> PageLinkOut:
    """Từ bây giờ liên kết không mở được nữa. / From now on it opens nothing."""
    plan = await get_plan_for_update(session, principal, plan_id)
    link = await queries.get_link_for_update(
        session, visible_plan_id(plan), LinkedPage.BOARD, link_id
    )
    act = PersonalAct(session, principal, utc_now())
    await links.revoke_link(act, plan, link, reason=body.reason)
    [answer] = await link_views.page_links_out(session, [link], at=act.at)
    return answer

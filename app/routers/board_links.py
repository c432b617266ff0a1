import uuid

from fastapi import APIRouter

from app.auth.deps import BoardsSharer
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.plans import page_links as domain
from app.http.idempotency import Route
from app.http.lists import PagingDep
from app.http.problems import refusals
from app.http.sessions import ReadingSessionDep, SessionDep
from app.http.settings import SettingsDep
from app.queries.plans import page_links as queries
from app.schemas.assignment_actions import ReasonBody
from app.schemas.common import Page
from app.schemas.page_links import NewPageLinkBody, NewPageLinkOut, PageLinkOut
from app.views import page_links as link_views

router = APIRouter(prefix="/v1/board-links", tags=["figures"], route_class=Route)


@router.get("", summary="Liên kết xem mọi kế hoạch / List the links to the board of all plans")
async def list_boards_links(
    session: ReadingSessionDep, _: BoardsSharer, paging: PagingDep
) -> Page[PageLinkOut]:
    """Cấp cho ai, đến ngày nào, đã thu hồi chưa. / For whom each is, and when it ends."""
    found = await queries.links_of_all(session)
    return paging.page_by_position(await link_views.page_links_out(session, found, at=utc_now()))


@router.post(
    "", summary="Cấp liên kết xem mọi kế hoạch / Make a link to the board of all plans",
    status_code=201,
)  # fmt: skip
async def make_boards_link(
    session: SessionDep, principal: BoardsSharer, settings: SettingsDep, body: NewPageLinkBody
) -> NewPageLinkOut:
    """Mở trang `/boards` và bảng của từng kế hoạch đã ban hành; chỉ được cho xem một lần này.

    A signed address that opens `/boards` with all issued plans, and the board of each, until the
    day is over or it is revoked; it is shown this once.
    """
    act = PersonalAct(session, principal, utc_now())
    link = await domain.make_link_to_all(act, purpose=body.purpose, last_day=body.last_day)
    return await link_views.new_page_link_out(session, link, settings, "/boards", at=act.at)


@router.post(
    "/{link_id}/revoke",
    summary="Thu hồi liên kết xem mọi kế hoạch / Revoke a link to the board of all plans",
    responses=refusals(domain.LinkStateError),
)
async def revoke_boards_link(
    session: SessionDep, principal: BoardsSharer, link_id: uuid.UUID, body: ReasonBody
) -> PageLinkOut:
    """Từ bây giờ liên kết không mở được nữa. / From now on it opens nothing."""
    link = await queries.get_link_to_all_for_update(session, link_id)
    act = PersonalAct(session, principal, utc_now())
    await domain.revoke_link_to_all(act, link, reason=body.reason)
    [answer] = await link_views.page_links_out(session, [link], at=act.at)
    return answer

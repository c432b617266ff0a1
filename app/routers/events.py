import re
import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.auth.deps import Reader
from app.domain.event_types import matching
from app.http.handling import PlannedRoute
from app.http.lists import bad_cursor, make_cursor, page_url, read_cursor
from app.http.problems import refusals
from app.http.sessions import ReaderDep
from app.http.settings import settings_of
from app.queries import events as queries
from app.queries.lists import MAX_PAGE
from app.queries.registry.agencies import get_agency_id
from app.schemas.common import Moment, Ref
from app.schemas.events import EventFeedOut
from app.views.events import event_out

router = APIRouter(prefix="/v1/events", tags=["following"], route_class=PlannedRoute)

NOW = "now"


@router.get(
    "", summary="Theo dõi thay đổi / Follow changes", responses=refusals(queries.EventsGoneError)
)
async def list_events(
    request: Request,
    reader: ReaderDep,
    principal: Reader,
    after: Annotated[
        str | None,
        Query(
            max_length=1000,
            examples=[NOW],
            description=(
                "`cursor` của lần trước; `now`: từ bây giờ; bỏ trống: từ sự kiện cũ nhất còn giữ."
                " / The last answer's `cursor`; `now`; absent: from the oldest that is kept."
            ),
        ),
    ] = None,
    limit: Annotated[
        int, Query(ge=1, le=MAX_PAGE, description="Số dòng một trang / rows a page")
    ] = 50,
    type: Annotated[
        str | None,
        Query(
            pattern=r"^tiendo\.([a-z_]+\.)?([a-z_]+|\*)$",
            max_length=100,
            examples=["tiendo.submission.*"],
            description="Một loại, hoặc cả nhóm với `.*` / a type, or all of a noun by `.*`",
        ),
    ] = None,
    plan: uuid.UUID | None = None,
    agency: Annotated[
        Ref | None,
        Query(description="Chỉ việc của cơ quan này / only what is this agency's matter"),
    ] = None,
    subject: Annotated[
        str | None,
        Query(
            pattern="^/v1/[a-z-]+/[A-Za-z0-9.-]{1,64}$",
            description="Chỉ về dòng ở địa chỉ này / only about what is at this address",
        ),
    ] = None,
    since: Annotated[
        Moment | None,
        Query(description="Xảy ra từ thời điểm này / that happened at this moment or after it"),
    ] = None,
) -> EventFeedOut:
    """Mọi thay đổi mà bên gọi được biết, theo thứ tự ghi nhận, dạng CloudEvents 1.0, giữ 90 ngày.

    Every change that the caller may know of, in the order of commit, kept for 90 days. Follow
    `next` while there is one; then wait, and ask again with `?after=` the last `cursor`, for ever:
    none is passed over. A page may be empty and still have a `next`. A cursor holds for the
    filters that it was made with; one that is older than what is kept is refused with 410, and
    then the lists are to be read anew. Within one transaction events come in the order in which
    they were written.
    """
    filters = queries.EventFilters(
        types=None if type is None else matching(type),
        plan_id=plan,
        agency_id=None if agency is None else await get_agency_id(reader, agency),
        subject=subject,
        since=since,
    )
    if after == NOW:
        stretch = queries.FeedStretch([], await queries.last_position(reader), is_end=True)
    else:
        place = None if after is None else position(request, after)
        stretch = await queries.read_events(reader, principal, filters, after=place, limit=limit)
    cursor = make_cursor(request, stretch.upto)
    source = settings_of(request).base_url
    return EventFeedOut(
        items=[event_out(event, source=source) for event in stretch.events],
        next=None if stretch.is_end else page_url(request, "after", cursor),
        cursor=cursor,
    )


def position(request: Request, cursor: str) -> queries.FeedPosition:
    """The place in the feed that a cursor stands for."""
    parts = read_cursor(request, cursor, name="after")
    if len(parts) != 2 or not all(re.fullmatch("[0-9]{1,18}", part) for part in parts):
        raise bad_cursor("after")
    return queries.FeedPosition(*map(int, parts))

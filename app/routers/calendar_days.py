from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from app.auth.deps import Reader, RegistryAdmin
from app.clock import utc_now
from app.db import SessionDep
from app.domain.regimes import calendar_days as domain
from app.http.etags import ActingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import Paging, paged
from app.models import CalendarDayKind
from app.queries.locks import lock_handovers
from app.queries.regimes import calendar_days as queries
from app.schemas.calendar_days import CalendarDayBody, CalendarDayOut
from app.schemas.common import Day, Page, UpdatedSince

router = APIRouter(prefix="/v1/calendar-days", tags=["registry"], route_class=Route)

DaysDep = Annotated[Paging, Depends(paged(queries.CALENDAR_DAYS, CalendarDayOut))]
DayPath = Annotated[Day, Path(examples=["2026-08-31"])]


@router.get(
    "",
    summary="Ngày nghỉ, ngày làm bù / List days off and days worked in their place",
    response_model=Page[CalendarDayOut],
)
async def list_calendar_days(
    session: SessionDep,
    _: Reader,
    paging: DaysDep,
    *,
    first: Annotated[Day | None, Query(alias="from", description="Từ ngày này / INCLUSIVE")] = None,
    last: Annotated[
        Day | None, Query(alias="to", description="Đến hết ngày này / INCLUSIVE")
    ] = None,
    kind: Annotated[CalendarDayKind | None, Query(description="Chỉ loại này / only these")] = None,
    is_seeded: bool | None = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Những ngày khác với thứ của nó; năm không có dòng nào thì chưa biết.

    Days that are not what their weekday says; of a year without any nothing is known.
    """
    filters = {
        "from": first,
        "to": last,
        "kind": kind,
        "is_seeded": is_seeded,
        "updated_since": updated_since,
    }
    days, last_key = await queries.page_of_days(session, paging.asked(filters))
    return paging.answer(days, last_key)


@router.get(
    "/{day}",
    summary="Một ngày / Get a day",
    response_model=CalendarDayOut,
)
async def get_calendar_day(
    session: SessionDep, _: Reader, tagging: ReadingDep, day: DayPath
) -> Any:
    """Ngày nghỉ hoặc làm bù được ghi. / What is said of the day beyond its weekday."""
    row = await queries.get_day(session, day)
    await tagging.spare(session, "calendar_day", row.id)
    return row


@router.put(
    "/{day}",
    summary="Ghi, đính chính một ngày / Say what a day is",
    response_model=CalendarDayOut,
    responses={
        201: {"model": CalendarDayOut, "description": "Đã ghi / Entered"},
    },
)
async def put_calendar_day(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: ActingDep,
    day: DayPath,
    body: CalendarDayBody,
    response: Response,
) -> Any:
    """Ngày nghỉ hay làm việc; đã ghi thì cần If-Match. Báo cáo chưa đến hạn theo lịch mới.

    A day off or a worked one; `If-Match` where it was said before. What is not due follows.
    """
    await lock_handovers(session)
    row = await queries.find_day(session, day, lock=True)
    if row is None:
        response.status_code = 201
    else:
        await tagging.require(session, "calendar_day", row.id)
    said = domain.DayEntry(body.kind, body.name, body.basis)
    row = await domain.correct_day(session, principal, row, day, said, at=utc_now())
    await session.flush()
    await tagging.mark(session, "calendar_day", row.id)
    return row

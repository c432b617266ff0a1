from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from app.auth.deps import Reader, RegistryAdmin
from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.regimes import calendar_days as domain
from app.http import batches
from app.http.answers import Answer
from app.http.etags import ActingDep, ReadingDep
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.sessions import ReadingSessionDep, SessionDep
from app.queries.locks import lock_handovers
from app.queries.regimes import calendar_days as queries
from app.schemas.calendar_days import (
    CalendarDayBody,
    CalendarDayFilters,
    CalendarDayOut,
    CalendarDaySetOut,
)
from app.schemas.common import Day, Page
from app.views.calendar_days import calendar_day_out, set_out

router = APIRouter(prefix="/v1/calendar-days", tags=["registry"], route_class=Route)

DaysDep = Annotated[
    ListRequest[CalendarDayOut],
    Depends(paged(queries.CALENDAR_DAYS, CalendarDayOut, CalendarDayFilters)),
]
DayPath = Annotated[Day, Path(examples=["2026-08-31"])]


@router.get("", summary="Ngày nghỉ, ngày làm bù / List days off and days worked in their place")
async def list_calendar_days(
    session: ReadingSessionDep, _: Reader, paging: DaysDep
) -> Answer[Page[CalendarDayOut]]:
    """Những ngày khác với thứ của nó; năm không có dòng nào thì chưa biết.

    Days that are not what their weekday says; of a year without any nothing is known.
    """
    asked = await paging.asked(session)
    days, last_key = await queries.page_of_days(session, asked)
    return paging.answer(map(calendar_day_out, days), last_key)


@router.get("/{day}", summary="Một ngày / Get a day")
async def get_calendar_day(
    session: ReadingSessionDep, _: Reader, tagging: ReadingDep, day: DayPath
) -> CalendarDayOut:
    """Ngày nghỉ hoặc làm bù được ghi. / What is said of the day beyond its weekday."""
    row = await queries.get_day(session, day)
    tagging.mark(row)
    return calendar_day_out(row)


@router.put(
    "/{day}",
    summary="Ghi, đính chính một ngày / Say what a day is",
    responses={201: {"model": CalendarDaySetOut, "description": "Đã ghi / Entered"}},
)
async def put_calendar_day(
    session: SessionDep,
    principal: RegistryAdmin,
    tagging: ActingDep,
    day: DayPath,
    body: CalendarDayBody,
    response: Response,
    dry_run: batches.DryRun = False,
) -> CalendarDaySetOut:
    """Ngày nghỉ hay làm việc; đã ghi thì cần If-Match. Báo cáo chưa đến hạn theo lịch mới.

    A day off or a worked one; `If-Match` where it was said before. What is not due follows:
    `submission_effects` says which.
    """
    await lock_handovers(session)
    row = await queries.find_day(session, day, lock=True)
    if row is not None:
        tagging.require(row)
    elif not dry_run:
        response.status_code = 201
    entry = domain.DayEntry(body.kind, body.name, body.basis)
    async with session.begin_nested() as ahead:
        row, effects = await domain.correct_day(
            PersonalAct(session, principal, utc_now()), row, day, entry
        )
        await session.flush()
        answer = await set_out(session, row, effects, dry_run=dry_run)
        if dry_run:
            await ahead.rollback()
        else:
            tagging.mark(row)
    return answer

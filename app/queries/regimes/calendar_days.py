"""Reading the calendar of days off and of working weekends. Everyone reads it."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError, Text
from app.models import CalendarDay, CalendarDayKind
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows

CALENDAR_DAYS = Listing(
    conditions={
        "from": "calendar_day.day >= :from",
        "to": "calendar_day.day <= :to",
        "kind": "calendar_day.kind = :kind",
        "is_seeded": "calendar_day.is_seeded = :is_seeded",
        "updated_since": "calendar_day.updated_at >= :updated_since",
    },
    orders={
        "day": (SortPart("calendar_day.day", "date"),),
        "updated_at": (
            SortPart("calendar_day.updated_at", "timestamptz"),
            SortPart("calendar_day.day", "date"),
        ),
    },
)


async def page_of_days(session: AsyncSession, asked: PageRequest) -> FoundPage[CalendarDay]:
    """A page of calendar days, and the key after which the next page begins."""
    return await read_rows(session, CalendarDay, CALENDAR_DAYS, asked)


async def get_day(session: AsyncSession, day: date) -> CalendarDay:
    """The calendar's entry for a day; raises `NotFoundError`."""
    found = await find_day(session, day)
    if found is None:
        raise NotFoundError(
            Text(
                "Lịch không ghi gì riêng về ngày này.",
                "The calendar says nothing of this day beyond its weekday.",
            )
        )
    return found


async def find_day(session: AsyncSession, day: date, *, lock: bool = False) -> CalendarDay | None:
    """The calendar's entry for a day, if there is one; *lock* locks it until the request ends."""
    statement = select(CalendarDay).where(col(CalendarDay.day) == day)
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(
            populate_existing=True
        )
    return (await session.exec(statement)).one_or_none()


async def weekday_exceptions(session: AsyncSession) -> tuple[frozenset[date], frozenset[date]]:
    """All holidays and all working days of the calendar: a dozen or two a year."""
    rows = (await session.exec(select(col(CalendarDay.day), col(CalendarDay.kind)))).all()
    days = {kind: frozenset(day for day, its in rows if its == kind) for kind in CalendarDayKind}
    return days[CalendarDayKind.HOLIDAY], days[CalendarDayKind.WORKING_DAY]


async def years_with_days(session: AsyncSession) -> set[int]:
    """The years in which the calendar has a day."""
    year = sa.cast(sa.func.extract("year", col(CalendarDay.day)), sa.Integer)
    return set(await session.exec(select(year).distinct()))

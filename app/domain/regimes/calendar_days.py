"""The calendar of working days: seeded from public holidays, corrected by officials."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.plans.time_units import YEARS
from app.domain.records import Note, Subject, record, record_all
from app.domain.regimes.due_days import follow_calendar
from app.domain.regimes.plan_periods import load_calendar
from app.errors import Text, invalid_at
from app.models import CalendarDay, CalendarDayKind
from app.models.base import new_id
from app.queries.regimes.calendar_day_writes import insert_missing_days


@dataclass(frozen=True, slots=True)
class DayEntry:
    """What is said of a day, whatever its weekday."""

    kind: CalendarDayKind
    name: str
    basis: str | None


@dataclass(frozen=True, slots=True)
class SeededDay:
    """What the package of public holidays says of a day."""

    day: date
    said: DayEntry


def subject(row: CalendarDay) -> Subject:
    """The day as the subject of records."""
    return Subject("calendar_day", row.id)


async def correct_day(
    session: AsyncSession,
    principal: Principal,
    row: CalendarDay | None,
    day: date,
    said: DayEntry,
    *,
    at: datetime,
) -> CalendarDay:
    """Say what a day is, for all counts of working days from now on.

    What was said before stays in the audit trail. Reports that are not due yet and on which
    nothing was filed are due by the new count; what is due stays as it was.
    """
    if day.year not in YEARS:
        text = Text(
            f"Năm phải từ {YEARS.start} đến {YEARS.stop - 1}.",
            f"The year must be from {YEARS.start} to {YEARS.stop - 1}.",
        )
        raise invalid_at("{day}", "year_out_of_range", text)
    before = await load_calendar(session)
    detail = {"day": day.isoformat(), "kind": str(said.kind)}
    if row is None:
        row = CalendarDay(day=day, kind=said.kind, name=said.name, basis=said.basis)
        session.add(row)
        record(session, principal, "entered", subject(row), at=at, **detail)
    elif (row.kind, row.name, row.basis, row.is_seeded) == (*_parts(said), False):
        return row
    else:
        detail |= {"kind_before": str(row.kind), "name_before": row.name}
        row.kind, row.name, row.basis, row.is_seeded = *_parts(said), False
        record(session, principal, "corrected", subject(row), at=at, **detail)
    await session.flush()
    await follow_calendar(session, principal, before, await load_calendar(session), at=at)
    return row


def _parts(said: DayEntry) -> tuple[CalendarDayKind, str, str | None]:
    return said.kind, said.name, said.basis


async def seed_days(session: AsyncSession, seeds: Iterable[SeededDay], *, at: datetime) -> int:
    """Enter what the package says of days of which nobody said anything; again without harm."""
    rows = [
        {
            "id": new_id(),
            "created_at": at,
            "updated_at": at,
            "day": one.day,
            "kind": one.said.kind,
            "name": one.said.name,
            "basis": one.said.basis,
            "is_seeded": True,
        }
        for one in seeds
    ]
    if not rows:
        return 0
    before = await load_calendar(session)
    notes = [
        Note("seeded", Subject("calendar_day", row_id), {"day": day.isoformat(), "kind": str(kind)})
        for row_id, day, kind in await insert_missing_days(session, rows)
    ]
    await record_all(session, None, notes, at=at)
    if notes:
        await follow_calendar(session, None, before, await load_calendar(session), at=at)
    return len(notes)

"""The calendar of working days: seeded from public holidays, corrected by officials."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.acts import Act, PersonalAct
from app.domain.plans.time_units import YEAR_OUT_OF_RANGE, YEARS
from app.domain.records import Note, Subject, record_all
from app.domain.regimes.due_days import follow_calendar
from app.domain.regimes.plan_periods import load_calendar
from app.errors import invalid_at
from app.models import CalendarDay, CalendarDayKind
from app.models.base import new_id
from app.queries.regimes.calendar_day_writes import insert_missing_days
from app.queries.submissions.effects import SubmissionEffect


@dataclass(frozen=True, slots=True)
class DayEntry:
    """The kind of a day, whatever its weekday, with a name and the document it is based on."""

    kind: CalendarDayKind
    name: str
    basis: str | None


@dataclass(frozen=True, slots=True)
class SeededDay:
    """An entry that the package of public holidays has for a day."""

    day: date
    entry: DayEntry


def subject(row: CalendarDay) -> Subject:
    """The day as the subject of records."""
    return Subject("calendar_day", row.id)


async def correct_day(
    act: PersonalAct,
    row: CalendarDay | None,
    day: date,
    entry: DayEntry,
) -> tuple[CalendarDay, list[SubmissionEffect]]:
    """Enter or correct a day in the calendar, for all counts of working days from now on. The entry
    before stays in the audit trail. Submissions that are not due yet and on which nothing was filed
    are due by the new count; those due by today stay as they are. Answers the day with the
    submissions that moved. Raises `InvalidError` for a year outside `YEARS`."""
    if day.year not in YEARS:
        raise invalid_at("{day}", "year_out_of_range", YEAR_OUT_OF_RANGE)
    before = await load_calendar(act.session)
    detail = {"day": day.isoformat(), "kind": str(entry.kind)}
    if row is None:
        row = CalendarDay(day=day, kind=entry.kind, name=entry.name, basis=entry.basis)
        act.session.add(row)
        act.note("entered", subject(row), **detail)
    elif (row.kind, row.name, row.basis, row.is_seeded) == (*_parts(entry), False):
        return row, []
    else:
        detail |= {"kind_before": str(row.kind), "name_before": row.name}
        row.kind, row.name, row.basis, row.is_seeded = *_parts(entry), False
        act.note("corrected", subject(row), **detail)
    await act.session.flush()
    after = await load_calendar(act.session)
    return row, await follow_calendar(act, before, after)


def _parts(entry: DayEntry) -> tuple[CalendarDayKind, str, str | None]:
    return entry.kind, entry.name, entry.basis


async def seed_days(session: AsyncSession, seeds: Iterable[SeededDay], *, at: datetime) -> int:
    """Enter the package's days that have no entry yet, and answer how many; safe to repeat."""
    rows = [
        {
            "id": new_id(),
            "created_at": at,
            "updated_at": at,
            "day": one.day,
            "kind": one.entry.kind,
            "name": one.entry.name,
            "basis": one.entry.basis,
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
        await follow_calendar(Act(session, None, at), before, await load_calendar(session))
    return len(notes)

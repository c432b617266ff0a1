"""Reporting periods: their ids, the days of their data, and their due days."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from itertools import pairwise

from app.domain.regimes.working_days import DAY, Calendar
from app.models import DataWindow, DueKind, DueRoll, Frequency

MONTHS = {
    Frequency.YEAR: 12,
    Frequency.NINE_MONTHS: 9,
    Frequency.HALF_YEAR: 6,
    Frequency.QUARTER: 3,
    Frequency.MONTH: 1,
}
WEEK = timedelta(days=7)
THURSDAY = 4


@dataclass(frozen=True, slots=True)
class RegimeRules:
    """The rules by which a regime lays out its periods and their due days.

    A fixed day is one of the month so many months after that in which the window closes, or its
    last where it is shorter; *strict* is "trước ngày": the day before. `week_starts_on` is 1 for
    Monday; NĐ 09/2019 leaves weeks open, TT 55/2020/TT-BCT, Điều 8 begins them on Thursday.
    `window_starts` are the first days (MM-DD) of the regime's own windows, in order, the first of
    them in the year itself or in the one before it (`window_year_offset` -1).
    """

    frequency: Frequency
    data_window: DataWindow
    due_month_offset: int
    due_day: int
    due_is_strict: bool = False
    due_kind: DueKind = DueKind.FIXED_DAY
    due_working_days: int = 3
    due_roll: DueRoll = DueRoll.NONE
    week_starts_on: int = THURSDAY
    window_starts: tuple[str, ...] = ()
    window_year_offset: int = 0

    @property
    def counts_working_days(self) -> bool:
        """True if the due day depends on the calendar of working days."""
        return (
            self.due_kind == DueKind.WORKING_DAYS_AFTER or self.due_roll == DueRoll.NEXT_WORKING_DAY
        )


@dataclass(frozen=True, slots=True)
class PeriodWindow:
    """One reporting period of a year; its days are inclusive on both ends."""

    id: str
    year: int
    data_from: date
    data_to: date


# NĐ 09/2019/NĐ-CP, Điều 12 (year: 15/12 to 14/12); the circulars under it ask for the 20th.
DEFAULT = RegimeRules(Frequency.YEAR, DataWindow.DECREE_09, due_month_offset=0, due_day=20)


def windows_of_year(rules: RegimeRules, year: int) -> tuple[PeriodWindow, ...]:
    """The periods of a year, in order; nine months apart, those of all years leave no gap.

    The first and the last year of the calendar have none: periods reach into the years beside them.
    """
    if not MINYEAR < year < MAXYEAR:
        return ()
    if rules.frequency == Frequency.WEEK:
        return tuple(_weeks(rules, year))
    if rules.frequency == Frequency.OWN:
        return tuple(_own(rules, year))
    months = MONTHS[rules.frequency]
    # Nine months begin with the year, once.
    firsts = range(1, 13 if 12 % months == 0 else 2, months)
    return tuple(_window(rules, year, first, first + months - 1) for first in firsts)


def due_on(rules: RegimeRules, data_to: date, known: Calendar) -> date:
    """The last day in time for a window that closes on *data_to*.

    Raises `UnknownYearError` where it depends on working days of a year that is not known.
    """
    if rules.due_kind == DueKind.WORKING_DAYS_AFTER:
        return known.add(data_to, rules.due_working_days)
    months = data_to.year * 12 + data_to.month - 1 + rules.due_month_offset
    day = _day(months // 12, months % 12 + 1, rules.due_day)
    if rules.due_is_strict:
        day -= DAY
    return known.next_working_day(day) if rules.due_roll == DueRoll.NEXT_WORKING_DAY else day


def months_of(period_id: str) -> tuple[int, int]:
    """The first and the last month of a calendar period, counted from January of year 0."""
    year, _, part = period_id.partition("-")
    if part == "9M":
        return int(year) * 12, int(year) * 12 + 8
    kind, number = (part[0], part[1:]) if part[:1] in ("H", "Q") else ("", part)
    step = {"H": 6, "Q": 3, "": 1 if part else 12}[kind]
    first = int(year) * 12 + (int(number or 1) - 1) * step
    return first, first + step - 1


def own_firsts(rules: RegimeRules, year: int) -> list[date]:
    """The first days of a year's own windows, and last the first day of the next year's first one.

    Raises `ValueError` for a day that not every year has.
    """
    firsts: list[date] = []
    own = year + rules.window_year_offset
    for start in (*rules.window_starts, rules.window_starts[0]):
        month, day = (int(part) for part in start.split("-"))
        if firsts and (month, day) <= (firsts[-1].month, firsts[-1].day):
            own += 1
        firsts.append(date(own, month, day))
    return firsts


def _window(rules: RegimeRules, year: int, first_month: int, last_month: int) -> PeriodWindow:
    data_from, data_to = date(year, first_month, 1), _day(year, last_month, 31)
    if rules.data_window == DataWindow.DECREE_09:
        data_from = (data_from - DAY).replace(day=15)
        data_to = data_to.replace(day=14)
    return PeriodWindow(_id(rules.frequency, year, last_month), year, data_from, data_to)


def _weeks(rules: RegimeRules, year: int) -> Iterator[PeriodWindow]:
    # As ISO 8601 does it: a week is of the year that has most of its days, so its fourth one.
    fourth = date(year, 1, 1)
    while (fourth - 3 * DAY).isoweekday() != rules.week_starts_on:
        fourth += DAY
    number = 1
    while fourth.year == year:
        yield PeriodWindow(f"{year:04}-W{number:02}", year, fourth - 3 * DAY, fourth + 3 * DAY)
        fourth, number = fourth + WEEK, number + 1


def _own(rules: RegimeRules, year: int) -> Iterator[PeriodWindow]:
    for number, (first, following) in enumerate(pairwise(own_firsts(rules, year)), start=1):
        yield PeriodWindow(f"{year:04}-K{number:02}", year, first, following - DAY)


def _id(frequency: Frequency, year: int, last_month: int) -> str:
    suffix = {
        Frequency.YEAR: "",
        Frequency.NINE_MONTHS: "-9M",
        Frequency.HALF_YEAR: f"-H{last_month // 6}",
        Frequency.QUARTER: f"-Q{last_month // 3}",
        Frequency.MONTH: f"-{last_month:02}",
    }
    return f"{year:04}{suffix[frequency]}"


def _day(year: int, month: int, day: int) -> date:
    """The day with this number in a month, or the month's last where it is shorter."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))

"""Reporting periods: which there are, what days their data run over, and when they are due."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.models.plan import DataWindow, Frequency

MONTHS = {Frequency.YEAR: 12, Frequency.HALF_YEAR: 6, Frequency.QUARTER: 3, Frequency.MONTH: 1}


@dataclass(frozen=True, slots=True)
class Rules:
    """How a regime lays out its periods; the due day is a day of the month so many months after
    the one in which the window closes, or that month's last day where it is shorter."""

    frequency: Frequency
    data_window: DataWindow
    due_month_offset: int
    due_day: int


@dataclass(frozen=True, slots=True)
class Period:
    """One reporting period; its data window is inclusive on both ends."""

    id: str
    data_from: date
    data_to: date
    due_on: date


# NĐ 09/2019/NĐ-CP, Điều 12 (year: 15/12 to 14/12); the 20th is what circulars under it ask for.
DEFAULT = Rules(Frequency.YEAR, DataWindow.DECREE_09, due_month_offset=0, due_day=20)


def periods_of_year(rules: Rules, year: int) -> tuple[Period, ...]:
    """The periods of a calendar year, in order; their windows tile the regime's year."""
    step = MONTHS[rules.frequency]
    return tuple(_period(rules, year, first, first + step - 1) for first in range(1, 13, step))


def periods_between(rules: Rules, first: date, last: date) -> Iterator[Period]:
    """Periods of the calendar years of both days whose data window meets [first, last]."""
    for year in range(first.year, last.year + 1):
        for period in periods_of_year(rules, year):
            if period.data_from <= last and period.data_to >= first:
                yield period


def months_of(period_id: str) -> tuple[int, int]:
    """The first and the last month of a calendar period, counted from January of year 0."""
    year, _, part = period_id.partition("-")
    kind, number = (part[0], part[1:]) if part[:1] in ("H", "Q") else ("", part)
    step = {"H": 6, "Q": 3, "": 1 if part else 12}[kind]
    first = int(year) * 12 + (int(number or 1) - 1) * step
    return first, first + step - 1


def _period(rules: Rules, year: int, first_month: int, last_month: int) -> Period:
    data_from, data_to = date(year, first_month, 1), _day(year, last_month, 31)
    if rules.data_window == DataWindow.DECREE_09:
        data_from = (data_from - timedelta(days=1)).replace(day=15)
        data_to = data_to.replace(day=14)
    months = data_to.year * 12 + data_to.month - 1 + rules.due_month_offset
    due_on = _day(months // 12, months % 12 + 1, rules.due_day)
    return Period(_id(rules.frequency, year, last_month), data_from, data_to, due_on)


def _id(frequency: Frequency, year: int, last_month: int) -> str:
    suffix = {
        Frequency.YEAR: "",
        Frequency.HALF_YEAR: f"-H{last_month // 6}",
        Frequency.QUARTER: f"-Q{last_month // 3}",
        Frequency.MONTH: f"-{last_month:02}",
    }
    return f"{year:04}{suffix[frequency]}"


def _day(year: int, month: int, day: int) -> date:
    """That day, or the month's last where the month is shorter."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))

"""The days between which flows are counted, and those on which a trend shows the figures."""

import calendar
from datetime import date
from typing import Literal

from app.domain.figures.as_of import day_asked
from app.errors import Text, invalid_at
from app.official_words import day_words

TrendStep = Literal["month", "quarter", "year"]
MONTHS: dict[TrendStep, int] = {"month": 1, "quarter": 3, "year": 12}
MOST_DAYS = 60
"""The most days of a trend, five years by month; each day costs as much as the figures of one
day."""


def span_asked(first: date | None, last: date | None, *, today: date) -> tuple[date, date]:
    """The two days that are asked for: *last* is today unless given, *first* 1 January of its year.

    Raises `DayInFutureError`, and `InvalidError` for a first day after the last.
    """
    last = day_asked(last, today=today, name="to")
    first = first or last.replace(month=1, day=1)
    if first > last:
        text = Text(
            f"Ngày đầu không được sau ngày cuối ({day_words(last)}).",
            f"from can't be after to ({last}).",
        )
        raise invalid_at("?from", "from_after_to", text)
    return first, last


def days_of_trend(
    first: date | None, last: date | None, step: TrendStep, *, today: date
) -> list[date]:
    """The last day of every month, quarter or year from *first* to *last*, and *last* itself.

    Both are inclusive; *last* is today unless given, *first* 1 January of its year. Raises
    `DayInFutureError`, and `InvalidError` where there would be more than `MOST_DAYS`.
    """
    first, last = span_asked(first, last, today=today)
    months = MONTHS[step]
    days: list[date] = []
    for number in range(12 * first.year // months, 12 * (last.year + 1) // months):
        year, month = divmod(months * (number + 1) - 1, 12)
        end = date(year, month + 1, calendar.monthrange(year, month + 1)[1])
        if first <= end < last:
            days.append(end)
        if len(days) >= MOST_DAYS:
            text = Text(
                f"Nhiều hơn {MOST_DAYS} ngày: hãy lấy bước dài hơn hoặc khoảng ngắn hơn.",
                f"More than {MOST_DAYS} days: take a longer step or a shorter time.",
            )
            raise invalid_at("?step", "too_many_days", text)
    return [*days, last]

"""Counting working days: Monday to Friday, unless the table of calendar days says otherwise."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
SATURDAY = 6


class UnknownYearError(LookupError):
    """The count reaches a year of which the calendar has no day: nobody knows its holidays yet."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days whose kind differs from their weekday; `years` are those with any such day."""

    days_off: Set[date] = frozenset()
    days_worked: Set[date] = frozenset()
    years: Set[int] = field(init=False)

    def __post_init__(self) -> None:
        years = frozenset(day.year for day in self.days_off | self.days_worked)
        object.__setattr__(self, "years", years)

    def is_working(self, day: date) -> bool:
        """True if people work on *day*; raises `UnknownYearError`."""
        if day.year not in self.years:
            raise UnknownYearError(day.year)
        if day in self.days_worked:
            return True
        return day.isoweekday() < SATURDAY and day not in self.days_off

    def add(self, day: date, count: int) -> date:
        """The last of *count* working days after *day*, which itself is not counted.

        Civil Code 2015 (91/2015/QH13), Điều 147: a term begins on the day after.
        """
        while count > 0:
            day += DAY
            count -= self.is_working(day)
        return day

    def next_working_day(self, day: date) -> date:
        """*day* itself if it is a working day, or the first working day after it."""
        while not self.is_working(day):
            day += DAY
        return day


UNKNOWN = Calendar()
"""A calendar without any day: it counts nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.regimes.public_holidays import holidays_of_years
from app.domain.regimes.working_days import UNKNOWN, Calendar, UnknownYearError
from app.models import CalendarDayKind

DAY = timedelta(days=1)
patiently = settings(deadline=None)
days = st.dates(date(2020, 1, 1), date(2029, 12, 31))
counts = st.integers(0, 40)


@st.composite
def calendars(draw: st.DrawFn, first: int = 2020, last: int = 2030) -> Calendar:
    """A possible calendar of these years: their first days, some days off, some weekends worked."""
    some = st.frozensets(st.dates(date(first, 1, 1), date(last, 12, 31)), max_size=12)
    new_years = frozenset(date(year, 1, 1) for year in range(first, last + 1))
    off = draw(some) | new_years
    return Calendar(off, draw(some) - off)


def seeded(first: int, last: int) -> Calendar:
    """The calendar that the package knows."""
    found = {kind: set[date]() for kind in CalendarDayKind}
    for one in holidays_of_years(first, last):
        found[one.entry.kind].add(one.day)
    return Calendar(found[CalendarDayKind.HOLIDAY], found[CalendarDayKind.WORKING_DAY])


@patiently
@given(calendars(), days, counts)
def test_so_many_working_days_later(known: Calendar, day: date, count: int) -> None:
    later = known.add(day, count)

    between = [day + n * DAY for n in range(1, (later - day).days + 1)]
    assert sum(map(known.is_working, between)) == count
    assert later == day or known.is_working(later)


@patiently
@given(calendars(), days, counts, counts)
def test_counts_add_up(known: Calendar, day: date, one: int, other: int) -> None:
    assert known.add(known.add(day, one), other) == known.add(day, one + other)


@patiently
@given(calendars(), days)
def test_the_next_working_day_is_the_first_from_that_day_on(known: Calendar, day: date) -> None:
    found = known.next_working_day(day)

    assert known.is_working(found)
    assert not any(known.is_working(day + n * DAY) for n in range((found - day).days))


@patiently
@given(days)
def test_the_table_is_stronger_than_the_weekday(day: date) -> None:
    assert not Calendar(days_off={day}).is_working(day)
    assert Calendar(days_worked={day}).is_working(day)


def test_weekdays_are_worked_and_weekends_are_not() -> None:
    known = Calendar(days_off={date(2025, 1, 1)})

    assert [known.is_working(date(2025, 3, 3) + n * DAY) for n in range(7)] == [True] * 5 + [
        False
    ] * 2


@pytest.mark.parametrize("known", [UNKNOWN, Calendar(days_off={date(2025, 1, 1)})])
def test_nothing_is_claimed_of_a_year_without_a_row(known: Calendar) -> None:
    with pytest.raises(UnknownYearError):
        known.add(date(2025, 12, 31), 1)
    with pytest.raises(UnknownYearError):
        known.next_working_day(date(2026, 1, 5))


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        # Around Tết 2025: 27 January to 2 February are off.
        (date(2025, 1, 24), 1, date(2025, 2, 3)),
        # 2 May 2025 was swapped for 26 April, a Saturday.
        (date(2025, 4, 25), 1, date(2025, 4, 26)),
        (date(2025, 4, 29), 1, date(2025, 5, 5)),
        # 31 August 2026 is swapped for 22 August; 1 and 2 September are off.
        (date(2026, 8, 21), 1, date(2026, 8, 22)),
        (date(2026, 8, 28), 1, date(2026, 9, 3)),
        # 26 April 2026 is a Sunday: the Monday is taken for it.
        (date(2026, 4, 24), 1, date(2026, 4, 28)),
        (date(2025, 12, 14), 3, date(2025, 12, 17)),
    ],
)
def test_days_of_the_package(day: date, count: int, later: date) -> None:
    assert seeded(2025, 2026).add(day, count) == later


def test_every_year_that_is_seeded_is_known() -> None:
    assert seeded(2024, 2030).years == set(range(2024, 2031))

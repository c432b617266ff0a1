"""Viet Nam's days off and the days worked in their place, from the package `holidays`.

Days off are those of the Labour Code (45/2019/QH14, Điều 112), with the days taken in their place
where they fall on a weekend, and the swaps that the government announced. Officials enter what it
announces after the package was made.
"""

from collections.abc import Iterator
from datetime import date

from app.domain.regimes.calendar_days import DayEntry, SeededDay
from app.models import CalendarDayKind

WORKED = "Ngày làm bù"


def holidays_of_years(first_year: int, last_year: int) -> Iterator[SeededDay]:
    """Holidays on any weekday, then weekend days that are worked, of these years (inclusive)."""
    # Loaded when first needed, by a worker once a year: 3 MB, and 16 when a year is worked out.
    from holidays.utils import country_holidays  # noqa: PLC0415 - loaded when first needed
    from holidays.version import __version__  # noqa: PLC0415 - loaded when first needed

    basis = f"holidays {__version__}"
    known = country_holidays("VN", years=range(first_year, last_year + 1), language="vi")
    for day, name in sorted(known.items()):
        yield SeededDay(day, DayEntry(CalendarDayKind.HOLIDAY, name, basis))
    worked: set[date] = known.weekend_workdays
    for day in sorted(worked):
        if first_year <= day.year <= last_year and day not in known:
            yield SeededDay(day, DayEntry(CalendarDayKind.WORKING_DAY, WORKED, basis))

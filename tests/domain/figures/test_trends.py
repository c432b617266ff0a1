from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.figures.trends import MONTHS, MOST_DAYS, TrendStep, days_of_trend
from app.errors import InvalidError

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))
TODAY = date(2030, 12, 31)


@settings(deadline=None)
@given(DAYS, DAYS, st.sampled_from(list(MONTHS)))
def test_the_days_are_the_ends_of_all_steps_and_the_last_day(
    one: date, other: date, step: TrendStep
) -> None:
    first, last = sorted((one, other))
    every = [first + timedelta(days) for days in range((last - first).days + 1)]
    ends = [day for day in every if (day + timedelta(1)).day == 1 and day.month % MONTHS[step] == 0]
    expected = sorted({*ends, last})

    try:
        found = days_of_trend(first, last, step, today=TODAY)
    except InvalidError:
        assert len(expected) > MOST_DAYS
    else:
        assert found == expected
        assert len(found) <= MOST_DAYS


def test_without_days_it_is_this_year_up_to_today() -> None:
    today = date(2026, 3, 10)

    assert days_of_trend(None, None, "month", today=today) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        today,
    ]

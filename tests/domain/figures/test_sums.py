from datetime import date

import pytest

from app.domain.figures.sums import days_named


@pytest.mark.parametrize(
    ("text", "first", "last", "count"),
    [
        ("2026-05-17", date(2026, 5, 17), date(2026, 5, 17), 1),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), 29),
        ("2025-12-30..2026-01-02", date(2025, 12, 30), date(2026, 1, 2), 4),
    ],
)
def test_a_day_a_month_or_a_range_is_named(text: str, first: date, last: date, count: int) -> None:
    days = days_named(text)

    assert (days[0], days[-1], len(days)) == (first, last, count)


@pytest.mark.parametrize(
    "text", ["", "2026", "5/2026", "2026-13", "2026-05-02..2026-05-01", "..2026-05-01"]
)
def test_what_names_no_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it is, it is no day
        days_named(text)

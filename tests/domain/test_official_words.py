"""Days and periods in the words of official documents."""

from datetime import date

import pytest

from app.official_words import day_words, period_words, plan_words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 1, 5), "05/01/2025"),
        (date(2025, 2, 16), "16/02/2025"),
        (date(2025, 3, 16), "16/3/2025"),
        (date(2025, 12, 9), "09/12/2025"),
        (None, "…"),
    ],
)
def test_a_day_has_zeros_where_the_decree_wants_them(day: date | None, words: str) -> None:
    assert day_words(day) == words


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2025", "năm 2025"),
        ("2025-H1", "6 tháng đầu năm 2025"),
        ("2025-H2", "6 tháng cuối năm 2025"),
        ("2025-9M", "9 tháng năm 2025"),
        ("2025-Q4", "quý IV/2025"),
        ("2025-08", "tháng 8/2025"),
        ("2025-W07", "tuần 7 năm 2025"),
        ("2025-K01", "kỳ 1 năm 2025"),
        ("adhoc-15-TB-UBND-2025", "theo yêu cầu adhoc-15-TB-UBND-2025"),
    ],
)
def test_a_period_is_named_as_people_name_it(period: str, words: str) -> None:
    assert period_words(period) == words


def test_a_plan_is_named_by_number_and_day_or_by_its_title() -> None:
    day = date(2024, 1, 30)

    assert plan_words("46/KH-UBND", day, "…") == "Kế hoạch số 46/KH-UBND ngày 30/01/2024"
    assert plan_words(None, None, "công tác năm") == "Kế hoạch công tác năm"

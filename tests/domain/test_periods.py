import itertools
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.periods import DEFAULT, Period, Rules, periods_between, periods_of_year
from app.models import DataWindow, Frequency, Submission

DAY = timedelta(days=1)
PERIODS_A_YEAR = {
    Frequency.YEAR: 1,
    Frequency.HALF_YEAR: 2,
    Frequency.QUARTER: 4,
    Frequency.MONTH: 12,
}
# A busy machine is no fault of the rules.
patiently = settings(deadline=None)
years = st.integers(1990, 2100)
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
rules = st.builds(
    Rules,
    frequency=st.sampled_from(Frequency),
    data_window=st.sampled_from(DataWindow),
    due_month_offset=st.integers(0, 12),
    due_day=st.integers(1, 31),
)


def decree(frequency: Frequency, year: int) -> dict[str, tuple[date, date, date]]:
    laid_out = periods_of_year(Rules(frequency, DataWindow.DECREE_09, 0, 20), year)
    return {one.id: (one.data_from, one.data_to, one.due_on) for one in laid_out}


def period_form() -> str:
    """The pattern that the database holds every period to."""
    [check] = [
        str(constraint.sqltext)
        for constraint in Submission.__table__.constraints  # type: ignore[attr-defined]
        if isinstance(constraint, sa.CheckConstraint) and str(constraint.name).endswith("form")
    ]
    return check.partition("'")[2].rpartition("'")[0]


@patiently
@given(rules, years)
def test_windows_tile_the_years_without_gap_or_overlap(rules: Rules, year: int) -> None:
    laid_out = [*periods_of_year(rules, year), *periods_of_year(rules, year + 1)]

    assert len(laid_out) == 2 * PERIODS_A_YEAR[rules.frequency]
    for earlier, later in itertools.pairwise(laid_out):
        assert later.data_from == earlier.data_to + DAY
    assert all(one.data_from < one.data_to for one in laid_out)


@patiently
@given(st.sampled_from(Frequency), st.sampled_from(DataWindow), years)
def test_the_last_period_of_a_year_ends_with_the_year(
    frequency: Frequency, window: DataWindow, year: int
) -> None:
    whole = periods_of_year(Rules(Frequency.YEAR, window, 0, 20), year)[0]
    parts = periods_of_year(Rules(frequency, window, 0, 20), year)

    assert (parts[0].data_from, parts[-1].data_to) == (whole.data_from, whole.data_to)


@patiently
@given(rules, years)
def test_ids_are_of_the_stored_form_and_their_own(rules: Rules, year: int) -> None:
    ids = [one.id for one in periods_of_year(rules, year)]

    assert len(set(ids)) == len(ids)
    assert all(re.search(period_form(), one) and one.startswith(f"{year}") for one in ids)


@patiently
@given(rules, years)
def test_reports_are_due_so_many_months_after_their_window(rules: Rules, year: int) -> None:
    for one in periods_of_year(rules, year):
        months = (one.due_on.year - one.data_to.year) * 12 + one.due_on.month - one.data_to.month
        assert months == rules.due_month_offset
        # That day, or the last of a shorter month: the 31st of a February is its last day.
        assert one.due_on.day == rules.due_day or (one.due_on + DAY).day == 1
        assert one.due_on.day <= rules.due_day


@patiently
@given(rules, years)
def test_by_the_default_day_no_report_is_due_before_its_data_are_complete(
    rules: Rules, year: int
) -> None:
    by_the_20th = Rules(rules.frequency, DataWindow.DECREE_09, rules.due_month_offset, 20)

    assert all(one.due_on > one.data_to for one in periods_of_year(by_the_20th, year))


@patiently
@given(rules, days, st.integers(0, 1500))
def test_the_periods_of_a_span_are_those_of_its_years_that_meet_it(
    rules: Rules, first: date, length: int
) -> None:
    last = first + length * DAY
    every = [p for year in range(first.year, last.year + 1) for p in periods_of_year(rules, year)]

    found = list(periods_between(rules, first, last))

    assert found == [one for one in every if one.data_from <= last and first <= one.data_to]
    assert len({one.id for one in found}) == len(found)


# NĐ 09/2019/NĐ-CP, Điều 12, by the examples of the circulars under it.
@pytest.mark.parametrize(
    ("frequency", "year", "period", "first", "last"),
    [
        (Frequency.MONTH, 2025, "2025-03", date(2025, 2, 15), date(2025, 3, 14)),
        (Frequency.MONTH, 2025, "2025-01", date(2024, 12, 15), date(2025, 1, 14)),
        (Frequency.QUARTER, 2025, "2025-Q1", date(2024, 12, 15), date(2025, 3, 14)),
        (Frequency.QUARTER, 2025, "2025-Q2", date(2025, 3, 15), date(2025, 6, 14)),
        (Frequency.QUARTER, 2025, "2025-Q3", date(2025, 6, 15), date(2025, 9, 14)),
        (Frequency.QUARTER, 2025, "2025-Q4", date(2025, 9, 15), date(2025, 12, 14)),
        (Frequency.HALF_YEAR, 2025, "2025-H1", date(2024, 12, 15), date(2025, 6, 14)),
        (Frequency.HALF_YEAR, 2025, "2025-H2", date(2025, 6, 15), date(2025, 12, 14)),
        (Frequency.YEAR, 2024, "2024", date(2023, 12, 15), date(2024, 12, 14)),
    ],
)
def test_windows_of_the_decree(
    frequency: Frequency, year: int, period: str, first: date, last: date
) -> None:
    due_on = last.replace(day=20)

    assert decree(frequency, year)[period] == (first, last, due_on)


def test_the_default_is_the_year_of_the_decree() -> None:
    assert periods_of_year(DEFAULT, 2025) == (
        Period("2025", date(2024, 12, 15), date(2025, 12, 14), date(2025, 12, 20)),
    )


def test_calendar_windows_are_whole_months() -> None:
    quarters = periods_of_year(Rules(Frequency.QUARTER, DataWindow.CALENDAR, 1, 31), 2024)

    assert [(one.data_from, one.data_to, one.due_on) for one in quarters] == [
        (date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 30)),
        (date(2024, 4, 1), date(2024, 6, 30), date(2024, 7, 31)),
        (date(2024, 7, 1), date(2024, 9, 30), date(2024, 10, 31)),
        (date(2024, 10, 1), date(2024, 12, 31), date(2025, 1, 31)),
    ]

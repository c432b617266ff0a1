import itertools
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.regimes.periods import DEFAULT, PeriodWindow, RegimeRules, due_on, windows_of_year
from app.domain.regimes.working_days import UNKNOWN, UnknownYearError
from app.models import DataWindow, DueKind, DueRoll, Frequency, Submission
from tests.domain.regimes.test_working_days import calendars
from tests.support.regime_rules import DECREE_OR_CALENDAR, any_rules, months, own, tiling, weeks

DAY = timedelta(days=1)
PERIODS_A_YEAR = {
    Frequency.YEAR: 1,
    Frequency.NINE_MONTHS: 1,
    Frequency.HALF_YEAR: 2,
    Frequency.QUARTER: 4,
    Frequency.MONTH: 12,
}
# A busy machine is no fault of the rules.
patiently = settings(deadline=None)
years = st.integers(1990, 2100)


def decree(frequency: Frequency, year: int) -> dict[str, tuple[date, date, date]]:
    rules = RegimeRules(frequency, DataWindow.DECREE_09, 0, 20)
    laid_out = windows_of_year(rules, year)
    return {w.id: (w.data_from, w.data_to, due_on(rules, w.data_to, UNKNOWN)) for w in laid_out}


def period_form() -> str:
    """The pattern that the database holds every period to."""
    [check] = [
        str(constraint.sqltext)
        for constraint in Submission.__table__.constraints  # type: ignore[attr-defined]
        if isinstance(constraint, sa.CheckConstraint) and str(constraint.name).endswith("form")
    ]
    return check.partition("'")[2].rpartition("'")[0]


@patiently
@given(tiling, years)
def test_windows_tile_the_years_without_gap_or_overlap(rules: RegimeRules, year: int) -> None:
    laid_out = [*windows_of_year(rules, year), *windows_of_year(rules, year + 1)]

    for earlier, later in itertools.pairwise(laid_out):
        assert later.data_from == earlier.data_to + DAY
    assert all(one.data_from <= one.data_to for one in laid_out)


@patiently
@given(months, years)
def test_a_year_has_its_months(rules: RegimeRules, year: int) -> None:
    assert len(windows_of_year(rules, year)) == PERIODS_A_YEAR[rules.frequency]


@patiently
@given(st.sampled_from(list(PERIODS_A_YEAR)), DECREE_OR_CALENDAR, years)
def test_the_last_period_of_a_year_ends_with_the_year(
    frequency: Frequency, window: DataWindow, year: int
) -> None:
    [whole] = windows_of_year(RegimeRules(Frequency.YEAR, window, 0, 20), year)
    parts = windows_of_year(RegimeRules(frequency, window, 0, 20), year)

    assert parts[0].data_from == whole.data_from
    if frequency != Frequency.NINE_MONTHS:
        assert parts[-1].data_to == whole.data_to


@patiently
@given(DECREE_OR_CALENDAR, years)
def test_nine_months_are_three_quarters_of_the_year(window: DataWindow, year: int) -> None:
    [nine] = windows_of_year(RegimeRules(Frequency.NINE_MONTHS, window, 0, 20), year)
    quarters = windows_of_year(RegimeRules(Frequency.QUARTER, window, 0, 20), year)

    assert (nine.data_from, nine.data_to) == (quarters[0].data_from, quarters[2].data_to)


@patiently
@given(weeks, years)
def test_weeks_begin_on_their_day_and_most_of_each_is_in_its_year(
    rules: RegimeRules, year: int
) -> None:
    laid_out = windows_of_year(rules, year)

    assert len(laid_out) in (52, 53)
    for one in laid_out:
        assert one.data_from.isoweekday() == rules.week_starts_on
        days = [one.data_from + n * DAY for n in range(7)]
        assert days[-1] == one.data_to
        assert sum(day.year == year for day in days) >= 4


@patiently
@given(years)
def test_weeks_from_monday_are_those_of_iso_8601(year: int) -> None:
    rules = RegimeRules(Frequency.WEEK, DataWindow.OWN, 0, 20, week_starts_on=1)

    for one in windows_of_year(rules, year):
        iso = one.data_from.isocalendar()
        assert one.id == f"{iso.year}-W{iso.week:02}"


@patiently
@given(own, years)
def test_own_windows_begin_on_their_days(rules: RegimeRules, year: int) -> None:
    laid_out = windows_of_year(rules, year)

    assert [f"{one.data_from:%m-%d}" for one in laid_out] == list(rules.window_starts)
    assert laid_out[0].data_from.year == year + rules.window_year_offset


@patiently
@given(any_rules, years)
def test_ids_are_of_the_stored_form_and_their_own(rules: RegimeRules, year: int) -> None:
    ids = [one.id for one in windows_of_year(rules, year)]

    assert ids == sorted(set(ids))
    assert all(re.search(period_form(), one) and one.startswith(f"{year}") for one in ids)


@patiently
@given(months, years)
def test_reports_are_due_so_many_months_after_their_window(rules: RegimeRules, year: int) -> None:
    for one in windows_of_year(rules, year):
        day = due_on(rules, one.data_to, UNKNOWN)
        later = (day.year - one.data_to.year) * 12 + day.month - one.data_to.month
        assert later == rules.due_month_offset
        # The due day, or the last of a shorter month: the 31st of a February is its last day.
        assert day.day == rules.due_day or (day + DAY).day == 1
        assert day.day <= rules.due_day


@patiently
@given(months, years)
def test_strict_is_the_day_before(rules: RegimeRules, year: int) -> None:
    strict = RegimeRules(
        rules.frequency, rules.data_window, rules.due_month_offset, rules.due_day, True
    )

    for one in windows_of_year(rules, year):
        inclusive = due_on(rules, one.data_to, UNKNOWN)
        assert due_on(strict, one.data_to, UNKNOWN) == inclusive - DAY


@patiently
@given(months, years, st.data())
def test_rolling_makes_nothing_earlier_and_ends_on_a_working_day(
    rules: RegimeRules, year: int, data: st.DataObject
) -> None:
    known = data.draw(calendars(first=year, last=year + 2))
    rolled = RegimeRules(
        rules.frequency,
        rules.data_window,
        rules.due_month_offset,
        rules.due_day,
        due_roll=DueRoll.NEXT_WORKING_DAY,
    )

    for one in windows_of_year(rules, year):
        fixed, day = due_on(rules, one.data_to, known), due_on(rolled, one.data_to, known)
        assert day >= fixed
        assert known.is_working(day)
        assert not any(known.is_working(fixed + n * DAY) for n in range((day - fixed).days))


@patiently
@given(any_rules, years, st.integers(1, 60), st.data())
def test_working_days_are_counted_after_the_window(
    rules: RegimeRules, year: int, count: int, data: st.DataObject
) -> None:
    known = data.draw(calendars(first=year - 1, last=year + 2))
    counted = RegimeRules(
        rules.frequency,
        rules.data_window,
        0,
        20,
        due_kind=DueKind.WORKING_DAYS_AFTER,
        due_working_days=count,
        week_starts_on=rules.week_starts_on,
        window_starts=rules.window_starts,
        window_year_offset=rules.window_year_offset,
    )

    for one in windows_of_year(counted, year):
        day = due_on(counted, one.data_to, known)
        assert day > one.data_to
        between = [one.data_to + n * DAY for n in range(1, (day - one.data_to).days + 1)]
        assert sum(map(known.is_working, between)) == count


def test_what_counts_working_days_is_not_told_of_a_year_that_is_not_known() -> None:
    counted = RegimeRules(
        Frequency.YEAR, DataWindow.CALENDAR, 0, 20, due_kind=DueKind.WORKING_DAYS_AFTER
    )

    with pytest.raises(UnknownYearError):
        due_on(counted, date(2025, 12, 31), UNKNOWN)


@patiently
@given(months, years)
def test_by_the_default_day_no_report_is_due_before_its_data_are_complete(
    rules: RegimeRules, year: int
) -> None:
    by_the_20th = RegimeRules(rules.frequency, DataWindow.DECREE_09, rules.due_month_offset, 20)

    for one in windows_of_year(by_the_20th, year):
        assert due_on(by_the_20th, one.data_to, UNKNOWN) > one.data_to


# NĐ 09/2019/NĐ-CP, Điều 12, by the examples of the circulars under it; nine months by analogy.
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
        (Frequency.NINE_MONTHS, 2025, "2025-9M", date(2024, 12, 15), date(2025, 9, 14)),
        (Frequency.YEAR, 2024, "2024", date(2023, 12, 15), date(2024, 12, 14)),
    ],
)
def test_windows_of_the_decree(
    frequency: Frequency, year: int, period: str, first: date, last: date
) -> None:
    due_on = last.replace(day=20)

    assert decree(frequency, year)[period] == (first, last, due_on)


def test_the_default_is_the_year_of_the_decree() -> None:
    [window] = windows_of_year(DEFAULT, 2025)

    assert window == PeriodWindow("2025", 2025, date(2024, 12, 15), date(2025, 12, 14))
    assert due_on(DEFAULT, window.data_to, UNKNOWN) == date(2025, 12, 20)


def test_calendar_windows_are_whole_months() -> None:
    rules = RegimeRules(Frequency.QUARTER, DataWindow.CALENDAR, 1, 31)
    quarters = windows_of_year(rules, 2024)

    assert [(w.data_from, w.data_to, due_on(rules, w.data_to, UNKNOWN)) for w in quarters] == [
        (date(2024, 1, 1), date(2024, 3, 31), date(2024, 4, 30)),
        (date(2024, 4, 1), date(2024, 6, 30), date(2024, 7, 31)),
        (date(2024, 7, 1), date(2024, 9, 30), date(2024, 10, 31)),
        (date(2024, 10, 1), date(2024, 12, 31), date(2025, 1, 31)),
    ]


@pytest.mark.parametrize("year", [0, 1, 9999])
@given(rules=any_rules)
def test_the_ends_of_the_calendar_have_no_periods(rules: RegimeRules, year: int) -> None:
    assert windows_of_year(rules, year) == ()

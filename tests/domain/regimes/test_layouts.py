import itertools
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.regimes.layout import EffectiveRules, Period, lay_out
from app.domain.regimes.periods import DEFAULT, RegimeRules
from app.domain.regimes.working_days import UNKNOWN, Calendar
from app.models import DataWindow, DueKind, Frequency
from tests.support.regime_rules import any_rules, tiling

DAY = timedelta(days=1)
FIRST, LAST = 2024, 2026
patiently = settings(deadline=None, max_examples=50)
days = st.dates(date(FIRST, 1, 1), date(LAST, 12, 31))
MONTHS = RegimeRules(Frequency.MONTH, DataWindow.CALENDAR, 1, 5)
QUARTERS = RegimeRules(Frequency.QUARTER, DataWindow.DECREE_09, 0, 20)


NEVER = st.just(value=False)


def attached(
    rules: st.SearchStrategy[RegimeRules], cuts: st.SearchStrategy[bool] = NEVER
) -> st.SearchStrategy[list[EffectiveRules]]:
    """Regimes of one plan, in the order in which they take effect."""
    return st.lists(
        st.builds(EffectiveRules, days, rules, cuts),
        min_size=1,
        max_size=4,
        unique_by=lambda one: one.effective_from,
    ).map(lambda found: sorted(found, key=lambda one: one.effective_from))


def laid(
    *regimes: EffectiveRules, first: int = 2025, last: int = 2026
) -> list[tuple[str, date, date]]:
    return [(p.id, p.data_from, p.data_to) for p in lay_out(regimes, first, last, UNKNOWN)]


@patiently
@given(attached(tiling, st.booleans()))
def test_no_day_is_reported_twice_or_never(regimes: list[EffectiveRules]) -> None:
    # A window of one's own may lie in the year before the one that it is named by, or after it.
    found = lay_out(regimes, FIRST - 2, LAST + 2, UNKNOWN)
    found = [one for one in found if one.data_to.year >= FIRST and one.data_from.year <= LAST]

    # One that was cut may have begun in the year before, and so may the first of all.
    assert found[0].data_from <= date(FIRST, 1, 1)
    assert found[-1].data_to >= date(LAST, 12, 31)
    for earlier, later in itertools.pairwise(found):
        assert later.data_from == earlier.data_to + DAY


@patiently
@given(attached(any_rules))
def test_a_period_has_its_name_once_and_its_regime_was_in_force(
    regimes: list[EffectiveRules],
) -> None:
    found = lay_out(regimes, FIRST, LAST, UNKNOWN)

    assert len({one.id for one in found}) == len(found)
    for one in found:
        in_force = [n for n, regime in enumerate(regimes) if regime.effective_from <= one.data_from]
        assert one.regime == max(in_force, default=0)
    assert all(a.data_to < b.data_from for a, b in itertools.pairwise(found))


@patiently
@given(attached(any_rules), st.data())
def test_another_regime_changes_nothing_before_its_day(
    regimes: list[EffectiveRules], data: st.DataObject
) -> None:
    later = st.dates(regimes[0].effective_from + DAY, date(LAST + 1, 12, 31))
    new = data.draw(st.builds(EffectiveRules, later, any_rules))
    kept = [one for one in regimes if one.effective_from != new.effective_from]
    changed = sorted([*kept, new], key=lambda one: one.effective_from)

    before, after = (
        [
            (one.id, one.data_from, one.data_to, one.due_on)
            for one in lay_out(chain, FIRST, LAST, UNKNOWN)
            if one.data_from < new.effective_from
        ]
        for chain in (regimes, changed)
    )

    assert before == after


@patiently
@given(attached(any_rules), st.integers(FIRST, LAST), st.integers(0, 3))
def test_a_year_is_the_same_however_far_one_looks(
    regimes: list[EffectiveRules], year: int, more: int
) -> None:
    [*narrow] = lay_out(regimes, year, year, UNKNOWN)
    wide = lay_out(regimes, year - more, year + more, UNKNOWN)

    assert narrow == [one for one in wide if one.year == year]


def test_the_period_that_runs_goes_to_its_end() -> None:
    found = laid(
        EffectiveRules(date(2024, 1, 1), QUARTERS), EffectiveRules(date(2025, 5, 1), MONTHS)
    )

    assert found[:5] == [
        ("2025-Q1", date(2024, 12, 15), date(2025, 3, 14)),
        ("2025-Q2", date(2025, 3, 15), date(2025, 6, 14)),
        # The rest of June, cut where the quarter ended.
        ("2025-06", date(2025, 6, 15), date(2025, 6, 30)),
        ("2025-07", date(2025, 7, 1), date(2025, 7, 31)),
        ("2025-08", date(2025, 8, 1), date(2025, 8, 31)),
    ]


def test_a_regime_that_cuts_the_running_period_has_its_days() -> None:
    found = laid(
        EffectiveRules(date(2024, 1, 1), QUARTERS),
        EffectiveRules(date(2025, 5, 20), MONTHS, cuts_running=True),
    )

    assert found[:3] == [
        ("2025-Q1", date(2024, 12, 15), date(2025, 3, 14)),
        ("2025-05", date(2025, 3, 15), date(2025, 5, 31)),
        ("2025-06", date(2025, 6, 1), date(2025, 6, 30)),
    ]


def test_days_of_a_cut_window_without_a_name_go_to_the_next() -> None:
    calendar = RegimeRules(Frequency.QUARTER, DataWindow.CALENDAR, 0, 20)

    found = laid(
        EffectiveRules(date(2024, 1, 1), QUARTERS), EffectiveRules(date(2025, 5, 1), calendar)
    )

    assert found[1:3] == [
        ("2025-Q2", date(2025, 3, 15), date(2025, 6, 14)),
        ("2025-Q3", date(2025, 6, 15), date(2025, 9, 30)),
    ]


def test_the_first_regime_holds_before_its_day_as_well() -> None:
    assert laid(EffectiveRules(date(2030, 1, 1), DEFAULT), first=2024, last=2024) == [
        ("2024", date(2023, 12, 15), date(2024, 12, 14))
    ]


def test_what_cannot_be_counted_is_not_told() -> None:
    counted = RegimeRules(
        Frequency.HALF_YEAR, DataWindow.CALENDAR, 0, 20, due_kind=DueKind.WORKING_DAYS_AFTER
    )
    known = Calendar(days_off={date(2025, 1, 1)})

    found = lay_out([EffectiveRules(date(2025, 1, 1), counted)], 2025, 2025, known)

    assert found == [
        Period("2025-H1", 2025, date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 3), 0),
        Period("2025-H2", 2025, date(2025, 7, 1), date(2025, 12, 31), None, 0),
    ]

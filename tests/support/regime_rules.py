"""Rules of regimes as Hypothesis makes them up."""

from datetime import date

from hypothesis import strategies as st

from app.domain.regimes.periods import RegimeRules
from app.models import DataWindow, Frequency

DECREE_OR_CALENDAR = st.sampled_from([DataWindow.DECREE_09, DataWindow.CALENDAR])
PARTS_OF_A_YEAR = [Frequency.YEAR, Frequency.HALF_YEAR, Frequency.QUARTER, Frequency.MONTH]


def by_months(*frequencies: Frequency) -> st.SearchStrategy[RegimeRules]:
    """Periods of months, due on a fixed day."""
    return st.builds(
        RegimeRules,
        frequency=st.sampled_from(frequencies),
        data_window=DECREE_OR_CALENDAR,
        due_month_offset=st.integers(0, 12),
        due_day=st.integers(1, 31),
    )


months = by_months(*PARTS_OF_A_YEAR, Frequency.NINE_MONTHS)
weeks = st.builds(
    RegimeRules,
    frequency=st.just(Frequency.WEEK),
    data_window=st.just(DataWindow.OWN),
    due_month_offset=st.just(0),
    due_day=st.just(20),
    week_starts_on=st.integers(1, 7),
)


@st.composite
def _own(draw: st.DrawFn) -> RegimeRules:
    days = draw(st.lists(st.dates(date(2023, 1, 1), date(2023, 12, 31)), min_size=1, max_size=30))
    starts = sorted({f"{day:%m-%d}" for day in days})
    turned = draw(st.integers(0, len(starts) - 1))
    return RegimeRules(
        Frequency.OWN,
        DataWindow.OWN,
        due_month_offset=draw(st.integers(1, 12)),
        due_day=draw(st.integers(1, 31)),
        window_starts=(*starts[turned:], *starts[:turned]),
        window_year_offset=draw(st.sampled_from([-1, 0])),
    )


own = _own()
tiling = st.one_of(by_months(*PARTS_OF_A_YEAR), weeks, own)
any_rules = st.one_of(months, weeks, own)

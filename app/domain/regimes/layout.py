"""The reporting periods of a plan as its regimes follow one another.

A period is laid out by the regime in force on the first day of its data. The period that runs when
another regime takes effect goes to its end; the first one after it begins on the next day, so that
no day is reported twice or never. A regime that cuts the running period has its days from the
beginning, in its own first period. A period has its name once: where a cut window would take the
name of one that was, its days go to the window after it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.regimes.periods import PeriodWindow, RegimeRules, due_on, windows_of_year
from app.domain.regimes.working_days import DAY, Calendar, UnknownYearError


@dataclass(frozen=True, slots=True)
class EffectiveRules:
    """Rules that hold from a day on; the first ones hold before their day as well.

    With `cuts_running` there is no period of other rules that runs on that day.
    """

    effective_from: date
    rules: RegimeRules
    cuts_running: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """One period of a plan; inclusive on both ends.

    `regime` counts from 0 in the order in which they take effect. `due_on` is null while the
    calendar does not know the year that its count of working days reaches.
    """

    id: str
    year: int
    data_from: date
    data_to: date
    due_on: date | None
    regime: int


def lay_out(
    regimes: Sequence[EffectiveRules], first_year: int, last_year: int, known: Calendar
) -> list[Period]:
    """The periods of the years from *first_year* to *last_year* (inclusive), in order.

    *regimes* come earliest in effect first; periods before the first day of a regime do not depend
    on it. Raises `ValueError` without a regime: a plan without one must not silently expect
    nothing.
    """
    if not regimes:
        raise ValueError("no regime says which periods there are")
    periods: list[Period] = []
    taken: set[str] = set()
    changes = [one.effective_from.year for one in regimes]
    start, end = min(first_year, *changes) - 1, max(last_year, *changes) + 1
    for number, regime in enumerate(regimes):
        ends = regimes[number + 1].effective_from if number + 1 < len(regimes) else date.max
        begins, carried = date.min, None
        if number:
            begins = regime.effective_from
            if regime.cuts_running and periods and periods[-1].data_to >= begins:
                cut = periods.pop()
                taken.discard(cut.id)
                carried = cut.data_from
            if periods:
                begins = max(begins, periods[-1].data_to + DAY)
        for window in _windows(regime.rules, start, end, taken, begins=begins, carried=carried):
            if window.data_from >= ends:
                break
            taken.add(window.id)
            due = _due(regime.rules, window, known)
            periods.append(
                Period(window.id, window.year, window.data_from, window.data_to, due, number)
            )
    return [one for one in periods if first_year <= one.year <= last_year]


def _windows(
    rules: RegimeRules,
    first_year: int,
    last_year: int,
    taken: set[str],
    *,
    begins: date,
    carried: date | None,
) -> Iterator[PeriodWindow]:
    """The windows that end on *begins* or later; the first has the days from *carried* on, or is
    cut where it begins."""
    for year in range(first_year, last_year + 1):
        for window in windows_of_year(rules, year):
            if window.data_to < begins:
                continue
            first = carried or max(window.data_from, begins)
            carried = first if window.id in taken else None
            if carried is None:
                yield PeriodWindow(window.id, window.year, first, window.data_to)


def _due(rules: RegimeRules, window: PeriodWindow, known: Calendar) -> date | None:
    try:
        return due_on(rules, window.data_to, known)
    except UnknownYearError:
        return None

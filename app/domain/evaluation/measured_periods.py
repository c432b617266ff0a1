"""The days of the periods in which indicators are measured.

They are days of the calendar, so that it can be said which period lies within which: a regime's
windows for reports (15/12 to 14/12) do not lie in the months and years that they are called after.
Weeks and windows of one's own are those of the plan's regime, within their year.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import MINYEAR, date
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.regimes.periods import RegimeRules, months_of, windows_of_year
from app.domain.regimes.plan_periods import rules_of
from app.models import Frequency, Plan
from app.queries.plans.plans import list_regimes, visible_plan_id

OWN = {"W": Frequency.WEEK, "K": Frequency.OWN}


class Span(NamedTuple):
    """The first and the last day of a period."""

    first: date
    last: date


def span_of(period: str, of_regimes: Sequence[RegimeRules]) -> Span | None:
    """The days of a period; None for the year 0000, and for a week or a window that none of the
    regimes has, the latest of which says which days it has."""
    year, kind = int(period[:4]), period[5:6]
    if year < MINYEAR:
        return None
    if kind not in OWN:
        first, last = months_of(period)
        end = last // 12, last % 12 + 1
        return Span(date(first // 12, first % 12 + 1, 1), date(*end, monthrange(*end)[1]))
    for rules in reversed(of_regimes):
        if rules.frequency != OWN[kind]:
            continue
        for window in windows_of_year(rules, year):
            if window.id == period:
                return _within(year, Span(window.data_from, window.data_to))
    return None


def _within(year: int, span: Span) -> Span:
    """The days of a span that are of its year; where none is, the year's first one."""
    first = min(max(span.first, date(year, 1, 1)), date(year, 12, 31))
    return Span(first, max(first, min(span.last, date(year, 12, 31))))


async def span_in(session: AsyncSession, plan: Plan, period: str) -> Span | None:
    """The days of a period under a plan; None where no regime of the plan has such a period."""
    regimes = await list_regimes(session, visible_plan_id(plan)) if period[5:6] in OWN else ()
    return span_of(period, [rules_of(regime) for regime in regimes])

"""The days of a report: its data window, and the day as of which it is."""

import calendar
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.figures.as_of import day_asked
from app.domain.plans.lifetimes import life_of_plan
from app.domain.regimes.periods import DEFAULT, MONTHS, RegimeRules, windows_of_year
from app.domain.regimes.plan_periods import rules_of
from app.domain.regimes.regimes import periods_of
from app.errors import Text, invalid_at
from app.models import DataWindow, Plan
from app.official_words import day_words, period_words
from app.queries.consolidated_reports.standings import ReportWindow
from app.queries.submissions.requests import find_request_of_period

NO_SUCH_PERIOD = Text("Kế hoạch không có kỳ báo cáo này.", "The plan has no such reporting period.")


def window_of(
    first: date, last: date, as_of: date | None, today: date, due_soon_days: int
) -> ReportWindow:
    """The days of a report that is frozen today.

    Without a day as of which it is asked, that is today, or the end of the month in which the data
    end, once that is over: what is filed after the data are closed is in it, what begins after it
    is not. Raises `DayInFutureError`, and `InvalidError` where the data begin after that day.
    """
    month_end = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    day = day_asked(as_of or min(today, month_end), today=today, name="as_of")
    if day < first:
        text = Text(
            f"Kỳ số liệu bắt đầu ngày {day_words(first)}, sau ngày chốt.",
            f"The data begin on {first}, after the day as of which they are asked.",
        )
        raise invalid_at("#/as_of", "period_not_begun", text)
    return ReportWindow(first, last, day, today, due_soon_days)


def require_begun(plans: Iterable[Plan], window: ReportWindow, pointer: str) -> None:
    """Raise `InvalidError` where the days are over before any of the plans begins."""
    lives = [life_of_plan(plan) for plan in plans]
    begins = min(min(life.issued_on, life.starts_on) for life in lives)
    if min(window.last, window.as_of) < begins:
        text = Text(
            f"Kỳ số liệu kết thúc trước ngày kế hoạch bắt đầu ({day_words(begins)}).",
            f"The days are over before the plan begins ({begins}).",
        )
        raise invalid_at(pointer, "before_the_plan", text)


async def days_of(session: AsyncSession, plan: Plan, period: str) -> tuple[date, date]:
    """The days of a period: those that its request names, those that the plan's regime lays out, or
    would lay out for one so long.

    Raises `InvalidError` for a period that there is not.
    """
    request = await find_request_of_period(session, plan.id, period)
    if request is not None:
        return request.data_from, request.data_to
    if not period[:4].isdigit():
        raise invalid_at("#/period", "unknown_period", NO_SUCH_PERIOD)
    year = int(period[:4])
    laid_out = await periods_of(session, plan, year)
    for one in laid_out.periods:
        if one.id == period:
            return one.data_from, one.data_to
    rules = rules_of(laid_out.regimes[-1]) if laid_out.regimes else None
    for window in _windows(rules, year):
        if window[0] == period:
            return window[1:]
    raise invalid_at("#/period", "unknown_period", NO_SUCH_PERIOD)


def _windows(rules: RegimeRules | None, year: int) -> list[tuple[str, date, date]]:
    """The windows of a year at every frequency that the calendar knows."""
    rules = rules or DEFAULT
    if rules.data_window == DataWindow.OWN:
        rules = replace(rules, data_window=DataWindow.CALENDAR, window_starts=())
    return [
        (window.id, window.data_from, window.data_to)
        for frequency in MONTHS
        for window in windows_of_year(replace(rules, frequency=frequency), year)
    ]


def title_of(period: str | None, window: ReportWindow, plans: int = 1) -> str:
    """The default title of a report on so many plans."""
    when = (
        period_words(period)
        if period
        else f"từ ngày {day_words(window.first)} đến ngày {day_words(window.last)}"
    )
    return f"Kết quả thực hiện {'các kế hoạch' if plans > 1 else 'kế hoạch'} {when}"

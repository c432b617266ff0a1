"""The periods of a plan by the regimes that were attached to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.regimes.layout import Attached, Period, lay_out
from app.domain.regimes.periods import Rules
from app.domain.regimes.working_days import Calendar
from app.models import AssigneeRole, Plan, ReportingRegime
from app.queries.plans.plans import list_regimes
from app.queries.regimes.calendar_days import exceptions


@dataclass(frozen=True, slots=True)
class Layout:
    """The regimes of a plan in the order in which they take effect, and their periods."""

    regimes: Sequence[ReportingRegime]
    periods: Sequence[Period]

    def owed_as(self, role: AssigneeRole) -> Sequence[Period]:
        """Those for which an agency reports that has this part in a task."""
        return [
            period
            for period in self.periods
            if role == AssigneeRole.LEAD or self.regimes[period.regime].coordinating_agencies_report
        ]


def rules_of(regime: ReportingRegime) -> Rules:
    """What a stored regime says of its periods and their due days."""
    return Rules(
        frequency=regime.frequency,
        data_window=regime.data_window,
        due_month_offset=regime.due_month_offset,
        due_day=regime.due_day,
        due_is_strict=regime.due_is_strict,
        due_kind=regime.due_kind,
        due_working_days=regime.due_working_days,
        due_roll=regime.due_roll,
        week_starts_on=regime.week_starts_on,
        window_starts=tuple(regime.window_starts),
        window_year_offset=regime.window_year_offset,
    )


async def layout_of(session: AsyncSession, plan: Plan, first_year: int, last_year: int) -> Layout:
    """The periods of *plan* in these years; it has a regime."""
    regimes = await list_regimes(session, plan.id)
    return lay(regimes, first_year, last_year, await known_days(session))


def lay(
    regimes: Sequence[ReportingRegime], first_year: int, last_year: int, known: Calendar
) -> Layout:
    """The periods of these years by stored regimes."""
    attached = [Attached(regime.effective_from, rules_of(regime)) for regime in regimes]
    return Layout(regimes, lay_out(attached, first_year, last_year, known))


async def known_days(session: AsyncSession) -> Calendar:
    """All that is known of days."""
    days_off, days_worked = await exceptions(session)
    return Calendar(days_off, days_worked)

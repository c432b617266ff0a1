"""The periods of a plan by the regimes that were attached to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.regimes.layout import EffectiveRules, Period, lay_out
from app.domain.regimes.periods import RegimeRules
from app.domain.regimes.working_days import Calendar
from app.models import AssigneeRole, Plan, ReportingRegime
from app.queries.plans.plans import list_regimes, visible_plan_id
from app.queries.regimes.calendar_days import weekday_exceptions


@dataclass(frozen=True, slots=True)
class PlanPeriods:
    """The regimes of a plan in the order in which they take effect, and their periods."""

    regimes: Sequence[ReportingRegime]
    periods: Sequence[Period]

    def owed_as(self, role: AssigneeRole) -> Sequence[Period]:
        """The periods for which an agency with this role in a task owes a submission."""
        return [
            period
            for period in self.periods
            if role == AssigneeRole.LEAD or self.regimes[period.regime].coordinating_agencies_report
        ]


def rules_of(regime: ReportingRegime) -> RegimeRules:
    """The rules of a stored regime."""
    return RegimeRules(
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


async def plan_periods(
    session: AsyncSession, plan: Plan, first_year: int, last_year: int
) -> PlanPeriods:
    """The periods of *plan*, which has a regime, in the years from *first_year* to *last_year*."""
    regimes = await list_regimes(session, visible_plan_id(plan))
    return layout_by_regimes(regimes, first_year, last_year, await load_calendar(session))


def layout_by_regimes(
    regimes: Sequence[ReportingRegime], first_year: int, last_year: int, known: Calendar
) -> PlanPeriods:
    """The periods of these years (inclusive) by stored regimes, earliest in effect first."""
    attached = [
        EffectiveRules(regime.effective_from, rules_of(regime), regime.cuts_running)
        for regime in regimes
    ]
    return PlanPeriods(regimes, lay_out(attached, first_year, last_year, known))


async def load_calendar(session: AsyncSession) -> Calendar:
    """Load the calendar of working days as it stands."""
    days_off, days_worked = await weekday_exceptions(session)
    return Calendar(days_off, days_worked)

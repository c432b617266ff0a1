"""The submissions that the regimes of a plan expect of its open assignments."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.plans.lifetimes import life_of_plan
from app.domain.regimes.layout import Period
from app.domain.regimes.plan_periods import PlanPeriods, plan_periods
from app.domain.submissions.expected import ExpectedSubmission, insert_expected
from app.models import Assignment, Plan
from app.queries.assignments import assignments as assignment_queries


async def expect_submissions(
    session: AsyncSession,
    plan: Plan,
    through_year: int,
    *,
    at: datetime,
    only: Collection[UUID] | None = None,
) -> int:
    """Insert the submissions that open assignments of *plan* owe and that are not expected yet.

    Looks at *only* these assignments, if they are given; answers how many submissions it inserted.
    One whose due day lies in a year without calendar is expected once that year has its calendar.
    """
    layout = await plan_periods(session, plan, life_of_plan(plan).first_year, through_year)
    assignments = await assignment_queries.open_assignments(session, plan.id, only=only)
    expected = await assignment_queries.expected_periods(session, plan.id, only=only)
    new = [
        ExpectedSubmission(
            assignment.id,
            assignment.agency_id,
            period.id,
            period.data_from,
            period.data_to,
            period.due_on,
        )
        for assignment in assignments
        for period in _periods(plan, assignment, layout, through_year)
        if period.due_on is not None and (assignment.id, period.id) not in expected
    ]
    await insert_expected(session, plan.id, new, at=at)
    return len(new)


def _periods(
    plan: Plan, assignment: Assignment, layout: PlanPeriods, through_year: int
) -> Sequence[Period]:
    """The periods for which an assignment is reported: at least one, however late the issue."""
    life = life_of_plan(plan)
    first = max(life.issued_on, assignment.starts_on)
    owed = layout.owed_as(assignment.role)
    if assignment.occurrence != "once":
        whole = [period for period in owed if period.year == int(assignment.occurrence)]
        return [period for period in whole if period.data_to >= first] or whole[-1:]
    last = max(first, assignment.deadline_on or life.ends_on)
    until = min(last, date(through_year, 12, 31))
    found = [
        period
        for period in owed
        if first.year <= period.year <= until.year
        and period.data_from <= until
        and period.data_to >= first
    ]
    if not found and last.year <= through_year:
        return [period for period in owed if period.year == last.year][-1:]
    return found

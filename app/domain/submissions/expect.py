"""The submissions that the regimes of a plan expect of its open assignments."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.domain.plans.lifetimes import life_of_plan
from app.domain.regimes.layout import Period
from app.domain.regimes.plan_periods import plan_periods
from app.domain.submissions.expected import ExpectedSubmission, insert_expected
from app.models import Plan
from app.queries.submissions.owing import OwingAssignment, owing_assignments
from app.queries.submissions.submissions import without_live_submission


async def expect_submissions(
    session: AsyncSession, plan: Plan, *, at: datetime, only: Collection[UUID] | None = None
) -> int:
    """Insert the submissions that open assignments of *plan* owe and that are not expected yet.

    Looks at *only* these assignments, if they are given; answers how many submissions it inserted.
    Reaches to the end of next year. One whose due day lies in a year without calendar is expected
    once that year has its calendar.
    """
    await session.flush()
    today = local_day(at)
    layout = await plan_periods(session, plan, life_of_plan(plan).first_year, today.year + 1)
    new = [
        ExpectedSubmission(
            assignment.id,
            assignment.agency_id,
            period.id,
            period.data_from,
            period.data_to,
            period.due_on,
            is_untracked=period.due_on < (plan.tracked_from or date.min),
        )
        for assignment in await owing_assignments(session, plan.id, only=only)
        for period in _periods(plan, assignment, layout.owed_as(assignment.role), today=today)
        if period.due_on is not None
    ]
    await insert_expected(session, plan.id, new, at=at)
    return sum(not one.is_untracked for one in new)


async def expect_next(
    session: AsyncSession, plan: Plan, assignment_ids: Collection[UUID], *, at: datetime
) -> None:
    """Expect the next submission of those of these assignments that have none to come."""
    await session.flush()
    lacking = await without_live_submission(session, assignment_ids)
    if lacking:
        await expect_submissions(session, plan, at=at, only=lacking)


def _periods(
    plan: Plan, assignment: OwingAssignment, owed: Sequence[Period], *, today: date
) -> list[Period]:
    """Those of *owed* for which a submission is to be expected from today on.

    They are the periods of the assignment's own time, each later one that has begun while it is
    open, and the next one where it is lacking anything to report in; none that is expected already.
    Nothing is expected backwards: of the periods whose due day has passed only those are there that
    may be entered, since they were due before the plan was followed up here.
    """
    life = life_of_plan(plan)
    first = max(life.issued_on, assignment.starts_on)
    new = [one for one in owed if one.id not in assignment.periods]
    known = [one for one in new if one.data_to >= first and one.due_on is not None]
    coming = [one for one in known if one.due_on is not None and one.due_on >= today]
    tracked_from = min(plan.tracked_from or date.min, today)
    untracked = [one for one in known if one.due_on is not None and one.due_on < tracked_from]
    last = max(first, assignment.deadline_on or life.ends_on)
    found = [
        period
        for period in coming
        if _is_in_time(assignment, period, last) or period.data_from <= today
    ]
    return untracked + (found or (coming[:1] if assignment.is_lacking else []))


def _is_in_time(assignment: OwingAssignment, period: Period, last: date) -> bool:
    """True if a period is in the assignment's year or, for one without a year, begins by its *last*
    day."""
    if assignment.occurrence != "once":
        return period.year == int(assignment.occurrence)
    return period.year <= last.year and period.data_from <= last

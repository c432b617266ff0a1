"""Which reports are expected of what is owed, and until when an issued plan lives."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.domain.plans.lifetimes import life_of_plan
from app.domain.records import Note, Subject, publish_all
from app.domain.regimes.layout import Period
from app.domain.regimes.plan_periods import PlanPeriods, plan_periods
from app.models import Assignment, Plan, Submission
from app.models.base import new_id
from app.queries.assignments import assignments as assignment_queries

# asyncpg sends at most 32,767 parameters in a statement.
CHUNK = 1_000


async def expect_submissions(
    session: AsyncSession,
    plan: Plan,
    through_year: int,
    *,
    at: datetime,
    only: Collection[UUID] | None = None,
) -> int:
    """Add the reports that open assignments of *plan* owe and that are not expected yet.

    *only* these assignments are looked at, where others can't have come to owe any. One whose due
    day reaches a year that the calendar does not know is expected once it does.
    """
    layout = await plan_periods(session, plan, life_of_plan(plan).first_year, through_year)
    assignments = await assignment_queries.open_assignments(session, plan.id, only=only)
    expected = await assignment_queries.expected_periods(session, plan.id, only=only)
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "assignment_id": assignment.id,
            "period": period.id,
            "data_from": period.data_from,
            "data_to": period.data_to,
            "due_on": period.due_on,
            "expected_on": local_day(at),
        }
        for assignment in assignments
        for period in _periods(plan, assignment, layout, through_year)
        if period.due_on is not None and (assignment.id, period.id) not in expected
    ]
    await insert_rows(session, Submission, rows)
    agencies = {assignment.id: assignment.agency_id for assignment in assignments}
    await publish_all(
        session, [_expected_note(plan, row, agencies[row["assignment_id"]]) for row in rows], at=at
    )
    return len(rows)


def _expected_note(plan: Plan, row: Mapping[str, Any], agency_id: UUID) -> Note:
    detail = {
        "assignment_id": str(row["assignment_id"]),
        "period": row["period"],
        "due_on": row["due_on"].isoformat(),
    }
    return Note("expected", Subject("submission", row["id"], plan.id, agency_id), detail)


def _periods(
    plan: Plan, assignment: Assignment, layout: PlanPeriods, through_year: int
) -> Sequence[Period]:
    """The periods for which an assignment is reported; at least one, however late the issue."""
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


async def insert_rows(
    session: AsyncSession, table: type[Assignment] | type[Submission], rows: list[dict[str, Any]]
) -> None:
    """Add many rows, of which some may be there."""
    for start in range(0, len(rows), CHUNK):
        await session.exec(
            insert(table).on_conflict_do_nothing(), params=rows[start : start + CHUNK]
        )

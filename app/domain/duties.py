"""From a plan's words to duties: who owes which task, for which year, and which reports."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.periods import Period, Rules, periods_between, periods_of_year
from app.domain.time_frames import Occurrence, TimeFrame, occurrences
from app.models import (
    Assignee,
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Plan,
    ReportingRegime,
    Submission,
    Task,
    TimeFrameKind,
)
from app.models.base import new_id
from app.queries import assignments as assignment_queries
from app.queries import members as member_queries
from app.queries import plans as plan_queries
from app.queries import tasks as task_queries

# asyncpg sends at most 32,767 parameters in a statement.
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """Words of the plan from which nobody owes anything, and why."""

    task_ordinal: str
    occurrence: str
    source_text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a call of `expand` added."""

    assignments: int
    submissions: int
    not_assigned: tuple[NotAssigned, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """One task that becomes owed: for which occurrence, by the members of which day."""

    task: Task
    occurrence: Occurrence
    day: date


@dataclass(frozen=True, slots=True)
class Life:
    """The days that an issued plan has, held by the database."""

    issued_on: date
    starts_on: date
    ends_on: date


def life_of(plan: Plan) -> Life:
    """The days of an issued plan; raises `ValueError` for a draft that lacks one."""
    if plan.issued_on is None or plan.starts_on is None or plan.ends_on is None:
        raise ValueError("only an issued plan has a life")
    return Life(plan.issued_on, plan.starts_on, plan.ends_on)


async def expand(session: AsyncSession, plan: Plan, *, through_year: int) -> Made:
    """Make every duty of *plan* up to the end of a year that isn't made yet; safe to repeat.

    An occurrence is expanded once, over the members of its first day or of the day of issue where
    that is later; who joins a collective afterwards owes the next one. An agency is assigned once
    a task and occurrence, as lead where any lead's words name it.
    """
    life = life_of(plan)
    tasks = await task_queries.list_tasks(session, plan.id, after=None, limit=None)
    assignees = await task_queries.assignees_of(session, [task.id for task in tasks])
    made = await assignment_queries.made_occurrences(session, plan.id)
    due = [
        Due(task, occurrence, max(life.issued_on, occurrence.starts_on))
        for task in tasks
        for occurrence in _owed(life, task, through_year)
        if (task.id, occurrence.name) not in made
    ]
    members = await _members(session, assignees, {one.day for one in due})
    rows: list[dict[str, Any]] = []
    skipped: dict[uuid.UUID, NotAssigned] = {}
    for one in due:
        rows += _assignments(plan, one, assignees[one.task.id], members[one.day], skipped)
    await _insert(session, Assignment, rows)
    submissions = await _expect_submissions(session, plan, through_year)
    return Made(len(rows), submissions, tuple(skipped.values()))


def frame_of(task: Task) -> TimeFrame:
    """The stored meaning of a task's time cell."""
    return TimeFrame(
        task.time_frame_kind,
        task.time_frame_starts_on,
        task.time_frame_ends_on,
        task.due_month,
        task.due_day,
    )


def _owed(life: Life, task: Task, through_year: int) -> Iterable[Occurrence]:
    """Occurrences that began by the end of *through_year* and had not ended before the issue."""
    every = occurrences(frame_of(task), plan_starts_on=life.starts_on, plan_ends_on=life.ends_on)
    if task.time_frame_kind != TimeFrameKind.ANNUAL:
        return every
    return [
        occurrence
        for occurrence in every
        if occurrence.starts_on.year <= through_year and occurrence.ends_on >= life.issued_on
    ]


async def _members(
    session: AsyncSession, assignees: dict[uuid.UUID, list[Assignee]], days: set[date]
) -> dict[date, member_queries.Membership]:
    rows = [row for found in assignees.values() for row in found]
    agency_ids = {row.agency_id for row in rows if row.agency_id is not None}
    collective_ids = {row.collective_id for row in rows if row.collective_id is not None}
    return {
        day: await member_queries.membership_on(session, agency_ids, collective_ids, day)
        for day in days
    }


def _assignments(
    plan: Plan,
    due: Due,
    assignees: Sequence[Assignee],
    membership: member_queries.Membership,
    skipped: dict[uuid.UUID, NotAssigned],
) -> list[dict[str, Any]]:
    owing: dict[uuid.UUID, tuple[AssigneeRole, uuid.UUID]] = {}
    # Leads come first: an agency that leads a task owes it once, whatever else names it.
    for assignee in sorted(assignees, key=lambda row: row.role != AssigneeRole.LEAD):
        agency_ids, reason = _agencies(assignee, membership)
        if reason is not None:
            skipped.setdefault(
                assignee.id,
                NotAssigned(due.task.ordinal, due.occurrence.name, assignee.source_text, reason),
            )
        for agency_id in agency_ids:
            owing.setdefault(agency_id, (assignee.role, assignee.id))
    # A yearly duty is known from the year before on; nothing is known before the issue.
    known_on = max(life_of(plan).issued_on, date(due.occurrence.starts_on.year - 1, 1, 1))
    return [
        {
            "id": new_id(),
            "plan_id": plan.id,
            "task_id": due.task.id,
            "agency_id": agency_id,
            "assignee_id": assignee_id,
            "role": role,
            "occurrence": due.occurrence.name,
            "starts_on": due.occurrence.starts_on,
            "deadline_on": due.occurrence.deadline_on,
            "original_deadline_on": due.occurrence.deadline_on,
            "status": AssignmentStatus.NOT_STARTED,
            "changed_on": known_on,
        }
        for agency_id, (role, assignee_id) in owing.items()
    ]


def _agencies(
    assignee: Assignee, membership: member_queries.Membership
) -> tuple[Sequence[uuid.UUID], str | None]:
    """Who owes by these words on that day; where nobody does, why."""
    if assignee.is_related_only:
        return (), "related_only"
    if assignee.agency_id is not None:
        exists = assignee.agency_id in membership.existing
        return ((assignee.agency_id,), None) if exists else ((), "agency_ended")
    if assignee.collective_id is None:
        return (), "unresolved"
    if assignee.collective_id in membership.uncountable:
        return (), "not_enumerable"
    members = membership.members[assignee.collective_id]
    return members, None if members else "no_members"


async def _expect_submissions(session: AsyncSession, plan: Plan, through_year: int) -> int:
    """Add the reports that open assignments of *plan* owe and that are not expected yet."""
    regimes = await plan_queries.list_regimes(session, plan.id)
    assignments = await assignment_queries.open_assignments(session, plan.id)
    expected = await assignment_queries.expected_periods(session, plan.id)
    rows = [
        {
            "id": new_id(),
            "assignment_id": assignment.id,
            "period": period.id,
            "data_from": period.data_from,
            "data_to": period.data_to,
            "due_on": period.due_on,
        }
        for assignment in assignments
        for period in _periods(plan, assignment, regimes, through_year)
        if (assignment.id, period.id) not in expected
    ]
    await _insert(session, Submission, rows)
    return len(rows)


def _periods(
    plan: Plan, assignment: Assignment, regimes: Sequence[ReportingRegime], through_year: int
) -> Sequence[Period]:
    """The periods for which an assignment is reported; at least one, however late the issue."""
    life = life_of(plan)
    first = max(life.issued_on, assignment.starts_on)
    regime = _in_force(regimes, first)
    if assignment.role != AssigneeRole.LEAD and not regime.coordinating_agencies_report:
        return ()
    rules = Rules(regime.frequency, regime.data_window, regime.due_month_offset, regime.due_day)
    if assignment.occurrence != "once":
        whole = periods_of_year(rules, int(assignment.occurrence))
        return [period for period in whole if period.data_to >= first] or whole[-1:]
    last = max(first, assignment.deadline_on or life.ends_on)
    until = min(last, date(through_year, 12, 31))
    found = list(periods_between(rules, first, until))
    if not found and last.year <= through_year:
        return periods_of_year(rules, last.year)[-1:]
    return found


def _in_force(regimes: Sequence[ReportingRegime], day: date) -> ReportingRegime:
    begun = [regime for regime in regimes if regime.effective_from <= day]
    return begun[-1] if begun else regimes[0]


async def _insert(
    session: AsyncSession, table: type[Assignment] | type[Submission], rows: list[dict[str, Any]]
) -> None:
    for start in range(0, len(rows), CHUNK):
        await session.exec(
            insert(table).on_conflict_do_nothing(), params=rows[start : start + CHUNK]
        )

"""From a plan's words to duties: who owes which task, for which year, and which reports."""

import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

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
from app.queries import substitutions as substitution_queries
from app.queries import tasks as task_queries

# asyncpg sends at most 32,767 parameters in a statement.
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """Words of the plan from which nobody owes anything from an occurrence on, and why."""

    task_ordinal: str
    occurrence: str
    source_text: str
    reason: str
    collective_id: uuid.UUID | None


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

    @property
    def key(self) -> tuple[uuid.UUID, str]:
        """How an assignment names it."""
        return self.task.id, self.occurrence.name


@dataclass(frozen=True, slots=True)
class Words:
    """What an issued plan says: what becomes owed by the end of next year, and who does it."""

    plan: Plan
    due: tuple[Due, ...]
    assignees: dict[uuid.UUID, list[Assignee]]

    def naming(self, collective_id: uuid.UUID) -> "Words":
        """As far as they name that collective."""
        found = {
            task_id: [row for row in rows if row.collective_id == collective_id]
            for task_id, rows in self.assignees.items()
        }
        due = tuple(one for one in self.due if found[one.task.id])
        return Words(self.plan, due, found)


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


async def expand(session: AsyncSession, plan: Plan, *, today: date) -> Made:
    """Make every duty of *plan* up to the end of next year that isn't made yet; safe to repeat.

    An occurrence is expanded over the members of its first day, or of the day of issue where that
    is later. Until that day it follows the registry; once it has begun, who joins a collective
    owes the next one. No agency owes anything before it exists. It is assigned once a task and
    occurrence, as lead where any lead's words name it.
    """
    words = await read_words(session, plan, today=today)
    owing = await assignment_queries.owing(session, plan.id)
    due = [one for one in words.due if one.day >= today or one.key not in owing]
    return await make(session, words, due, owing, today=today)


async def read_words(session: AsyncSession, plan: Plan, *, today: date) -> Words:
    """What *plan* says of all that is known of by the end of next year."""
    life = life_of(plan)
    tasks = await task_queries.list_tasks(session, plan.id, after=None, limit=None)
    assignees = await task_queries.assignees_of(session, [task.id for task in tasks])
    due = tuple(
        Due(task, occurrence, max(life.issued_on, occurrence.starts_on))
        for task in tasks
        for occurrence in _owed(life, task, today.year + 1)
    )
    return Words(plan, due, assignees)


async def make(
    session: AsyncSession,
    words: Words,
    due: Sequence[Due],
    owing: Mapping[tuple[uuid.UUID, str], Set[uuid.UUID]],
    *,
    today: date,
) -> Made:
    """Make what is *due* by these words of all who exist and don't owe it yet, and its reports."""
    members = await _members(session, words, {one.day for one in due})
    rows: list[dict[str, Any]] = []
    for one in due:
        known = owing.get(one.key, frozenset())
        made = _assignments(words, one, members[one.day])
        rows += [row for row in made if row["agency_id"] not in known]
    begun = await member_queries.begun_by(session, {row["agency_id"] for row in rows}, today)
    rows = [
        row | {"changed_on": max(row["changed_on"], begun[row["agency_id"]] or date.min)}
        for row in rows
        if row["agency_id"] in begun
    ]
    await _insert(session, Assignment, rows)
    submissions = await _expect_submissions(session, words.plan, today.year + 1)
    return Made(len(rows), submissions, _not_assigned(words, due, members))


async def not_assigned(
    session: AsyncSession, plan: Plan, *, today: date
) -> tuple[NotAssigned, ...]:
    """The words from which nobody owes what has not ended by *today*, each from when on."""
    words = await read_words(session, plan, today=today)
    due = [one for one in words.due if one.occurrence.ends_on >= today]
    members = await _members(session, words, {one.day for one in due})
    return _not_assigned(words, due, members)


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


Members = dict[date, member_queries.Membership]


async def _members(session: AsyncSession, words: Words, days: Set[date]) -> Members:
    rows = [row for found in words.assignees.values() for row in found]
    agency_ids = {row.agency_id for row in rows if row.agency_id is not None}
    collective_ids = {row.collective_id for row in rows if row.collective_id is not None}
    decided = await substitution_queries.list_decided(session, words.plan.id)
    return {
        day: await member_queries.membership_on(session, agency_ids, collective_ids, decided, day)
        for day in days
    }


def _assignments(
    words: Words, due: Due, membership: member_queries.Membership
) -> list[dict[str, Any]]:
    # A yearly duty is known from the year before on; nothing is known before the issue.
    issued_on = life_of(words.plan).issued_on
    known_on = max(issued_on, date(due.occurrence.starts_on.year - 1, 1, 1))
    owing: dict[uuid.UUID, dict[str, Any]] = {}
    # Leads come first: an agency that leads a task owes it once, whatever else names it.
    leads_first = sorted(
        words.assignees[due.task.id], key=lambda row: row.role != AssigneeRole.LEAD
    )
    for assignee in leads_first:
        named = _agencies(assignee, membership)
        for agency_id in named.agency_ids:
            row = {
                "agency_id": agency_id,
                "assignee_id": assignee.id,
                "role": assignee.role,
                "changed_on": max(known_on, named.decided_on or known_on),
            }
            owing.setdefault(agency_id, row)
    return [
        row
        | {
            "id": new_id(),
            "plan_id": words.plan.id,
            "task_id": due.task.id,
            "occurrence": due.occurrence.name,
            "starts_on": due.occurrence.starts_on,
            "deadline_on": due.occurrence.deadline_on,
            "original_deadline_on": due.occurrence.deadline_on,
            "status": AssignmentStatus.NOT_STARTED,
        }
        for row in owing.values()
    ]


def _not_assigned(words: Words, due: Iterable[Due], members: Members) -> tuple[NotAssigned, ...]:
    skipped: dict[uuid.UUID, NotAssigned] = {}
    for one in due:
        for assignee in words.assignees[one.task.id]:
            reason = _agencies(assignee, members[one.day]).reason
            if reason is not None:
                found = NotAssigned(
                    one.task.ordinal,
                    one.occurrence.name,
                    assignee.source_text,
                    reason,
                    assignee.collective_id,
                )
                skipped.setdefault(assignee.id, found)
    return tuple(skipped.values())


class Named(NamedTuple):
    """Who owes by some words on a day; where nobody does, why.

    `decided_on`: not by the plan alone, but by what was decided on that day.
    """

    agency_ids: Sequence[uuid.UUID]
    reason: str | None = None
    decided_on: date | None = None


def _agencies(assignee: Assignee, membership: member_queries.Membership) -> Named:
    if assignee.is_related_only:
        return Named((), "related_only")
    if assignee.agency_id is not None:
        exists = assignee.agency_id in membership.existing
        return Named((assignee.agency_id,)) if exists else Named((), "agency_ended")
    if assignee.collective_id is None:
        return Named((), "unresolved")
    if members := membership.members[assignee.collective_id]:
        return Named(members)
    stand_ins = membership.stand_ins.get(assignee.collective_id)
    if stand_ins is not None and stand_ins.agency_ids:
        return Named(stand_ins.agency_ids, decided_on=stand_ins.decided_on)
    is_class = stand_ins is None and assignee.collective_id in membership.uncountable
    return Named((), "not_enumerable" if is_class else "no_members")


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

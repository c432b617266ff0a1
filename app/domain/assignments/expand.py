"""Expansion of a plan's words into assignments: one for each agency, task and occurrence."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.domain.acts import Act
from app.domain.assignments.deadlines import apply_task_deadlines
from app.domain.assignments.memberships import Membership, membership_on
from app.domain.assignments.successors import CurrentAgency, SuccessionLookup, lookup_of
from app.domain.handovers.settle import open_handovers, record_handover_steps, settle
from app.domain.plans.lifetimes import PlanLife, life_of_plan
from app.domain.plans.time_frames import Occurrence, TimeFrame, occurrences
from app.domain.records import Note, Subject
from app.domain.submissions.expect import expect_submissions
from app.models import (
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Plan,
    Task,
    TimeFrameKind,
)
from app.models.base import new_id
from app.queries.assignments import assignments as assignment_queries
from app.queries.assignments.expansion_rows import (
    AssigneeRow,
    ExpansionRows,
    TaskRow,
    read_expansion_rows,
)
from app.queries.bulk import insert_rows
from app.queries.handovers.carried import OpenAssignment
from app.queries.locks import lock_handovers
from app.queries.plans.plans import visible_plan_id
from app.queries.rows import grouped


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """An assignee of the plan to which no agency corresponds, from which occurrence on, and why."""

    task_ordinal: str
    occurrence: str
    source_text: str
    reason: str
    collective: str | None
    """The code of the collective that is named."""


@dataclass(frozen=True, slots=True)
class ExpansionResult:
    """The numbers of rows that an expansion added, and the words that it could not assign."""

    assignments: int
    submissions: int
    not_assigned: tuple[NotAssigned, ...]


@dataclass(frozen=True, slots=True)
class DueOccurrence:
    """A task's occurrence to be assigned, over the members of collectives on `day`."""

    task: TaskRow
    occurrence: Occurrence
    day: date

    @property
    def key(self) -> tuple[uuid.UUID, str]:
        """The task and the occurrence, as an assignment names them."""
        return self.task.id, self.occurrence.name

    def day_of(self, assignee: AssigneeRow) -> date:
        """The day whose members count for an assignee: one that an amendment names counts from its
        day on."""
        return max(self.day, assignee.named_on or self.day)

    def since(self, assignee: AssigneeRow) -> date:
        """The first day on which an amendment makes it owed; `date.min` where none does."""
        return max(self.task.in_force_on or date.min, assignee.named_on or date.min)


@dataclass(frozen=True, slots=True)
class PlanWords:
    """The occurrences of an issued plan that are due by the end of next year, the assignees of each
    task, and all rows that were read for them."""

    plan: Plan
    due: tuple[DueOccurrence, ...]
    assignees: dict[uuid.UUID, list[AssigneeRow]]
    rows: ExpansionRows

    async def as_they_are_now(self, session: AsyncSession) -> "PlanWords":
        """The same words, with the registry and the decisions read anew."""
        return replace(self, rows=await read_expansion_rows(session, visible_plan_id(self.plan)))

    def naming(self, collective_id: uuid.UUID) -> "PlanWords":
        """The part of it that names this collective."""
        return self.only(lambda row: row.collective_id == collective_id)

    def only(self, are_meant: Callable[[AssigneeRow], bool]) -> "PlanWords":
        """The part of it whose assignees are meant."""
        found = {
            task_id: [row for row in rows if are_meant(row)]
            for task_id, rows in self.assignees.items()
        }
        due = tuple(one for one in self.due if found[one.task.id])
        return PlanWords(self.plan, due, found, self.rows)


class ExpansionRegistry:
    """The members of the plan's collectives by day, and the successors of its agencies."""

    def __init__(self, rows: ExpansionRows) -> None:
        self.successors = lookup_of(rows)
        self.codes = {row.id: row.code for row in rows.collectives}
        self._rows = rows
        self._memberships: dict[date, Membership] = {}

    def membership(self, day: date) -> Membership:
        """The members on *day*."""
        if day not in self._memberships:
            self._memberships[day] = membership_on(self._rows, day)
        return self._memberships[day]

    def begun_by(self, agency_id: uuid.UUID, day: date) -> bool:
        """True if the agency exists or existed by *day*."""
        first = self.successors.agencies[agency_id].valid_from
        return first is None or first <= day


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """A row of `assignment` to be inserted, and how it came to its agency."""

    row: dict[str, Any]
    current: CurrentAgency

    def since(self, day: date | None) -> "NewAssignment":
        """The same row, owed from *day* (inclusive) on at the earliest."""
        changed_on = max(self.row["changed_on"], day or date.min)
        return NewAssignment(self.row | {"changed_on": changed_on}, self.current)


async def expand_plan(act: Act, plan: Plan) -> ExpansionResult:
    """Make every assignment of *plan* up to the end of next year that isn't made yet; safe to
    repeat.

    An occurrence is expanded over the members of its first day, or of the day of issue where that
    is later. Until that day it follows the registry; once it has begun, who joins a collective owes
    the next one. No agency owes anything before it exists. An agency is assigned once a task and
    occurrence, as lead where any lead's words name it. What is given to an agency that has ended is
    its successor's.
    """
    await lock_handovers(act.session)
    today = local_day(act.at)
    words = await read_plan_words(act.session, plan, today=today)
    owing = await assignment_queries.expanded_occurrences(act.session, plan.id)
    due = [one for one in words.due if one.day >= today or one.key not in owing]
    return await make_assignments(act, words, due, owing)


async def read_plan_words(session: AsyncSession, plan: Plan, *, today: date) -> PlanWords:
    """Read the parts of *plan* by which assignments are owed by the end of next year."""
    life = life_of_plan(plan)
    rows = await read_expansion_rows(session, visible_plan_id(plan))
    assignees = grouped(
        (task.id for task in rows.tasks), ((row.task_id, row) for row in rows.assignees)
    )
    due = tuple(
        DueOccurrence(task, occurrence, max(life.issued_on, occurrence.starts_on))
        for task in rows.tasks
        for occurrence in _owed(life, task, today.year + 1)
    )
    return PlanWords(plan, due, assignees, rows)


async def make_assignments(
    act: Act,
    words: PlanWords,
    due: Sequence[DueOccurrence],
    owing: Mapping[tuple[uuid.UUID, str], Set[uuid.UUID]],
) -> ExpansionResult:
    """Insert the *due* assignments that agencies don't owe yet, and expect their submissions."""
    session, today = act.session, local_day(act.at)
    registry = ExpansionRegistry(words.rows)
    owed = [
        new.since(registry.successors.agencies[new.current.agency_id].valid_from)
        for one in due
        for new in assignments_of_occurrence(words, one, registry)
        if new.current.agency_id not in owing.get(one.key, frozenset())
        and registry.begun_by(new.current.agency_id, today)
    ]
    await insert_rows(session, Assignment, [new.row for new in owed], or_ignore=True)
    await act.publish([_assignment_note(new.row) for new in owed])
    await _record_handovers(act, owed, registry.successors)
    await settle(act, plan_id=words.plan.id)
    submissions = await apply_task_deadlines(act, words.plan, [new.row["id"] for new in owed])
    submissions += await expect_submissions(session, words.plan, at=act.at)
    return ExpansionResult(len(owed), submissions, _not_assigned(words, due, registry))


def _assignment_note(row: Mapping[str, Any]) -> Note:
    deadline_on = row["deadline_on"]
    detail = {
        "task_id": str(row["task_id"]),
        "occurrence": row["occurrence"],
        "role": str(row["role"]),
        "deadline_on": deadline_on and deadline_on.isoformat(),
    }
    about = Subject("assignment", row["id"], row["plan_id"], row["agency_id"])
    return Note("created", about, detail)


async def not_assigned(
    session: AsyncSession, plan: Plan, *, today: date
) -> tuple[NotAssigned, ...]:
    """The assignees from which nobody has an assignment for an occurrence that ends *today* or
    later, each with its first such occurrence."""
    words = await read_plan_words(session, plan, today=today)
    due = [one for one in words.due if one.occurrence.ends_on >= today]
    return _not_assigned(words, due, ExpansionRegistry(words.rows))


def frame_of(task: Task | TaskRow) -> TimeFrame:
    """The stored meaning of a task's time frame."""
    return TimeFrame(
        task.time_frame_kind,
        task.time_frame_starts_on,
        task.time_frame_ends_on,
        task.due_month,
        task.due_day,
    )


def _owed(life: PlanLife, task: TaskRow, through_year: int) -> Iterable[Occurrence]:
    """Occurrences that began by the end of *through_year* and had not ended before the issue, or
    before the amendment that made the task what it is."""
    every = occurrences(frame_of(task), plan_starts_on=life.starts_on, plan_ends_on=life.ends_on)
    if task.time_frame_kind != TimeFrameKind.ANNUAL:
        return every
    return [
        occurrence
        for occurrence in every
        if occurrence.starts_on.year <= through_year
        and occurrence.ends_on >= max(life.issued_on, task.in_force_on or life.issued_on)
    ]


def assignments_of_occurrence(
    words: PlanWords, due: DueOccurrence, registry: ExpansionRegistry
) -> list[NewAssignment]:
    """The assignments of one occurrence: at most one for each agency, as lead where it is one."""
    # A yearly assignment is known from the year before on, and none before the plan is issued.
    issued_on = life_of_plan(words.plan).issued_on
    known_on = max(issued_on, date(due.occurrence.starts_on.year - 1, 1, 1))
    owing: dict[uuid.UUID, NewAssignment] = {}
    # Leads come first: an agency that leads a task owes it once, whatever else names it.
    leads_first = sorted(
        words.assignees[due.task.id], key=lambda row: row.role != AssigneeRole.LEAD
    )
    for assignee in leads_first:
        named, since = _agencies(assignee, due, registry), due.since(assignee)
        for current in named.current:
            row = {
                "id": new_id(),
                "plan_id": words.plan.id,
                "task_id": due.task.id,
                "agency_id": current.agency_id,
                "assignee_id": assignee.id,
                "role": assignee.role,
                "occurrence": due.occurrence.name,
                "starts_on": max(due.occurrence.starts_on, since),
                "deadline_on": due.occurrence.deadline_on,
                "original_deadline_on": due.occurrence.deadline_on,
                "status": AssignmentStatus.NOT_STARTED,
                "awaits_handover": current.awaits,
                "changed_on": max(known_on, since, named.decided_on or known_on),
            }
            owing.setdefault(current.agency_id, NewAssignment(row, current))
    return list(owing.values())


def _not_assigned(
    words: PlanWords, due: Iterable[DueOccurrence], registry: ExpansionRegistry
) -> tuple[NotAssigned, ...]:
    skipped: dict[uuid.UUID, NotAssigned] = {}
    for one in due:
        for assignee in words.assignees[one.task.id]:
            reason = _agencies(assignee, one, registry).reason
            if reason is not None:
                found = NotAssigned(
                    one.task.ordinal,
                    one.occurrence.name,
                    assignee.source_text,
                    reason,
                    registry.codes[assignee.collective_id] if assignee.collective_id else None,
                )
                skipped.setdefault(assignee.id, found)
    return tuple(skipped.values())


class NamedAgencies(NamedTuple):
    """The agencies that owe by an assignee on a day; `reason` says why there are none.

    `decided_on`: the day of the decision that gives stand-ins for a collective.
    """

    current: Sequence[CurrentAgency]
    reason: str | None = None
    decided_on: date | None = None


def _agencies(
    assignee: AssigneeRow, due: DueOccurrence, registry: ExpansionRegistry
) -> NamedAgencies:
    if assignee.is_related_only:
        return NamedAgencies((), "related_only")
    if assignee.agency_id is not None:
        day = due.day_of(assignee)
        current = registry.successors.agencies_owing(assignee.agency_id, assignee.task_id, day)
        return NamedAgencies(current) if current else NamedAgencies((), "agency_ended")
    if assignee.collective_id is None:
        return NamedAgencies((), "unresolved")
    membership = registry.membership(due.day_of(assignee))
    if members := membership.members.get(assignee.collective_id):
        return NamedAgencies([CurrentAgency(agency_id) for agency_id in members])
    stand_ins = membership.stand_ins.get(assignee.collective_id)
    if stand_ins is not None and stand_ins.agency_ids:
        agencies = [CurrentAgency(agency_id) for agency_id in stand_ins.agency_ids]
        return NamedAgencies(agencies, decided_on=stand_ins.decided_on)
    is_class = stand_ins is None and assignee.collective_id in membership.uncountable
    return NamedAgencies((), "not_enumerable" if is_class else "no_members")


async def _record_handovers(
    act: Act, owed: Sequence[NewAssignment], successors: SuccessionLookup
) -> None:
    """Record how assignments came to another agency than the plan's words name."""
    for new in owed:
        if new.current.awaits or new.current.steps:
            names = ("id", "plan_id", "task_id", "occurrence", "role", "changed_on")
            assignment = OpenAssignment(*(new.row[name] for name in names))
            await record_handover_steps(act, assignment, new.current.steps)
            if new.current.awaits:
                await open_handovers(act, successors.agencies[new.current.agency_id], [assignment])

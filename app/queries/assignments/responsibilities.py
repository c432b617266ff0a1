"""The agencies that answered for a task, each with its days and the document behind it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Amendment,
    Assignee,
    AssigneeRole,
    Assignment,
    AssignmentState,
    Handover,
    HandoverState,
    Plan,
    Succession,
    Task,
)
from app.queries.amendments.amendments import carried_out_on, every_assignee_of
from app.queries.assignments.substitutions import (
    DecidedSubstitution,
    list_substitutions,
    substitutions_in_force,
)
from app.queries.registry.agencies import AgencyLabel, labels_on


@dataclass(frozen=True, slots=True)
class ResponsibilityFilter:
    """The day, and conditions that must all hold; None narrows nothing."""

    day: date
    role: AssigneeRole | None = None
    occurrence: str | None = None


@dataclass(frozen=True, slots=True)
class AssignmentBasis:
    """The document by which an agency came to answer: the plan's, or that of a later decision."""

    kind: Literal["plan", "amendment", "substitution", "succession", "decision"]
    document: str | None
    effective_on: date | None
    scope: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Tenure:
    """One agency's time with an assignment: `until` is the first day on which it was another's.

    While it `awaits_handover` the agency has ended, and nobody is answerable yet in its place.
    """

    agency: AgencyLabel
    role: AssigneeRole
    since: date
    until: date | None
    awaits_handover: bool
    basis: AssignmentBasis | None


@dataclass(frozen=True, slots=True)
class MergedAssignment:
    """An assignment that was merged into this one, since the successor owed both."""

    assignment_id: uuid.UUID
    chain: list[Tenure]


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One assignment of the task: its agency on the day, and all agencies that it ever had."""

    assignment_id: uuid.UUID
    role: AssigneeRole
    occurrence: str
    source_text: str
    agency: AgencyLabel
    awaits_handover: bool
    merged_into_id: uuid.UUID | None
    chain: list[Tenure]
    merged: list[MergedAssignment]


@dataclass(frozen=True, slots=True)
class AgencySpan:
    """The days on which an assignment had one agency in one role; `until` is exclusive."""

    assignment_id: uuid.UUID
    agency_id: uuid.UUID
    role: AssigneeRole
    since: date
    until: date | None
    awaits_handover: bool
    is_first: bool


class AppliedAmendment(NamedTuple):
    """An amendment that was applied to the task; `is_frame_other`: it changed the time frame."""

    amendment: Amendment
    is_frame_other: bool


@dataclass(frozen=True, slots=True)
class TaskHistory:
    """The rows that explain how the assignments of a task came to their agencies."""

    plan: Plan
    words: Sequence[Assignee]
    """All assignees that the task ever had."""
    amended: Sequence[AppliedAmendment]
    handovers: dict[tuple[uuid.UUID, uuid.UUID, date], tuple[Handover, str | None]]
    """By assignment, agency that got it, and day: each with the scope of its succession."""
    substitutions: Sequence[DecidedSubstitution]

    def of(
        self,
        span: AgencySpan,
        assignment: Assignment,
        assignee: Assignee,
        related: Sequence[uuid.UUID],
    ) -> AssignmentBasis | None:
        """The basis of a span: the handover that gave the assignment, or one *related* to it, to
        the agency; else the substitution, amendment or plan that names it."""
        ways = [(row_id, span.agency_id, span.since) for row_id in (assignment.id, *related)]
        decided_by = next((self.handovers[way] for way in ways if way in self.handovers), None)
        if decided_by is not None:
            given, scope = decided_by
            kind: Literal["succession", "decision"] = (
                "succession" if given.succession_id is not None else "decision"
            )
            return AssignmentBasis(kind, given.basis, given.effective_on, scope, given.reason)
        if span.awaits_handover:
            return None
        words = self._words_of(span, assignee)
        by = self._amendment_of(span, words)
        begins = max(assignment.starts_on, self.plan.issued_on or assignment.starts_on)
        stood = substitutions_in_force(self.substitutions, begins)
        decided = stood.get(words.collective_id) if words.collective_id else None
        if (
            decided is not None
            and decided.row.decided_on <= span.since
            and (by is None or span.is_first)
        ):
            row = decided.row
            return AssignmentBasis("substitution", row.basis, row.from_day, reason=row.reason)
        if by is not None:
            return AssignmentBasis("amendment", by.basis, by.effective_on, reason=by.reason)
        return AssignmentBasis("plan", self.plan.number, self.plan.issued_on)

    def _words_of(self, span: AgencySpan, assignee: Assignee) -> Assignee:
        """The assignee by which it was owed then: an amendment may have replaced it since, for the
        same role."""
        if (assignee.named_on or date.min) <= span.since:
            return assignee
        former = [
            row
            for row in self.words
            if row.role == span.role
            and (row.named_on or date.min) <= span.since < (row.ended_on or date.max)
        ]
        own = [row for row in former if row.agency_id == span.agency_id]
        return next(iter(own or former), assignee)

    def _amendment_of(self, span: AgencySpan, words: Assignee) -> Amendment | None:
        """The amendment that names the agency, gave it another role, or made it owe this occurrence
        on the first of these days; None: the plan as it was issued."""
        on_the_day = [one for one in self.amended if one.amendment.effective_on == span.since]
        for amendment, is_frame_other in reversed(on_the_day):
            if is_frame_other or not span.is_first:
                return amendment
        if (words.named_on or date.max) > span.since:
            return None
        return next((one for one, _ in self.amended if one.id == words.amendment_id), None)


def agency_spans(states: Iterable[AssignmentState]) -> list[AgencySpan]:
    """The states of one assignment, ordered by day, joined while its agency and role stay the
    same."""
    same = attrgetter("agency_id", "role", "awaits_handover")
    runs = [list(run) for _, run in groupby(states, key=same)]
    return [
        AgencySpan(
            run[0].assignment_id,
            run[0].agency_id,
            run[0].role,
            run[0].since,
            run[-1].until,
            run[0].awaits_handover,
            is_first=number == 0,
        )
        for number, run in enumerate(runs)
    ]


def span_on(chain: Sequence[AgencySpan], day: date) -> AgencySpan:
    """The span that holds at the end of *day*; there must be one."""
    return next(span for span in reversed(chain) if span.since <= day)


async def list_responsibilities(
    session: AsyncSession,
    plan: Plan,
    task: Task,
    narrowed: ResponsibilityFilter,
    *,
    after: uuid.UUID | None,
    limit: int,
) -> list[Responsibility]:
    """The task's assignments on the day, in the order of ids; one more than *limit*."""
    rows = await _assignments(session, task, narrowed, after=after, limit=limit + 1)
    merged = await _merged(session, [row.id for row, _ in rows])
    ids = [row.id for row, _ in (*rows, *merged)]
    chains = await _chains(session, ids)
    split = [row.split_from_id for row, _ in rows if row.split_from_id is not None]
    grounds = await _grounds(session, plan, task, [*ids, *split])
    held = {row.id: span_on(chains[row.id], narrowed.day) for row, _ in rows}
    wanted = {(span.agency_id, span.since) for chain in chains.values() for span in chain}
    wanted |= {(span.agency_id, narrowed.day) for span in held.values()}
    labels = await labels_on(session, wanted)

    def described(row: Assignment, assignee: Assignee) -> list[Tenure]:
        related = [one.id for one, _ in merged if one.merged_into_id == row.id]
        if row.split_from_id is not None:
            related.append(row.split_from_id)
        return [
            Tenure(
                labels[span.agency_id, span.since],
                span.role,
                span.since,
                span.until,
                span.awaits_handover,
                grounds.of(span, row, assignee, related),
            )
            for span in chains.get(row.id, ())
        ]

    return [
        Responsibility(
            assignment_id=row.id,
            role=held[row.id].role,
            occurrence=row.occurrence,
            source_text=assignee.source_text,
            agency=labels[held[row.id].agency_id, narrowed.day],
            awaits_handover=held[row.id].awaits_handover,
            merged_into_id=row.merged_into_id,
            chain=described(row, assignee),
            merged=[
                MergedAssignment(one.id, described(one, its))
                for one, its in merged
                if one.merged_into_id == row.id
            ],
        )
        for row, assignee in rows
    ]


async def _assignments(
    session: AsyncSession,
    task: Task,
    narrowed: ResponsibilityFilter,
    *,
    after: uuid.UUID | None,
    limit: int,
) -> list[tuple[Assignment, Assignee]]:
    until = col(AssignmentState.until)
    held = select(AssignmentState.assignment_id).where(
        col(AssignmentState.assignment_id) == col(Assignment.id),
        col(AssignmentState.since) <= narrowed.day,
        sa.or_(until.is_(None), until > narrowed.day),
    )
    statement = (
        select(Assignment, Assignee)
        .join(Assignee, col(Assignee.id) == col(Assignment.assignee_id))
        .where(col(Assignment.task_id) == task.id, held.exists())
        .order_by(col(Assignment.id))
        .limit(limit)
    )
    if narrowed.role is not None:
        statement = statement.where(held.where(col(AssignmentState.role) == narrowed.role).exists())
    if narrowed.occurrence is not None:
        statement = statement.where(col(Assignment.occurrence) == narrowed.occurrence)
    if after is not None:
        statement = statement.where(col(Assignment.id) > after)
    return list(await session.exec(statement))


async def _merged(
    session: AsyncSession, ids: Sequence[uuid.UUID]
) -> list[tuple[Assignment, Assignee]]:
    rows = await session.exec(
        select(Assignment, Assignee)
        .join(Assignee, col(Assignee.id) == col(Assignment.assignee_id))
        .where(col(Assignment.merged_into_id).in_(ids))
        .order_by(col(Assignment.id))
    )
    return list(rows)


async def _chains(
    session: AsyncSession, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[AgencySpan]]:
    states = await session.exec(
        select(AssignmentState)
        .where(col(AssignmentState.assignment_id).in_(ids))
        .order_by(col(AssignmentState.assignment_id), col(AssignmentState.since))
    )
    return {key: agency_spans(own) for key, own in groupby(states, key=attrgetter("assignment_id"))}


def _frame(words: Mapping[str, Any] | None) -> Any:
    return words and words["time_frame"]


async def _grounds(
    session: AsyncSession, plan: Plan, task: Task, ids: Sequence[uuid.UUID]
) -> TaskHistory:
    found = await session.exec(
        select(Handover, Succession.scope)
        .outerjoin(
            Succession,
            sa.and_(
                col(Succession.predecessor_id) == col(Handover.from_agency_id),
                col(Succession.successor_id) == col(Handover.to_agency_id),
                col(Succession.effective_on) == col(Handover.effective_on),
                col(Succession.corrected_at).is_(None),
            ),
        )
        .where(col(Handover.assignment_id).in_(ids), col(Handover.state) == HandoverState.DECIDED)
        .order_by(col(Handover.id))
    )
    return TaskHistory(
        plan,
        (await every_assignee_of(session, [task.id]))[task.id],
        [
            AppliedAmendment(amendment, _frame(item.before) != _frame(item.after))
            for amendment, item in await carried_out_on(session, task.id)
        ],
        {
            (row.assignment_id, row.to_agency_id, row.effective_on): (row, scope)
            for row, scope in found
            if row.assignment_id is not None and row.to_agency_id is not None
        },
        await list_substitutions(session, plan.id),
    )

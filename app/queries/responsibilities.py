"""Who answered for a task, from which day to which, and by which document."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Literal

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Assignee,
    AssigneeRole,
    Assignment,
    AssignmentState,
    Plan,
    Succession,
    Task,
)
from app.queries.agencies import AgencyLabel, labels_on


@dataclass(frozen=True, slots=True)
class Narrowed:
    """As of which day, and which assignments of the task; all given ones must hold."""

    day: date
    role: AssigneeRole | None = None
    occurrence: str | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """By what an agency came to answer: the plan that names it, or what was decided later."""

    kind: Literal["plan", "succession"]
    document: str | None
    effective_on: date | None
    scope: str | None


@dataclass(frozen=True, slots=True)
class Holding:
    """One agency's time with an assignment: `until` is the first day on which it was another's."""

    agency: AgencyLabel
    since: date
    until: date | None
    basis: Basis | None


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One assignment of the task: who answers for it on the day, and all who ever did."""

    assignment_id: uuid.UUID
    role: AssigneeRole
    occurrence: str
    source_text: str
    agency: AgencyLabel
    chain: list[Holding]


@dataclass(frozen=True, slots=True)
class Span:
    """A row of the chain before it is named."""

    agency_id: uuid.UUID
    since: date
    until: date | None


def spans(states: Iterable[AssignmentState]) -> list[Span]:
    """The states of one assignment, in order of days, joined where its agency stayed the same."""
    runs = [list(run) for _, run in groupby(states, key=attrgetter("agency_id"))]
    return [Span(run[0].agency_id, run[0].since, run[-1].until) for run in runs]


def held_on(chain: Sequence[Span], day: date) -> Span:
    """Who answered at the end of *day*; there must have been somebody."""
    return next(span for span in reversed(chain) if span.since <= day)


async def list_responsibilities(
    session: AsyncSession,
    plan: Plan,
    task: Task,
    narrowed: Narrowed,
    *,
    after: uuid.UUID | None,
    limit: int,
) -> list[Responsibility]:
    """The assignments that the task had by the day, as they were made; one more than *limit*."""
    rows = await _assignments(session, task, narrowed, after=after, limit=limit + 1)
    states = await session.exec(
        select(AssignmentState)
        .where(col(AssignmentState.assignment_id).in_([row.id for row, _ in rows]))
        .order_by(col(AssignmentState.assignment_id), col(AssignmentState.since))
    )
    chains = {key: spans(own) for key, own in groupby(states, key=attrgetter("assignment_id"))}
    successions = await _successions(session, chains.values())
    wanted = {(span.agency_id, span.since) for chain in chains.values() for span in chain}
    wanted |= {(held_on(chain, narrowed.day).agency_id, narrowed.day) for chain in chains.values()}
    labels = await labels_on(session, wanted)
    by_plan = Basis("plan", plan.number, plan.issued_on, None)

    def described(chain: Sequence[Span]) -> list[Holding]:
        bases = [by_plan, *(_basis(successions, *pair) for pair in pairwise(chain))]
        return [
            Holding(labels[span.agency_id, span.since], span.since, span.until, basis)
            for span, basis in zip(chain, bases, strict=True)
        ]

    return [
        Responsibility(
            assignment_id=row.id,
            role=row.role,
            occurrence=row.occurrence,
            source_text=source_text,
            agency=labels[held_on(chains[row.id], narrowed.day).agency_id, narrowed.day],
            chain=described(chains[row.id]),
        )
        for row, source_text in rows
    ]


async def _assignments(
    session: AsyncSession, task: Task, narrowed: Narrowed, *, after: uuid.UUID | None, limit: int
) -> list[tuple[Assignment, str]]:
    made = select(AssignmentState.assignment_id).where(
        col(AssignmentState.assignment_id) == col(Assignment.id),
        col(AssignmentState.since) <= narrowed.day,
    )
    statement = (
        select(Assignment, Assignee.source_text)
        .join(Assignee, col(Assignee.id) == col(Assignment.assignee_id))
        .where(col(Assignment.task_id) == task.id, made.exists())
        .order_by(col(Assignment.id))
        .limit(limit)
    )
    if narrowed.role is not None:
        statement = statement.where(col(Assignment.role) == narrowed.role)
    if narrowed.occurrence is not None:
        statement = statement.where(col(Assignment.occurrence) == narrowed.occurrence)
    if after is not None:
        statement = statement.where(col(Assignment.id) > after)
    return list(await session.exec(statement))


async def _successions(
    session: AsyncSession, chains: Iterable[Sequence[Span]]
) -> dict[tuple[uuid.UUID, uuid.UUID | None], list[Succession]]:
    """All between agencies of the chains, by who gave and who took, by day."""
    left = {before.agency_id for chain in chains for before, _ in pairwise(chain)}
    rows = await session.exec(
        select(Succession)
        .where(col(Succession.predecessor_id).in_(left))
        .order_by(col(Succession.effective_on))
    )
    found: dict[tuple[uuid.UUID, uuid.UUID | None], list[Succession]] = {}
    for row in rows:
        found.setdefault((row.predecessor_id, row.successor_id), []).append(row)
    return found


def _basis(
    successions: dict[tuple[uuid.UUID, uuid.UUID | None], list[Succession]],
    before: Span,
    after: Span,
) -> Basis | None:
    """The succession by which it went over; None where none is on record."""
    between = successions.get((before.agency_id, after.agency_id), ())
    last = [row for row in between if row.effective_on <= after.since][-1:]
    if not last:
        return None
    return Basis("succession", last[0].basis, last[0].effective_on, last[0].scope)

"""Holding the submissions that are pushed, one or a thousand, and storing what came of them.

A push reads and writes plain rows by a few statements, whatever its number: what the session would
do for each row costs more than all that the database does.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import (
    Assignment,
    AssignmentStatus,
    Plan,
    PlanStatus,
    Submission,
    SubmissionAttempt,
    SubmissionStatus,
    Task,
)
from app.queries.submissions.requests import questions_of
from app.queries.submissions.submissions import visible_submissions


class SubmissionKey(NamedTuple):
    """The natural key of a submission, and the agency that has to report."""

    agency_id: uuid.UUID
    assignment_id: uuid.UUID
    period: str


@dataclass(slots=True)
class HeldSubmission:
    """A submission's row, as far as a push and its answer need it."""

    id: uuid.UUID
    report_request_id: uuid.UUID | None
    period: str
    data_from: date
    data_to: date
    due_on: date
    status: SubmissionStatus
    draft: dict[str, Any] | None
    drafted_by_id: uuid.UUID | None
    draft_narrative_id: uuid.UUID | None
    draft_sources: list[uuid.UUID] | None
    attempts: int
    submitted_on: date | None
    waived_reason: str | None
    updated_at: datetime


@dataclass(slots=True)
class HeldAssignment:
    """An assignment's row; all its submissions that are held at once share it."""

    id: uuid.UUID
    agency_id: uuid.UUID
    status: AssignmentStatus
    awaits_handover: bool
    reported_on: date | None
    changed_on: date


class HeldPlan(NamedTuple):
    """What a plan decides over its submissions."""

    id: uuid.UUID
    status: PlanStatus
    owner_id: uuid.UUID
    issuer_id: uuid.UUID | None
    coordinator_id: uuid.UUID | None


class HeldTask(NamedTuple):
    """What a submission says of its task."""

    ordinal: str


class HeldAttempt(NamedTuple):
    """What was filed last, by which client, for which agency."""

    number: int
    content: dict[str, Any]
    client_id: uuid.UUID
    agency_id: uuid.UUID
    narrative_id: uuid.UUID | None
    sources: Sequence[uuid.UUID] | None


@dataclass(slots=True)
class HeldCase:
    """A submission with what decides over it; `attempt` is None while nothing was filed.

    `questions` are the ids of what its report request asks; None of a regular report.
    """

    submission: HeldSubmission
    assignment: HeldAssignment
    task: HeldTask
    plan: HeldPlan
    attempt: HeldAttempt | None = None
    questions: frozenset[str] | None = None


@dataclass(slots=True)
class SubmissionChanges:
    """What pushes on one assignment come to: stored together, or not at all."""

    assignment: HeldAssignment
    submissions: dict[uuid.UUID, HeldSubmission] = field(default_factory=dict)
    is_assignment_changed: bool = False
    attempts: list[dict[str, Any]] = field(default_factory=list)
    audit_entries: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)


class AssignmentReference(NamedTuple):
    """An assignment by what a caller knows of it; None narrows nothing."""

    agency_id: uuid.UUID
    plan_id: uuid.UUID | None
    plan_number: str | None
    task_ordinal: str | None
    system: str | None
    external_id: str | None
    occurrence: str | None
    period: str


HELD = (
    (HeldSubmission, Submission),
    (HeldAssignment, Assignment),
    (HeldTask, Task),
    (HeldPlan, Plan),
)
SHAPES = [(shape, len(shape.__annotations__)) for shape, _ in HELD]


def _asked() -> sa.TableValuedAlias:
    return sa.func.unnest(
        sa.bindparam("agencies", type_=ARRAY(sa.Uuid())),
        sa.bindparam("assignments", type_=ARRAY(sa.Uuid())),
        sa.bindparam("periods", type_=ARRAY(sa.Text())),
    ).table_valued(
        sa.column("agency_id", sa.Uuid()),
        sa.column("assignment_id", sa.Uuid()),
        sa.column("period", sa.Text()),
        name="asked",
    )


@cache
def _held(lock: bool) -> sa.Select[Any]:
    asked = _asked().render_derived()
    columns = [getattr(model, name) for shape, model in HELD for name in shape.__annotations__]
    statement = (
        sa.select(*columns)
        .join_from(asked, Assignment, col(Assignment.id) == asked.c.assignment_id)
        .join(
            Submission,
            sa.and_(
                col(Submission.assignment_id) == asked.c.assignment_id,
                col(Submission.period) == asked.c.period,
            ),
        )
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .where(col(Assignment.agency_id) == asked.c.agency_id)
    )
    if not lock:
        return statement
    # Whoever holds several holds them in order of ids, and an assignment before its submissions:
    # so no two requests wait for each other.
    return statement.order_by(col(Assignment.id), col(Submission.id)).with_for_update(
        of=[Assignment, Submission], key_share=True
    )


LATEST = (
    sa.select(
        col(SubmissionAttempt.submission_id),
        col(SubmissionAttempt.number),
        col(SubmissionAttempt.content),
        col(SubmissionAttempt.client_id),
        col(SubmissionAttempt.agency_id),
        col(SubmissionAttempt.narrative_id),
        col(SubmissionAttempt.sources),
    )
    .join(Submission, col(Submission.id) == col(SubmissionAttempt.submission_id))
    .where(
        col(Submission.id) == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))),
        col(SubmissionAttempt.number) == col(Submission.attempts),
    )
)


async def read_pushed_submissions(
    session: AsyncSession, keys: Collection[SubmissionKey], *, lock: bool = True
) -> dict[SubmissionKey, HeldCase]:
    """The submissions of these agencies' own; with *lock* they are held until the request ends.

    What is not there, or is not that agency's, is missing from the answer.
    """
    connection = await session.connection()
    rows = await connection.execute(_held(lock), _arguments(keys))
    found: dict[SubmissionKey, HeldCase] = {}
    assignments: dict[uuid.UUID, HeldAssignment] = {}
    plans: dict[uuid.UUID, HeldPlan] = {}
    for row in rows:
        case = HeldCase(*_parts(row))
        case.submission.id = as_plain_uuid(case.submission.id)
        # Two reports on one assignment change one row.
        case.assignment = assignments.setdefault(case.assignment.id, case.assignment)
        case.assignment.id = as_plain_uuid(case.assignment.id)
        if case.plan.id not in plans:
            plans[case.plan.id] = case.plan._replace(id=as_plain_uuid(case.plan.id))
        case.plan = plans[case.plan.id]
        found[
            SubmissionKey(case.assignment.agency_id, case.assignment.id, case.submission.period)
        ] = case
    filed = {case.submission.id: case for case in found.values() if case.submission.attempts}
    if filed:
        # A statement of its own: what was filed while we waited for the rows is seen by it alone.
        for id_, *attempt in await connection.execute(LATEST, {"ids": list(filed)}):
            filed[id_].attempt = HeldAttempt(*attempt)
    requests = {case.submission.report_request_id for case in found.values()} - {None}
    if requests:
        questions = await questions_of(session, requests)
        for case in found.values():
            case.questions = questions.get(case.submission.report_request_id)
    return found


def _parts(row: Sequence[Any]) -> list[Any]:
    parts, start = [], 0
    for shape, length in SHAPES:
        parts.append(shape(*row[start : start + length]))
        start += length
    return parts


def as_plain_uuid(given: uuid.UUID) -> uuid.UUID:
    """The same id as Python's own: that of the driver takes seven times as long to be written."""
    return uuid.UUID(int=given.int)


def _arguments(keys: Collection[SubmissionKey]) -> dict[str, list[Any]]:
    return {
        "agencies": [key.agency_id for key in keys],
        "assignments": [key.assignment_id for key in keys],
        "periods": [key.period for key in keys],
    }


async def visible_keys(
    session: AsyncSession, principal: Principal, keys: Collection[SubmissionKey]
) -> set[tuple[uuid.UUID, str]]:
    """Those of *keys*, as assignment and period, that the principal may at least read."""
    asked = _asked().render_derived()
    statement = (
        visible_submissions(principal)
        .join(
            asked,
            sa.and_(
                asked.c.assignment_id == col(Submission.assignment_id),
                asked.c.period == col(Submission.period),
            ),
        )
        .with_only_columns(col(Submission.assignment_id), col(Submission.period))
    )
    connection = await session.connection()
    rows = await connection.execute(statement, {"mine": principal.agency_id, **_arguments(keys)})
    return {(assignment_id, period) for assignment_id, period in rows}


FIND = sa.text("""
select asked.number, assignment.id
from jsonb_to_recordset(cast(:asked as jsonb)) as asked (
  number integer, agency_id uuid, plan_id uuid, plan_number text, task_ordinal text,
  system text, external_id text, occurrence text, period text
)
cross join lateral (
  select task.id as task_id, null::uuid as assignment_id
  from plan join task on task.plan_id = plan.id and task.ordinal = asked.task_ordinal
  where plan.id = asked.plan_id or plan.number = asked.plan_number
  union all
  select ref.task_id, ref.assignment_id
  from external_ref ref
  where ref.system = asked.system and ref.external_id = asked.external_id
) named
join assignment on (assignment.task_id = named.task_id or assignment.id = named.assignment_id)
  and assignment.agency_id = asked.agency_id
  and (asked.occurrence is null or assignment.occurrence = asked.occurrence)
join submission on submission.assignment_id = assignment.id
  and submission.period = asked.period
""")


async def find_assignments(
    session: AsyncSession, references: Sequence[AssignmentReference]
) -> list[list[uuid.UUID]]:
    """For each reference the agency's assignments that fit it and owe a report for its period."""
    found: list[list[uuid.UUID]] = [[] for _ in references]
    asked = [
        {"number": number, **reference._asdict()} for number, reference in enumerate(references)
    ]
    connection = await session.connection()
    for number, assignment_id in await connection.execute(FIND, {"asked": to_json(asked).decode()}):
        found[number].append(assignment_id)
    return found


def _columns(table: str) -> str:
    """The columns that are given: not those that the database fills in by itself."""
    columns = SQLModel.metadata.tables[table].columns
    return ", ".join(c.name for c in columns if c.identity is None and c.server_default is None)


# One statement, so that a filing costs one round trip and a thousand cost no more.
STATEMENT = """
with attempts as (
  insert into submission_attempt ({attempt}) select {attempt}
  from jsonb_populate_recordset(cast(null as submission_attempt), cast(:attempts as jsonb))
), entries as (
  insert into audit_entry ({entry}) select {entry}
  from jsonb_populate_recordset(cast(null as audit_entry), cast(:audit_entries as jsonb))
), events as (
  insert into event ({event}) select {event}
  from jsonb_populate_recordset(cast(null as event), cast(:events as jsonb))
), assignments as (
  update assignment set status = new.status, reported_on = new.reported_on,
    changed_on = new.changed_on, updated_at = new.updated_at
  from jsonb_populate_recordset(cast(null as assignment), cast(:assignments as jsonb)) new
  where new.id = assignment.id
)
update submission set status = new.status, draft = new.draft,
  drafted_by_id = new.drafted_by_id, draft_narrative_id = new.draft_narrative_id,
  draft_sources = new.draft_sources, attempts = new.attempts,
  submitted_on = new.submitted_on, updated_at = new.updated_at
from jsonb_populate_recordset(cast(null as submission), cast(:submissions as jsonb)) new
where new.id = submission.id
"""
STORE = sa.text(
    STATEMENT.format(
        attempt=_columns("submission_attempt"),
        entry=_columns("audit_entry"),
        event=_columns("event"),
    )
)


async def store_changes(
    session: AsyncSession, changes: Iterable[SubmissionChanges], *, at: datetime
) -> None:
    """Write all of *changes* with their audit entries and events."""
    changes = list(changes)
    rows: dict[str, list[Any]] = {
        "attempts": [row for one in changes for row in one.attempts],
        "audit_entries": [row for one in changes for row in one.audit_entries],
        "events": [row for one in changes for row in one.events],
        "assignments": [
            {
                "id": one.assignment.id,
                "status": one.assignment.status,
                "reported_on": one.assignment.reported_on,
                "changed_on": one.assignment.changed_on,
                "updated_at": at,
            }
            for one in changes
            if one.is_assignment_changed
        ],
        "submissions": [
            {
                "id": row.id,
                "status": row.status,
                "draft": row.draft,
                "drafted_by_id": row.drafted_by_id,
                "draft_narrative_id": row.draft_narrative_id,
                "draft_sources": row.draft_sources,
                "attempts": row.attempts,
                "submitted_on": row.submitted_on,
                "updated_at": row.updated_at,
            }
            for one in changes
            for row in one.submissions.values()
        ],
    }
    connection = await session.connection()
    await connection.execute(STORE, {name: to_json(given).decode() for name, given in rows.items()})

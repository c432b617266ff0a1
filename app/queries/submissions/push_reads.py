"""Reading and locking the submissions that are pushed, one or a thousand, by a few statements."""

import uuid
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import Assignment, Plan, Submission, SubmissionAttempt, Task
from app.queries.submissions.pushed_rows import (
    AssignmentReference,
    HeldAssignment,
    HeldAttempt,
    HeldCase,
    HeldPlan,
    HeldSubmission,
    HeldTask,
    SubmissionKey,
)
from app.queries.submissions.requests import questions_of
from app.queries.submissions.submissions import visible_submissions

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
    # Rows are locked in order of ids, and an assignment before its submissions, so that no two
    # requests wait for each other.
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
    """The submissions with these keys, of the agency that the key names; *lock*: until the
    transaction ends.

    A key without such a submission is missing from the answer.
    """
    connection = await session.connection()
    rows = await connection.execute(_held(lock), _arguments(keys))
    found: dict[SubmissionKey, HeldCase] = {}
    assignments: dict[uuid.UUID, HeldAssignment] = {}
    plans: dict[uuid.UUID, HeldPlan] = {}
    for row in rows:
        case = HeldCase(*_parts(row))
        case.submission.id = as_plain_uuid(case.submission.id)
        # Two submissions of one assignment change one row.
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
        # A statement of its own, since only it sees what was filed while we waited for the locks.
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
    """The same id as Python's own type: the driver's takes seven times as long to be written."""
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
    """The assignment and period of those *keys* that the principal may at least read."""
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
    """For each reference, its agency's assignments that fit and have a submission of its period."""
    found: list[list[uuid.UUID]] = [[] for _ in references]
    asked = [
        {"number": number, **reference._asdict()} for number, reference in enumerate(references)
    ]
    connection = await session.connection()
    for number, assignment_id in await connection.execute(FIND, {"asked": to_json(asked).decode()}):
        found[number].append(assignment_id)
    return found

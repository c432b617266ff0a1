"""The submissions that belong to an agency report."""

import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    AgencyReportPart,
    AssigneeRole,
    Assignment,
    Outcome,
    Submission,
    SubmissionAttempt,
    SubmissionStatus,
    Task,
)
from app.queries.submissions.case_rows import SubmissionKey
from app.reading import Sql, fetch


class PartRow(NamedTuple):
    """A submission of an agency report, with the words of its latest attempt in short.

    `is_part`: its latest attempt was filed with the report's latest.
    """

    id: uuid.UUID
    assignment_id: uuid.UUID
    task_ordinal: str
    task_title: str
    role: AssigneeRole
    occurrence: str
    status: SubmissionStatus
    attempts: int
    outcome: Outcome | None
    percent: int | None
    is_part: bool


class FiledPart(NamedTuple):
    """An attempt at a submission that was filed with an agency report, with its task and words."""

    assignment_id: uuid.UUID
    task_ordinal: str
    task_title: str
    role: AssigneeRole
    content: dict[str, Any]


class PartAttempt(NamedTuple):
    """The attempt at a submission that was filed with an agency report."""

    submission_id: uuid.UUID
    number: int


# A filed submission stays that of the agency which filed it, whoever has the assignment since.
OWNER = """case when submission.status in ('submitted', 'accepted') then attempt.agency_id
    else assignment.agency_id end"""
"""SQL of the agency in whose report a submission belongs, beside its latest `attempt`."""
PARTS = sa.text(f"""
with drafted as materialized (
  select submission_id from drafts_of(array[cast(:mine as uuid)])
)
select submission.id, submission.assignment_id, task.ordinal, task.title, assignment.role,
  assignment.occurrence,
  case when submission.status = 'expected' and submission.id in (select submission_id from drafted)
    then 'draft' else submission.status end,
  submission.attempts, attempt.content ->> 'outcome',
  cast(attempt.content ->> 'percent' as integer),
  exists (select from agency_report_part part
    join agency_report_attempt filed on filed.id = part.agency_report_attempt_id
    where filed.agency_report_id = :report and filed.number = :number
      and part.submission_attempt_id = attempt.id)
from submission
join assignment on assignment.id = submission.assignment_id
join task on task.id = assignment.task_id
left join submission_attempt attempt
  on attempt.submission_id = submission.id and attempt.number = submission.attempts
where assignment.plan_id = :plan and submission.period = :period
  and ({OWNER} = :agency and submission.status <> 'waived'
    or exists (select from agency_report_part part
      join agency_report_attempt filed on filed.id = part.agency_report_attempt_id
      join submission_attempt own on own.id = part.submission_attempt_id
      where filed.agency_report_id = :report and own.submission_id = submission.id))
order by task.position, assignment.occurrence, submission.id
""")
KEYS = sa.text(f"""
select assignment.agency_id, submission.assignment_id, submission.period
from submission join assignment on assignment.id = submission.assignment_id
left join submission_attempt attempt
  on attempt.submission_id = submission.id and attempt.number = submission.attempts
where assignment.plan_id = :plan and assignment.agency_id = :agency and {OWNER} = :agency
  and submission.period = :period and submission.status <> 'waived'
""")


async def parts_of(
    sql: Sql,
    plan_id: uuid.UUID,
    agency_id: uuid.UUID,
    period: str,
    *,
    report_id: uuid.UUID | None,
    number: int,
    mine: uuid.UUID,
) -> list[PartRow]:
    """The submissions that the agency's report of the period consists of, in the plan's order.

    *report_id* and *number* name its latest attempt. Drafts are shown to the caller's agency,
    *mine*, alone.
    """
    given = {
        "plan": plan_id,
        "agency": agency_id,
        "period": period,
        "report": report_id,
        "number": number,
        "mine": mine,
    }
    return [_part(row) for row in await fetch(sql, PARTS, given)]


def _part(row: tuple[object, ...]) -> PartRow:
    part = PartRow(*row)  # type: ignore[arg-type] # columns of a text have no types
    return part._replace(
        status=SubmissionStatus(part.status),
        role=AssigneeRole(part.role),
        outcome=None if part.outcome is None else Outcome(part.outcome),
    )


async def keys_of(
    sql: Sql, plan_id: uuid.UUID, agency_id: uuid.UUID, period: str
) -> list[SubmissionKey]:
    """The keys of the submissions that the agency owes in the plan for the period."""
    given = {"plan": plan_id, "agency": agency_id, "period": period}
    return [SubmissionKey(*row) for row in await fetch(sql, KEYS, given)]


async def latest_attempt_ids(
    session: AsyncSession, submission_ids: Collection[uuid.UUID]
) -> list[uuid.UUID]:
    """The ids of the latest attempts at these submissions."""
    if not submission_ids:
        return []
    latest = (
        select(
            col(SubmissionAttempt.submission_id),
            sa.func.max(SubmissionAttempt.number).label("number"),
        )
        .where(col(SubmissionAttempt.submission_id).in_(submission_ids))
        .group_by(col(SubmissionAttempt.submission_id))
        .subquery()
    )
    rows = await session.exec(
        select(SubmissionAttempt.id).join(
            latest,
            sa.and_(
                latest.c.submission_id == col(SubmissionAttempt.submission_id),
                latest.c.number == col(SubmissionAttempt.number),
            ),
        )
    )
    return list(rows)


async def part_attempts(session: AsyncSession, attempt_id: uuid.UUID) -> list[PartAttempt]:
    """The attempts at submissions that were filed with this attempt at an agency report."""
    rows = await session.exec(
        select(SubmissionAttempt.submission_id, SubmissionAttempt.number)
        .join(
            AgencyReportPart,
            col(AgencyReportPart.submission_attempt_id) == col(SubmissionAttempt.id),
        )
        .where(col(AgencyReportPart.agency_report_attempt_id) == attempt_id)
        .order_by(col(SubmissionAttempt.submission_id))
    )
    return [PartAttempt(*row) for row in rows]


async def filed_parts(session: AsyncSession, attempt_id: uuid.UUID) -> list[FiledPart]:
    """The parts that were filed with this attempt at an agency report, in the plan's order."""
    statement: Any = (
        sa.select(
            col(Assignment.id),
            col(Task.ordinal),
            col(Task.title),
            col(Assignment.role),
            col(SubmissionAttempt.content),
        )
        .select_from(SubmissionAttempt)
        .join(Submission, col(Submission.id) == col(SubmissionAttempt.submission_id))
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .join(
            AgencyReportPart,
            col(AgencyReportPart.submission_attempt_id) == col(SubmissionAttempt.id),
        )
        .where(col(AgencyReportPart.agency_report_attempt_id) == attempt_id)
        .order_by(col(Task.position), col(Assignment.occurrence), col(SubmissionAttempt.id))
    )
    return [FiledPart(*row) for row in await session.exec(statement)]

"""Reading the reports that coordinating agencies of a task filed, for the report of its lead."""

import uuid
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import (
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Decision,
    Plan,
    Submission,
    SubmissionAttempt,
    SubmissionReview,
    SubmissionStatus,
)
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.submissions.case_rows import HeldCase
from app.queries.submissions.submissions import SubmissionCase, has_part_in_assignment

CONTRIBUTIONS = Listing(
    conditions={
        "task": "assignment.task_id = :task",
        "occurrence": "assignment.occurrence = :occurrence",
        "is_filed": "coalesce(submission.status in ('submitted', 'accepted'), false) = :is_filed",
    },
    orders={"id": (SortPart("assignment.id", "uuid"),)},
)
LATEST = (
    select(sa.func.max(SubmissionAttempt.number))
    .outerjoin(SubmissionReview, col(SubmissionReview.attempt_id) == col(SubmissionAttempt.id))
    .where(
        col(SubmissionAttempt.submission_id) == col(Submission.id),
        col(SubmissionReview.decision).is_distinct_from(Decision.WITHDRAWN),
    )
    .correlate(Submission)
    .scalar_subquery()
)
# The accepted attempt stands, though an update of it was sent back.
STANDING = sa.case(
    (col(Submission.status) == SubmissionStatus.ACCEPTED, col(Submission.accepted_attempt)),
    else_=LATEST,
)
GONE = (AssignmentStatus.MERGED, AssignmentStatus.SPLIT, AssignmentStatus.REVOKED)


class Contribution(NamedTuple):
    """One coordinating agency's assignment, its submission of the period if it owes one, and the
    latest attempt that was not withdrawn, with the decision on it."""

    assignment: Assignment
    submission: Submission | None
    attempt: SubmissionAttempt | None
    review: SubmissionReview | None


async def page_of_contributions(
    session: AsyncSession, principal: Principal, case: SubmissionCase, asked: PageRequest
) -> FoundPage[Contribution]:
    """The contributions to a lead's report that the principal may read, and where it goes on."""
    asked = asked.within(task=case.task.id, occurrence=case.assignment.occurrence)
    return await read_page(
        session,
        _contributions(principal),
        CONTRIBUTIONS,
        asked,
        Contribution,
        mine=principal.agency_id,
        period=case.submission.period,
    )


async def filed_for(
    session: AsyncSession,
    principal: Principal,
    case: SubmissionCase | HeldCase,
    *,
    submission_ids: Collection[uuid.UUID] | None,
) -> list[Contribution]:
    """The contributions that were filed and not withdrawn, of these submissions or of all."""
    lead = await session.get_one(Assignment, case.assignment.id)
    statement = (
        _contributions(principal)
        .where(
            col(Assignment.task_id) == lead.task_id,
            col(Assignment.occurrence) == lead.occurrence,
            col(SubmissionAttempt.id).is_not(None),
        )
        .order_by(col(Assignment.id))
    )
    if submission_ids is not None:
        statement = statement.where(col(Submission.id).in_(submission_ids))
    period = case.submission.period
    rows = await session.exec(statement, params={"mine": principal.agency_id, "period": period})
    return [Contribution(*row) for row in rows]


def _contributions(principal: Principal) -> Any:
    """The statement of the contributions; an assignment that was merged or called off contributes
    its filed attempt, and owes nothing more."""
    mine = sa.bindparam("mine", type_=sa.Uuid())
    statement = (
        select(Assignment, Submission, SubmissionAttempt, SubmissionReview)
        .join(Plan, col(Plan.id) == col(Assignment.plan_id))
        .outerjoin(
            Submission,
            sa.and_(
                col(Submission.assignment_id) == col(Assignment.id),
                col(Submission.period) == sa.bindparam("period", type_=sa.Text()),
            ),
        )
        .outerjoin(
            SubmissionAttempt,
            sa.and_(
                col(SubmissionAttempt.submission_id) == col(Submission.id),
                col(SubmissionAttempt.number) == STANDING,
            ),
        )
        .outerjoin(SubmissionReview, col(SubmissionReview.attempt_id) == col(SubmissionAttempt.id))
        .where(
            col(Assignment.role) == AssigneeRole.COORDINATING,
            sa.or_(col(Assignment.status).not_in(GONE), col(SubmissionAttempt.id).is_not(None)),
        )
    )
    return (
        statement
        if principal.reads_all_submissions
        else statement.where(has_part_in_assignment(mine))
    )

"""Reading which submissions share a narrative, and which attempts a text was taken from."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import Assignment, Submission, SubmissionAttempt, SubmissionStatus
from app.queries.submissions.submissions import visible_submissions


class NarrativeUse(NamedTuple):
    """A submission for which a narrative was written."""

    id: uuid.UUID
    status: SubmissionStatus


class AttemptSource(NamedTuple):
    """An attempt whose text was taken into another report."""

    submission_id: uuid.UUID
    number: int
    agency_id: uuid.UUID


async def uses_of(
    session: AsyncSession, principal: Principal, narrative_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[NarrativeUse]]:
    """The submissions of each narrative that the principal may read; drafts are their agency's
    alone."""
    found: dict[uuid.UUID, list[NarrativeUse]] = defaultdict(list)
    if not narrative_ids:
        return found
    filed = sa.select(col(SubmissionAttempt.narrative_id), col(SubmissionAttempt.submission_id))
    drafted = (
        sa.select(col(Submission.draft_narrative_id), col(Submission.id))
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .where(col(Assignment.agency_id) == principal.agency_id)
        .where(col(Submission.draft_narrative_id).in_(narrative_ids))
    )
    uses = sa.union(
        filed.where(col(SubmissionAttempt.narrative_id).in_(narrative_ids)), drafted
    ).subquery("uses")
    statement: Any = (
        visible_submissions(principal)
        .join(uses, uses.c.submission_id == col(Submission.id))
        .with_only_columns(uses.c.narrative_id, col(Submission.id), col(Submission.status))
        .order_by(col(Submission.id))
    )
    rows = await session.exec(statement, params={"mine": principal.agency_id})
    for narrative_id, submission_id, status in rows:
        found[narrative_id].append(NarrativeUse(submission_id, status))
    return found


async def sources_of(
    session: AsyncSession, attempt_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, AttemptSource]:
    """The submission, number and agency of each of these attempts."""
    if not attempt_ids:
        return {}
    rows = await session.exec(
        select(
            SubmissionAttempt.id,
            SubmissionAttempt.submission_id,
            SubmissionAttempt.number,
            SubmissionAttempt.agency_id,
        ).where(col(SubmissionAttempt.id).in_(attempt_ids))
    )
    return {row[0]: AttemptSource(*row[1:]) for row in rows}

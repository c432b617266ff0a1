"""Drafts as tests write and read them: past row security, which lets an agency read its own."""

from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import utc_now
from app.models import Assignment, Submission, SubmissionDraft
from app.queries.row_security import reach_all


async def write_draft(
    session: AsyncSession,
    submission: Submission,
    content: dict[str, Any],
    drafted_by_id: UUID | None = None,
) -> None:
    """Store the draft of the agency of the submission's assignment, or of the one before it."""
    assignment = await session.get_one(Assignment, submission.assignment_id)
    async with reach_all(session):
        session.add(
            SubmissionDraft(
                submission_id=submission.id,
                agency_id=assignment.agency_id,
                content=content,
                drafted_by_id=drafted_by_id or assignment.agency_id,
                updated_at=utc_now(),
            )
        )
        await session.flush()


async def draft_of(session: AsyncSession, submission_id: UUID) -> SubmissionDraft | None:
    """The draft of a submission as it is now, whoever writes it."""
    wanted = select(SubmissionDraft).where(SubmissionDraft.submission_id == submission_id)
    async with reach_all(session):
        rows = await session.exec(wanted.execution_options(populate_existing=True))
        return rows.one_or_none()

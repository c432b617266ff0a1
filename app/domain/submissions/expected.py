"""Rows of expected submissions, whatever asks for them: a regime, a request, more time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day
from app.domain.records import Note, Subject, publish_all
from app.models import Submission, SubmissionStatus
from app.models.base import new_id
from app.queries.bulk import insert_rows

UNTRACKED = "Kỳ báo cáo trước ngày bắt đầu theo dõi."
"""The reason with which submissions are waived that were due before their plan was followed up;
they may be entered all the same."""


class ExpectedSubmission(NamedTuple):
    """A submission that an agency comes to owe; its days are all inclusive.

    One that is untracked is waived from its first day on.
    """

    assignment_id: UUID
    agency_id: UUID
    period: str
    data_from: date
    data_to: date
    due_on: date
    report_request_id: UUID | None = None
    is_untracked: bool = False


async def insert_expected(
    session: AsyncSession, plan_id: UUID, expected: Sequence[ExpectedSubmission], *, at: datetime
) -> None:
    """Insert submissions that are expected from today on, and publish an event of each; those that
    are untracked have none.

    A submission of the same assignment and period that is there already stays as it is.
    """
    ids = [new_id() for _ in expected]
    rows = [
        {
            "id": row_id,
            "assignment_id": one.assignment_id,
            "report_request_id": one.report_request_id,
            "period": one.period,
            "data_from": one.data_from,
            "data_to": one.data_to,
            "due_on": one.due_on,
            "expected_on": one.data_from if one.is_untracked else local_day(at),
            "status": SubmissionStatus.WAIVED if one.is_untracked else SubmissionStatus.EXPECTED,
            "waived_reason": UNTRACKED if one.is_untracked else None,
            "waived_on": one.data_from if one.is_untracked else None,
        }
        for row_id, one in zip(ids, expected, strict=True)
    ]
    await insert_rows(session, Submission, rows, or_ignore=True)
    notes = [
        Note(
            "expected",
            Subject("submission", row_id, plan_id, one.agency_id),
            {
                "assignment_id": str(one.assignment_id),
                "period": one.period,
                "due_on": one.due_on.isoformat(),
            },
        )
        for row_id, one in zip(ids, expected, strict=True)
        if not one.is_untracked
    ]
    await publish_all(session, notes, at=at)

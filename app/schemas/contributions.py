import uuid
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.models import SubmissionStatus
from app.schemas.common import Body, Out
from app.schemas.filters import Filters
from app.schemas.plans import AgencyLabelOut
from app.schemas.submissions import AttemptOut


class ContributionOut(Out):
    """A coordinating agency's last attempt that it did not withdraw, or that it has filed nothing.

    `status` is null where it owes no report for the period; what is being written is `expected`.
    """

    assignment_id: uuid.UUID
    submission_id: uuid.UUID | None
    agency: AgencyLabelOut
    status: SubmissionStatus | None
    is_filed: bool = Field(description="Nộp rồi và không bị trả lại / filed, and not sent back")
    attempt: AttemptOut | None
    is_taken: bool = Field(description="Đã đưa vào báo cáo / taken into the lead's report")


class TakeBody(Body):
    """The agencies whose texts the lead takes into its own."""

    from_: list[uuid.UUID] | None = Field(
        default=None,
        alias="from",
        min_length=1,
        max_length=200,
        description="Báo cáo của họ; bỏ trống là mọi báo cáo đã nộp / all filed ones if absent",
    )


class ContributionFilters(Filters):
    """The parameters that narrow the list of contributions."""

    is_filed: Annotated[bool | None, Query(description="Đã nộp hay chưa / filed, or not yet")] = (
        None
    )

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import Grade
from app.schemas.assignments import PlanLabelOut
from app.schemas.common import Body, Out, Reason, Ref, UpdatedSince
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut
from app.schemas.reporting_statistics import ReportingOut
from app.schemas.statistics import StatisticsOut
from app.schemas.verdicts import ManyOut, VerdictOut

YEAR = "Năm được đánh giá / the year that is rated"


class RatingBody(Body):
    """A rating of an agency's year; to correct one, or before the year is over, with a reason."""

    grade: Grade = Field(
        examples=["good"],
        description=(
            "Xuất sắc, tốt, hoàn thành, không hoàn thành / excellent, good, completed, not"
            " completed"
        ),
    )
    remark: Reason = Field(examples=["Báo cáo đầy đủ, đúng hạn; còn một nhiệm vụ chậm."])
    reason: Reason | None = Field(
        default=None,
        examples=["Cơ quan kết thúc hoạt động trong năm."],
        description=(
            "Bắt buộc khi đính chính, hoặc khi năm chưa kết thúc / required where one is corrected,"
            " or before the year is over"
        ),
    )


class RatingRowBody(RatingBody):
    """One of many ratings; to correct one that stands, its `version` that was read."""

    agency: Ref = Field(examples=["SCT"])
    year: Annotated[int, Field(ge=2000, le=2100, examples=[2026], description=YEAR)]
    version: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="Bản đã đọc, khi đính chính / the version read, to correct it"
    )


class RatingsBody(Body):
    """The ratings that are given in one request."""

    items: list[RatingRowBody] = Field(
        min_length=1,
        max_length=1_000,
        examples=[
            [
                {
                    "agency": "SCT",
                    "year": 2026,
                    "grade": "good",
                    "remark": "Đạt.",
                    "reason": "Sơ kết.",
                }
            ]
        ],
    )


class RatingVerdictOut(VerdictOut):
    """The verdict on one rating."""

    status: Literal["given", "corrected", "unchanged", "rejected"]
    rating_id: uuid.UUID | None
    version: int | None


class RatingCountsOut(Out):
    """The number of rows by verdict."""

    given: int
    corrected: int
    unchanged: int
    rejected: int


class RatingsGivenOut(ManyOut):
    """The verdicts on many ratings, in the order sent."""

    counts: RatingCountsOut
    items: list[RatingVerdictOut]


class RatingVersionOut(Out):
    """One judgment; `reason` is why it corrects the one before, or came before the year's end."""

    number: int
    grade: Grade
    remark: str
    reason: str | None
    given_by: AgencyLabelOut
    given_at: datetime
    given_on: date


class RatingOut(Out):
    """The coordinator's rating of an agency's work in a plan in a year, as it stands."""

    id: uuid.UUID
    plan: PlanLabelOut
    agency: AgencyLabelOut
    year: int
    current: RatingVersionOut
    updated_at: datetime
    allowed_actions: list[str]


class RatedFiguresOut(Out):
    """The agency's figures in the plan at the end of the year, or today where it is not over.

    Counted when they are asked for; `work` is null where the agency owed nothing on that day.
    """

    as_of: date
    work: StatisticsOut | None
    reporting: ReportingOut


class RatingDetailOut(RatingOut):
    """A rating with all that was said before, the first first, and the figures beside it."""

    versions: list[RatingVersionOut]
    figures: RatedFiguresOut


class RatingFilters(Filters):
    """The parameters that narrow the list of ratings."""

    agency: Annotated[Ref | None, AGENCY] = None
    year: Annotated[int | None, Query(ge=2000, le=2100, description=YEAR)] = None
    grade: Annotated[str | None, Pattern(some_of(Grade)), SEVERAL] = None
    updated_since: UpdatedSince = None

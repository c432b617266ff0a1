import uuid
from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.http.parameters import some_of
from app.models import Grade
from app.schemas.assignments import PlanLabelOut
from app.schemas.common import Body, Out, Reason, Ref, UpdatedSince
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut
from app.schemas.reporting_statistics import ReportingOut
from app.schemas.statistics import StatisticsOut

YEAR = "Năm được đánh giá / the year that is rated"


class RatingBody(Body):
    """A rating of an agency's year; a rating that stands is corrected with a reason."""

    grade: Grade = Field(
        examples=["good"],
        description=(
            "Xuất sắc, tốt, hoàn thành, không hoàn thành / excellent, good, completed, not"
            " completed"
        ),
    )
    remark: Reason = Field(examples=["Báo cáo đầy đủ, đúng hạn; còn một nhiệm vụ chậm."])
    reason: Reason | None = Field(
        default=None, description="Bắt buộc khi đính chính / required where one is corrected"
    )


class RatingVersionOut(Out):
    """One judgment; `reason` is why it corrects the one before."""

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
    grade: Annotated[str | None, Query(pattern=some_of(Grade)), SEVERAL] = None
    updated_since: UpdatedSince = None

import uuid
from datetime import datetime
from typing import Annotated, get_args

from fastapi import Query
from pydantic import Field

from app.domain.evaluation.remarks import RemarkState
from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import RemarkNoun
from app.schemas.assignments import PlanLabelOut
from app.schemas.common import Body, Line, Out, Reason, Ref, UpdatedSince
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut


class AboutBody(Body):
    """The row that is remarked on."""

    noun: RemarkNoun
    id: uuid.UUID


class NewRemarkBody(Body):
    """A remark, and the document that it is based on, if there is one."""

    about: AboutBody = Field(
        examples=[{"noun": "plan", "id": "01900000-0000-7000-8000-000000000001"}]
    )
    text: Reason = Field(examples=["Đề nghị bổ sung số liệu về kinh phí đã sử dụng."])
    basis: Line | None = Field(default=None, examples=["15/TB-UBND ngày 10/3/2025"])


class AnswerRemarkBody(Body):
    """The answer of the agency, or of the plan's coordinator, to a remark."""

    text: Reason = Field(examples=["Đã bổ sung trong báo cáo quý III."])


class WithdrawRemarkBody(Body):
    """The reason why a remark is taken back."""

    reason: Reason = Field(examples=["Nhầm kỳ báo cáo."])


class AboutOut(Out):
    """The row that is remarked on."""

    noun: RemarkNoun
    id: uuid.UUID


class RemarkAnswerOut(Out):
    """The answer, and in whose name it was given."""

    text: str
    agency: AgencyLabelOut
    answered_at: datetime


class RemarkOut(Out):
    """A supervisor's remark on a plan, and the answer to it; it changes no submission.

    `agency` is whose matter it was, if it was one agency's.
    """

    id: uuid.UUID
    plan: PlanLabelOut
    about: AboutOut
    agency: AgencyLabelOut | None
    state: RemarkState
    text: str
    basis: str | None
    author: AgencyLabelOut
    made_at: datetime
    answer: RemarkAnswerOut | None
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    updated_at: datetime
    allowed_actions: list[str]


class RemarkFilters(Filters):
    """The parameters that narrow the list of remarks."""

    plan: uuid.UUID | None = None
    task: uuid.UUID | None = None
    assignment: uuid.UUID | None = None
    submission: Annotated[
        uuid.UUID | None, Query(description="Chỉ về báo cáo này / only about this report")
    ] = None
    agency: Annotated[Ref | None, AGENCY] = None
    author: Annotated[
        Ref | None, Query(description="Chỉ của cơ quan nhận xét này / only by this agency"), AGENCY
    ] = None
    state: Annotated[str | None, Pattern(some_of(get_args(RemarkState))), SEVERAL] = None
    updated_since: UpdatedSince = None

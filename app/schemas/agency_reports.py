import uuid
from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import Query
from pydantic import Field, model_validator

from app.errors import Text
from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.http.validation_texts import RuleError
from app.models import AssigneeRole, Outcome, SubmissionStatus
from app.schemas.common import Body, Day, Out, Prose, Reason, Ref, UpdatedSince
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut
from app.schemas.submissions import (
    MAX_QUESTIONS,
    AnswerBody,
    AnswerOut,
    Evidence,
    EvidenceOut,
    ReviewOut,
)

DOCUMENT = {"number": "412/BC-SNgV", "issued_on": "2024-12-16"}


class AssessmentBody(Body):
    """An agency's own words on a plan for a period, by heading, and the document they stand in."""

    situation: Prose = Field(default="", description="Đặc điểm tình hình / the situation")
    results: Prose = Field(
        default="",
        examples=["Đã ban hành kế hoạch năm và tổ chức 02 lớp tập huấn."],
        description="Kết quả thực hiện / what was reached",
    )
    shortcomings: Prose = Field(default="", description="Tồn tại, hạn chế / shortcomings")
    causes: Prose = Field(default="", description="Nguyên nhân / the causes of the shortcomings")
    difficulties: Prose = Field(default="", description="Khó khăn, vướng mắc / difficulties")
    proposals: Prose = Field(default="", description="Đề xuất, kiến nghị / proposals")
    next_period: Prose = Field(
        default="", description="Phương hướng, nhiệm vụ kỳ tới / what comes next"
    )
    answers: list[AnswerBody] = Field(
        default_factory=list,
        max_length=MAX_QUESTIONS,
        description="Trả lời yêu cầu báo cáo / answers to what a report request asks",
    )
    document: Evidence | None = Field(
        default=None,
        examples=[DOCUMENT],
        description=(
            "Số, ngày của văn bản báo cáo; bắt buộc khi nộp / the report's own document, without"
            " which it is not filed"
        ),
    )
    late_reason: Reason | None = Field(
        default=None, description="Lý do báo cáo chậm / why it comes after it was due"
    )
    correction_reason: Reason | None = Field(
        default=None,
        description=(
            "Lý do đính chính báo cáo đã được chấp nhận, khi kỳ báo cáo đã kết thúc / why an"
            " accepted report is corrected after its period has ended"
        ),
    )

    @model_validator(mode="after")
    def _answered_once(self) -> Self:
        asked = [answer.question for answer in self.answers]
        if len(set(asked)) < len(asked):
            raise RuleError(
                Text("Mỗi câu hỏi chỉ trả lời một lần.", "Each question is answered once.")
            )
        return self

    def content(self) -> dict[str, Any]:
        """The content as it is kept."""
        return self.model_dump(mode="json", include=set(AssessmentBody.model_fields))


class AgencyReportBody(AssessmentBody):
    """An agency's report, written by itself or entered for it."""

    received_on: Day | None = Field(
        default=None,
        description=(
            "Ngày nhận của báo cáo giấy mà cơ quan theo dõi, cơ quan ban hành nhập thay; chính cơ"
            " quan báo cáo thì bỏ trống / the day of receipt of what the coordinator or issuer"
            " enters for the agency"
        ),
    )


class AssessmentOut(Out):
    """An agency's own words on a plan for a period."""

    situation: str
    results: str
    shortcomings: str
    causes: str
    difficulties: str
    proposals: str
    next_period: str
    answers: list[AnswerOut]
    document: EvidenceOut | None
    late_reason: str | None
    correction_reason: str | None


class AgencyReportCountsOut(Out):
    """The number of an agency's submissions of the period: `filed`, accepted or not, and
    `not_filed` add up to `expected`; what was returned is not filed."""

    expected: int
    filed: int
    accepted: int
    returned: int
    not_filed: int


class AgencyReportPartOut(Out):
    """One submission of the report: on which assignment, in which state."""

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
    is_part: bool = Field(
        description="Nộp cùng lần nộp gần nhất của báo cáo / filed with the report's latest attempt"
    )


class AgencyReportRowOut(Out):
    """One agency's report on a plan for one period, as lists show it.

    `id` is null until somebody writes it or a request asks for it.
    """

    id: uuid.UUID | None
    plan_id: uuid.UUID
    agency: AgencyLabelOut
    period: str
    data_from: date
    data_to: date
    due_on: date
    report_request_id: uuid.UUID | None
    status: SubmissionStatus
    attempts: int
    accepted_attempt: int | None
    received_on: date | None
    is_late: bool | None = Field(
        description="Nhận sau hạn gửi; null khi chưa nộp / received too late; null until then"
    )
    entered_by: AgencyLabelOut | None
    waived_reason: str | None
    counts: AgencyReportCountsOut
    updated_at: datetime | None
    allowed_actions: list[str]


class AgencyReportOut(AgencyReportRowOut):
    """One agency's report on a plan for one period, with its words and its submissions.

    `content` is what was filed last; to the agency itself it is what it is writing, while
    `is_draft` is true.
    """

    is_draft: bool
    content: AssessmentOut | None
    submissions: list[AgencyReportPartOut]
    missing: list[uuid.UUID] = Field(
        description="Báo cáo của kỳ còn thiếu, theo id / the submissions that are still to be filed"
    )


class AgencyReportAttemptOut(Out):
    """One filing of an agency report: numbered, unchangeable, with what was decided on it."""

    number: int
    content: AssessmentOut
    submitted_at: datetime
    received_on: date
    agency: AgencyLabelOut
    entered_by: AgencyLabelOut | None
    review: ReviewOut | None


class AgencyReportFilters(Filters):
    """The parameters that narrow the list of a plan's agency reports."""

    agency: Annotated[Ref | None, AGENCY] = None
    period: Annotated[str | None, Query(max_length=60, pattern="^[0-9A-Za-z-]*$")] = None
    report_request: uuid.UUID | None = None
    status: Annotated[str | None, Pattern(some_of(SubmissionStatus)), SEVERAL] = None
    is_late: bool | None = None
    due_from: Day | None = None
    due_before: Day | None = None
    updated_since: UpdatedSince = None

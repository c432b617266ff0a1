import uuid
from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator

from app.errors import Text
from app.http.parameters import some_of
from app.http.validation_texts import RuleError
from app.models import Decision, Outcome, SubmissionStatus
from app.models.submission import PERIOD_FORM
from app.schemas.common import (
    CONTROLS,
    Body,
    Day,
    Line,
    Out,
    OverdueDays,
    Prose,
    Reason,
    Ref,
    UpdatedSince,
)
from app.schemas.external_refs import ExternalRefFilter, ExternalRefOut
from app.schemas.filters import AGENCY, OVERDUE_SINCE, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut, PlanNumber
from app.schemas.tasks import OrdinalFilter

MAX_QUESTIONS = 50
PERIOD = PERIOD_FORM
QuestionId = Annotated[
    str, StringConstraints(pattern="^[A-Za-z0-9_.-]{1,40}$"), Field(examples=["1"])
]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Evidence(BaseModel):
    """A document that shows the result; it stays where it is, we keep what identifies it."""

    model_config = ConfigDict(extra="forbid")

    number: Line = Field(max_length=60, examples=["215/BC-SNgV"])
    issued_on: Day = Field(examples=["2024-11-30"])
    url: Annotated[HttpUrl, Field(examples=["https://vanban.example.vn/215"])] | None = None
    sha256: Sha256 | None = None


class AnswerBody(Body):
    """The answer to one question of a report request."""

    question: QuestionId
    text: Annotated[Prose, StringConstraints(min_length=1)]


class ReportBody(Body):
    """An agency's words on one assignment for one period."""

    outcome: Outcome = Field(examples=["in_progress"])
    percent: int = Field(default=0, ge=0, le=100, examples=[40])
    results: Prose = Field(default="", examples=["Đã tổ chức 02 lớp tập huấn."])
    difficulties: Prose = ""
    proposals: Prose = ""
    not_applicable_reason: Reason | None = None
    evidence: list[Evidence] = Field(
        default_factory=list,
        max_length=50,
        examples=[[{"number": "215/BC-SNgV", "issued_on": "2024-11-30"}]],
    )
    answers: list[AnswerBody] = Field(
        default_factory=list,
        max_length=MAX_QUESTIONS,
        description="Trả lời yêu cầu báo cáo / answers to what a report request asks",
    )

    def content(self) -> dict[str, Any]:
        """The content as it is kept: `answers` stand in it only where there are some."""
        found = self.model_dump(mode="json", include=CONTENT)
        if not found["answers"]:
            del found["answers"]
        return found

    @model_validator(mode="after")
    def _answered_once(self) -> Self:
        asked = [answer.question for answer in self.answers]
        if len(set(asked)) < len(asked):
            raise RuleError(
                Text("Mỗi câu hỏi chỉ trả lời một lần.", "Each question is answered once.")
            )
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.outcome == Outcome.NOT_APPLICABLE) != (self.not_applicable_reason is not None):
            raise RuleError(
                Text(
                    "not_applicable_reason bắt buộc khi và chỉ khi outcome là not_applicable.",
                    "not_applicable_reason belongs to the outcome not_applicable, and only to it.",
                )
            )
        if self.outcome == Outcome.NOT_STARTED and self.percent > 0:
            raise RuleError(
                Text("Chưa thực hiện thì percent phải là 0.", "What is not started has percent 0.")
            )
        return self


CONTENT = set(ReportBody.model_fields)


class EvidenceOut(Out):
    """A document that shows the result, as it was named in the report."""

    number: str
    issued_on: Day
    url: str | None
    sha256: str | None


class AnswerOut(Out):
    """The answer to one question of a report request."""

    question: str
    text: str


class ReportOut(Out):
    """The content of a report."""

    outcome: Outcome
    percent: int
    results: str
    difficulties: str
    proposals: str
    not_applicable_reason: str | None
    evidence: list[EvidenceOut]
    answers: list[AnswerOut]


class ReviewOut(Out):
    """The decision on an attempt, and by whom."""

    decision: Decision
    reason: str | None
    decided_at: datetime
    decided_on: date
    agency: AgencyLabelOut


class SharedWithOut(Out):
    """Another report for which the same was written."""

    id: uuid.UUID
    status: SubmissionStatus


class SourceOut(Out):
    """An attempt of a coordinating agency whose text was taken into the report."""

    submission_id: uuid.UUID
    number: int
    agency: AgencyLabelOut


class AttemptOut(Out):
    """One filing: numbered, unchangeable, with what was decided on it."""

    number: int
    content: ReportOut
    submitted_at: datetime
    submitted_on: date
    agency: AgencyLabelOut
    shared_with: list[SharedWithOut]
    sources: list[SourceOut]
    review: ReviewOut | None


class SubmissionOut(Out):
    """One agency's report on one assignment for one period.

    `content` is what was filed last; to the agency itself it is what it is writing, while
    `is_draft` is true.
    """

    id: uuid.UUID
    assignment_id: uuid.UUID
    plan_id: uuid.UUID
    task_ordinal: str
    agency: AgencyLabelOut
    report_request_id: uuid.UUID | None = Field(
        description="Yêu cầu báo cáo mà báo cáo này trả lời / the report request that it answers"
    )
    period: str
    data_from: date
    data_to: date
    due_on: date
    status: SubmissionStatus
    attempts: int
    submitted_on: date | None
    is_late: bool | None = Field(
        description="Nộp sau hạn gửi; null khi chưa nộp / filed after the due day; null until filed"
    )
    waived_reason: str | None
    is_draft: bool
    drafted_by: AgencyLabelOut | None = Field(
        description=(
            "Ai soạn bản đang soạn, nếu nhận lại của cơ quan trước / who wrote the draft: the"
            " agency before, where the assignment was handed over; null to others"
        )
    )
    content: ReportOut | None
    shared_with: list[SharedWithOut] = Field(
        description="Cùng nội dung này, được đọc / with the same content, of what one may read"
    )
    sources: list[SourceOut]
    external_refs: list[ExternalRefOut]
    updated_at: datetime
    allowed_actions: list[str]


class SendBackBody(Body):
    """The reason, which says what is to be corrected."""

    reason: Reason = Field(examples=["Đề nghị bổ sung số liệu và văn bản chứng minh."])


class WaiveBody(Body):
    """The reason why no submission is asked for."""

    reason: Reason = Field(examples=["Cơ quan đã giải thể trước kỳ báo cáo."])


class SubmissionFilters(Filters):
    """The parameters that narrow the list of submissions."""

    plan: uuid.UUID | None = None
    plan_number: PlanNumber = None
    agency: Annotated[Ref | None, AGENCY] = None
    assignment: uuid.UUID | None = None
    task: uuid.UUID | None = None
    ordinal: OrdinalFilter = None
    period: Annotated[str | None, Query(max_length=60, pattern="^[0-9A-Za-z-]*$")] = None
    report_request: Annotated[
        uuid.UUID | None,
        Query(description="Chỉ theo yêu cầu báo cáo này / only what this report request asks for"),
    ] = None
    status: Annotated[str | None, Query(pattern=some_of(SubmissionStatus)), SEVERAL] = None
    is_late: bool | None = None
    overdue_days_from: Annotated[OverdueDays, OVERDUE_SINCE] = None
    due_from: Day | None = None
    due_before: Day | None = None
    submitted_from: Day | None = None
    submitted_before: Day | None = None
    evidence: Annotated[str | None, Query(max_length=60, pattern=CONTROLS)] = None
    external_ref: ExternalRefFilter = None
    updated_since: UpdatedSince = None

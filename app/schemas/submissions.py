import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator

from app.errors import Text
from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.http.problems import Problem
from app.http.validation_texts import RuleError
from app.models import AssignmentStatus, Decision, Outcome, SubmissionStatus
from app.models.submission import PERIOD_FORM
from app.schemas.common import (
    CONTROLS,
    Body,
    Day,
    Out,
    OverdueDays,
    Prose,
    Reason,
    Ref,
    Short,
    UpdatedSince,
    Words,
)
from app.schemas.external_refs import ExternalRefFilter, ExternalRefOut
from app.schemas.filters import AGENCY, OVERDUE_SINCE, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut, NumberOfPlans
from app.schemas.tasks import OrdinalFilter

MAX_QUESTIONS = 50
AttemptNumber = Annotated[
    int,
    Field(ge=1, le=100_000, examples=[1], description="Lần nộp đã đọc / the attempt that was read"),
]
PERIOD = PERIOD_FORM
QuestionId = Annotated[
    str, StringConstraints(pattern="^[A-Za-z0-9_.-]{1,40}$"), Field(examples=["1"])
]
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Evidence(BaseModel):
    """A document that shows the result; it stays where it is, we keep what identifies it."""

    model_config = ConfigDict(extra="forbid")

    number: Short = Field(examples=["215/BC-SNgV"])
    issued_on: Day = Field(examples=["2024-11-30"])
    url: Annotated[HttpUrl, Field(examples=["https://vanban.example.vn/215"])] | None = None
    sha256: Sha256 | None = None


class AnswerBody(Body):
    """The answer to one question of a report request."""

    question: QuestionId
    text: Words


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

    late_reason: Reason | None = Field(
        default=None,
        description="Lý do báo cáo chậm / why the report comes after it was due",
    )
    document: Evidence | None = Field(
        default=None,
        description="Số, ngày của văn bản báo cáo / the report's own document",
        examples=[{"number": "412/BC-SNgV", "issued_on": "2024-12-16"}],
    )
    correction_reason: Reason | None = Field(
        default=None,
        description=(
            "Lý do đính chính báo cáo đã được chấp nhận, khi kỳ báo cáo đã kết thúc / why an"
            " accepted report is corrected after its period has ended"
        ),
    )

    def content(self) -> dict[str, Any]:
        """The content as it is kept: what few reports have stands in it only where they have it."""
        found = self.model_dump(mode="json", include=CONTENT)
        for name in ONLY_WHERE_GIVEN:
            if not found[name]:
                del found[name]
        return found

    @model_validator(mode="after")
    def _answered_once(self) -> Self:
        if self.answers and len({one.question for one in self.answers}) < len(self.answers):
            raise RuleError(
                Text("Mỗi câu hỏi chỉ trả lời một lần.", "Each question is answered once.")
            )
        return self

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.outcome == Outcome.NOT_APPLICABLE) != (self.not_applicable_reason is not None):
            raise RuleError(
                Text(
                    "Báo cáo không áp dụng, và chỉ báo cáo ấy, phải nêu lý do không áp dụng.",
                    "not_applicable_reason belongs to the outcome not_applicable, and only to it.",
                )
            )
        if self.outcome == Outcome.NOT_STARTED and self.percent > 0:
            raise RuleError(
                Text(
                    "Chưa thực hiện thì tỷ lệ hoàn thành phải là 0.",
                    "What is not started has percent 0.",
                )
            )
        return self


CONTENT = set(ReportBody.model_fields)
SELDOM = ("late_reason", "document", "correction_reason")
"""Fields of a content that stand in it only where a report has them."""
ONLY_WHERE_GIVEN = ("answers", *SELDOM)
"""The same, and the answers to a report request, which are shown as an empty list elsewhere."""


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
    late_reason: str | None
    document: EvidenceOut | None
    correction_reason: str | None


class ReviewOut(Out):
    """The decision on an attempt, and by whom."""

    decision: Decision
    reason: str | None
    received_on: date | None = Field(
        description="Ngày nhận đã đính chính / the day of receipt as it was set right"
    )
    received_reason: str | None
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
    received_on: date = Field(
        description="Ngày cơ quan theo dõi nhận được / the day on which it was received"
    )
    agency: AgencyLabelOut
    entered_by: AgencyLabelOut | None = Field(
        description=(
            "Cơ quan nhập thay, khi báo cáo đến bằng văn bản / who entered it for its agency, where"
            " it came on paper; null: it was filed here"
        )
    )
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
    accepted_attempt: int | None = Field(
        description=(
            "Lần nộp đang được chấp nhận; bản cập nhật, đính chính sau đó chưa thay thế nó cho đến"
            " khi được chấp nhận / the attempt that stands, until a later one is accepted"
        )
    )
    received_on: date | None
    is_late: bool | None = Field(
        description="Nhận sau hạn gửi; null khi chưa nộp / received too late; null until then"
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


class ReadAttemptBody(Body):
    """The attempt that was read."""

    attempt: AttemptNumber


class AcceptBody(ReadAttemptBody):
    """The attempt that was read and is accepted, and the day of its receipt where that is to be set
    right."""

    received_on: Day | None = Field(
        default=None,
        examples=["2026-01-12"],
        description=(
            "Ngày cơ quan theo dõi thực nhận báo cáo, khi ngày đã ghi chưa đúng / the day on which"
            " it was received, where another one stands there"
        ),
    )
    received_reason: Reason | None = Field(
        default=None,
        examples=["Văn bản giấy đến văn thư ngày 12/01/2026."],
        description="Lý do đính chính ngày nhận / why the day is set right",
    )

    @model_validator(mode="after")
    def _day_has_its_reason(self) -> Self:
        if (self.received_on is None) != (self.received_reason is None):
            raise RuleError(
                Text(
                    "Đính chính ngày nhận phải nêu cả ngày và lý do.",
                    "A day of receipt is set right with the day and the reason.",
                )
            )
        return self


class AcceptOneBody(AcceptBody):
    """One of many submissions to be accepted, by the attempt that was read."""

    id: uuid.UUID = Field(examples=["0192f0c1-7b1e-7000-8000-000000000001"])


class AcceptManyBody(Body):
    """Submissions to be accepted in one request."""

    items: list[AcceptOneBody] = Field(
        min_length=1,
        max_length=1_000,
        examples=[[{"id": "0192f0c1-7b1e-7000-8000-000000000001", "attempt": 1}]],
    )


class AcceptedOut(Out):
    """The state of an accepted submission and of its assignment."""

    id: uuid.UUID
    assignment_id: uuid.UUID
    status: SubmissionStatus
    assignment_status: AssignmentStatus


class AcceptVerdictOut(Out):
    """The verdict on one submission: `result`, or `problem` where it was rejected."""

    index: int = Field(description="Thứ tự của dòng, từ 0 / the row's place, from 0")
    status: Literal["accepted", "rejected"]
    result: AcceptedOut | None
    problem: Problem | None


class AcceptCountsOut(Out):
    """The number of submissions by verdict."""

    accepted: int
    rejected: int


class AcceptManyOut(Out):
    """The verdict on every submission, in the order sent; `applied` is false for a dry run."""

    applied: bool
    counts: AcceptCountsOut
    items: list[AcceptVerdictOut]


class SendBackBody(ReadAttemptBody):
    """The attempt that was read, and the reason, which says what is to be corrected."""

    reason: Reason = Field(examples=["Đề nghị bổ sung số liệu và văn bản chứng minh."])


class WaiveBody(Body):
    """The reason why no submission is asked for."""

    reason: Reason = Field(examples=["Cơ quan đã giải thể trước kỳ báo cáo."])


class SubmissionFilters(Filters):
    """The parameters that narrow the list of submissions."""

    plan: uuid.UUID | None = None
    plan_number: NumberOfPlans = None
    agency: Annotated[Ref | None, AGENCY] = None
    assignment: uuid.UUID | None = None
    task: uuid.UUID | None = None
    ordinal: OrdinalFilter = None
    period: Annotated[str | None, Query(max_length=60, pattern="^[0-9A-Za-z-]*$")] = None
    report_request: Annotated[
        uuid.UUID | None,
        Query(description="Chỉ theo yêu cầu báo cáo này / only what this report request asks for"),
    ] = None
    status: Annotated[str | None, Pattern(some_of(SubmissionStatus)), SEVERAL] = None
    is_late: bool | None = None
    overdue_days_from: Annotated[OverdueDays, OVERDUE_SINCE] = None
    due_from: Day | None = None
    due_before: Day | None = None
    received_from: Day | None = None
    received_before: Day | None = None
    evidence: Annotated[str | None, Query(max_length=60, pattern=CONTROLS)] = None
    external_ref: ExternalRefFilter = None
    updated_since: UpdatedSince = None

import uuid
from datetime import date, datetime
from typing import Annotated, Self

from fastapi import Query
from pydantic import Field, model_validator

from app.errors import Text
from app.http.validation_texts import RuleError
from app.models import AnsweredBy, ReportRequestKind
from app.schemas.common import Body, Code, Day, Line, Out, Ref, Title, UpdatedSince
from app.schemas.filters import AGENCY, Filters
from app.schemas.plans import AgencyLabelOut, Number, PlanNumber
from app.schemas.submissions import MAX_QUESTIONS, QuestionId
from app.schemas.substitutions import CollectiveLabelOut


class QuestionBody(Body):
    """One question; answers name it by its id."""

    id: QuestionId
    text: Title


class NewReportRequestBody(Body):
    """A thematic or ad hoc report: by which document, of whom, about what, until when."""

    kind: ReportRequestKind = Field(examples=["ad_hoc"])
    title: Title = Field(examples=["Báo cáo nhanh kết quả tập huấn"])
    number: Number = Field(examples=["MAU-15/STTTT"])
    issued_on: Day = Field(examples=["2025-03-10"], description="Ngày văn bản / the document's day")
    data_from: Day = Field(examples=["2025-01-01"])
    data_to: Day = Field(examples=["2030-12-31"], description="Cả ngày này / INCLUSIVE")
    due_on: Day = Field(examples=["2099-12-31"], description="Hạn gửi / the last day to file")
    answered_by: AnsweredBy = Field(
        default=AnsweredBy.AGENCY,
        description=(
            "agency: mỗi cơ quan trả lời một lần bằng báo cáo của cơ quan, kể cả cơ quan không còn"
            " việc; assignment: trả lời theo từng việc được giao chưa xong / each agency"
            " once, by its agency report of the period, or each open assignment of it"
        ),
    )
    agencies: list[Ref] = Field(default=[], max_length=200, examples=[["SNGV"]])
    collectives: list[Code] = Field(
        default=[],
        max_length=50,
        examples=[["CO-SO-GDDT"]],
        description="Thành viên của ngày yêu cầu / those who belong to them on the day of asking",
    )
    tasks: list[Line] = Field(
        default=[],
        max_length=500,
        examples=[[]],
        description="Số thứ tự hoặc id; trống là mọi nhiệm vụ / ordinals or ids; none: all tasks",
    )
    with_coordinating: bool = Field(
        default=False,
        description="Cả việc phối hợp / of coordinating agencies too, not of leads alone",
    )
    questions: list[QuestionBody] = Field(
        default=[],
        max_length=MAX_QUESTIONS,
        examples=[[{"id": "1", "text": "Đã tổ chức bao nhiêu lớp tập huấn?"}]],
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.agencies and not self.collectives:
            raise RuleError(
                Text(
                    "Nêu ít nhất một cơ quan hoặc nhóm cơ quan.",
                    "Name at least one agency or collective.",
                )
            )
        if self.answered_by == AnsweredBy.AGENCY and (self.tasks or self.with_coordinating):
            raise RuleError(
                Text(
                    "Chỉ nêu `tasks`, `with_coordinating` khi `answered_by` là `assignment`.",
                    "tasks and with_coordinating go with answered_by assignment alone.",
                )
            )
        if self.data_from > self.data_to:
            raise RuleError(
                Text(
                    "Ngày đầu kỳ số liệu không được sau ngày cuối.",
                    "data_from must not be after data_to.",
                )
            )
        if len({question.id for question in self.questions}) < len(self.questions):
            raise RuleError(
                Text("Mỗi câu hỏi một id riêng.", "Each question has an id of its own.")
            )
        return self


class QuestionOut(Out):
    """One question of a request."""

    id: str
    text: str


class RequestCountsOut(Out):
    """`filed`, accepted or not, and `not_filed` add up to `expected`; waived ones are aside."""

    expected: int
    filed: int
    accepted: int
    not_filed: int
    waived: int


class AskedOut(Out):
    """The submissions that an agency owes for the request today, of those the caller may read."""

    agency: AgencyLabelOut
    counts: RequestCountsOut


class NotAskedOut(Out):
    """An agency or a collective that was named in vain, and why."""

    agency: AgencyLabelOut | None
    collective: CollectiveLabelOut | None
    reason: str = Field(
        description=(
            "nothing_open (không còn việc / owes nothing), agency_ended, no_members, not_enumerable"
        )
    )


class ReportRequestOut(Out):
    """A report that a document asks for; its agency reports or submissions have its `period`.

    `id` is null in a dry run alone.
    """

    id: uuid.UUID | None
    plan_id: uuid.UUID
    kind: ReportRequestKind
    answered_by: AnsweredBy
    title: str
    number: str
    issued_on: date
    period: str
    data_from: date
    data_to: date
    due_on: date
    with_coordinating: bool
    questions: list[QuestionOut]
    agency: AgencyLabelOut = Field(description="Bên yêu cầu / who asks")
    asked_on: date
    withdrawn_on: date | None
    withdrawn_reason: str | None
    counts: RequestCountsOut
    asked: list[AskedOut]
    not_asked: list[NotAskedOut]
    updated_at: datetime
    allowed_actions: list[str]


class ReportRequestFilters(Filters):
    """The parameters that narrow the list of report requests."""

    kind: Annotated[
        ReportRequestKind | None, Query(description="Chỉ loại này / only of this kind")
    ] = None
    number: Annotated[
        PlanNumber, Query(description="Chỉ theo văn bản số này / only by this document")
    ] = None
    agency: Annotated[
        Ref | None,
        Query(description="Chỉ yêu cầu cơ quan này / only what this agency is asked"),
        AGENCY,
    ] = None
    due_from: Day | None = None
    due_before: Day | None = None
    is_withdrawn: Annotated[
        bool | None, Query(description="Đã rút hay chưa / withdrawn or not")
    ] = None
    updated_since: UpdatedSince = None

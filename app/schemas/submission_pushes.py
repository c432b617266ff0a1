import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.domain.submissions.write import Effect
from app.errors import Text
from app.http.problems import Problem
from app.http.validation_texts import RuleError
from app.models import Outcome, SubmissionStatus
from app.queries.submissions.case_rows import AssignmentReference
from app.schemas.common import Body, Day, Line, Out, Ref
from app.schemas.external_refs import NewExternalRef
from app.schemas.submissions import PERIOD, Evidence, ReportBody

MAX_ROWS = 1_000
MAX_SHARED = 200
SHARED = {"outcome": "in_progress", "percent": 40, "results": "Đã tổ chức 02 lớp tập huấn."}
SAMPLE = {
    "key": "BC-2026-0117",
    "plan_number": "MAU-01/KH-MAU",
    "task_ordinal": "3.11",
    "period": "2026",
    "submit": True,
    "outcome": "in_progress",
    "percent": 40,
    "results": "Đã tổ chức 02 lớp tập huấn.",
    "evidence": [{"number": "215/BC-SNgV", "issued_on": "2026-11-16"}],
}
ENTRY = {
    "agency": "SNGV",
    "plan_number": "MAU-01/KH-MAU",
    "task_ordinal": "3.11",
    "period": "2026",
    "outcome": "in_progress",
    "percent": 40,
    "results": "Đã tổ chức 02 lớp tập huấn.",
    "document": {"number": "412/BC-SNgV", "issued_on": "2026-11-16"},
    "received_on": "2026-11-18",
}


class ReportedBody(Body):
    """The submission that is meant: an assignment of the caller's agency, and a period.

    The assignment is named by `assignment_id`, by `external_ref`, or by its plan and task.
    Without `occurrence` a yearly task's of the period's own year is meant.
    """

    assignment_id: uuid.UUID | None = None
    plan_id: uuid.UUID | None = None
    plan_number: Line | None = Field(default=None, description="Số, ký hiệu / the plan's number")
    task_ordinal: Line | None = None
    external_ref: NewExternalRef | None = Field(
        default=None,
        description="Của nhiệm vụ được giao hoặc của nhiệm vụ / of the assignment or of its task",
    )
    occurrence: Line | None = Field(default=None, description="Năm, hoặc once / a year, or once")
    period: Annotated[str, StringConstraints(pattern=PERIOD)] = Field(examples=["2026"])

    def assignment(self, agency_id: uuid.UUID) -> uuid.UUID | AssignmentReference:
        """Its id, or what the caller knows of it."""
        ref = self.external_ref
        return self.assignment_id or AssignmentReference(
            agency_id,
            self.plan_id,
            self.plan_number,
            self.task_ordinal,
            ref.system if ref else None,
            ref.id if ref else None,
            self.occurrence,
            self.period,
        )

    @model_validator(mode="after")
    def _names_one_assignment(self) -> Self:
        has_id, has_ref = self.assignment_id is not None, self.external_ref is not None
        has_plan = self.plan_id is not None or self.plan_number is not None
        if has_id or has_ref:
            if (has_id and has_ref) or has_plan or self.task_ordinal is not None:
                raise RuleError(
                    Text(
                        "Chỉ nêu một cách: `assignment_id`, `external_ref`, hoặc kế hoạch và nhiệm"
                        " vụ.",
                        "Name it one way: assignment_id, external_ref, or plan and task.",
                    )
                )
        elif self.task_ordinal is None or (self.plan_id is None) == (self.plan_number is None):
            raise RuleError(
                Text(
                    "Nêu `assignment_id`, `external_ref`, hoặc `task_ordinal` cùng `plan_id` hay"
                    " `plan_number`.",
                    "Name assignment_id, external_ref, or task_ordinal with either plan_id or"
                    " plan_number.",
                )
            )
        if has_id and self.occurrence is not None:
            raise RuleError(
                Text(
                    "Đã nêu id của nhiệm vụ được giao thì không nêu năm.",
                    "With assignment_id goes no occurrence.",
                )
            )
        return self


class PushBody(ReportedBody, ReportBody):
    """One report of a batch: whose and on what, and the words of a single push.

    The assignment is named by `assignment_id`, by `external_ref`, or by its plan and task.
    Without `occurrence` a yearly task's of the period's own year is meant.
    """

    key: Line | None = Field(
        default=None,
        max_length=200,
        description="Nhãn của bên gửi, được trả lại nguyên văn / the caller's own label, echoed",
    )
    agency: Ref | None = Field(
        default=None,
        description=(
            "Thay mặt cơ quan nào trong các cơ quan mà hệ thống gọi được thay mặt; bỏ trống là cơ"
            " quan của lần gọi. / In whose name, of those for whom the client may act; by default"
            " that of the request."
        ),
    )
    submit: bool = Field(default=False, description="Nộp luôn / file it in the same step")


class EntryBody(ReportedBody, ReportBody):
    """One report that came on paper or by the document system: whose, on what, when it came.

    The assignment is named by `assignment_id`, by `external_ref`, or by its plan and task.
    Without `occurrence` a yearly task's of the period's own year is meant.
    """

    key: Line | None = Field(
        default=None,
        max_length=200,
        description="Nhãn của bên gửi, được trả lại nguyên văn / the caller's own label, echoed",
    )
    agency: Ref = Field(description="Cơ quan báo cáo / the agency whose report it is")
    document: Evidence = Field(
        description="Số, ngày của văn bản báo cáo / the report's own document",
        examples=[{"number": "412/BC-SNgV", "issued_on": "2026-01-09"}],
    )
    received_on: Day = Field(
        description="Ngày cơ quan theo dõi nhận được / the day on which it was received",
        examples=["2026-01-12"],
    )


class EntryBatchBody(Body):
    """Reports to be entered for the agencies of a plan, as the contract shows them."""

    items: list[EntryBody] = Field(
        min_length=1,
        max_length=MAX_ROWS,
        examples=[[ENTRY]],
    )


class PushBatchBody(Body):
    """Reports to be written or filed in one request, as the contract shows them."""

    items: list[PushBody] = Field(min_length=1, max_length=MAX_ROWS, examples=[[SAMPLE]])


class SharedAssignmentBody(ReportedBody):
    """One of the assignments that the report counts for, and what differs for it."""

    outcome: Outcome | None = Field(
        default=None, description="Riêng cho việc này / of this one, where it differs"
    )
    percent: int | None = Field(default=None, ge=0, le=100)

    def content(self, whole: ReportBody) -> dict[str, Any]:
        """The report as it is to be read for this assignment."""
        found = whole.content()
        if self.outcome is not None:
            found["outcome"] = self.outcome
            if self.outcome != Outcome.NOT_APPLICABLE:
                found["not_applicable_reason"] = None
        if self.percent is not None:
            found["percent"] = self.percent
        return found


class SharedReportBody(Body):
    """One report that counts for several assignments, of one plan or of several."""

    content: ReportBody = Field(examples=[SHARED])
    for_: list[SharedAssignmentBody] = Field(
        alias="for",
        min_length=1,
        max_length=MAX_SHARED,
        examples=[[{"plan_number": "MAU-01/KH-MAU", "task_ordinal": "3.11", "period": "2026"}]],
    )
    submit: bool = Field(default=False, description="Nộp luôn / file it in the same step")


class PushedOut(Out):
    """The state of a submission after its push; the words that were sent are not sent back."""

    id: uuid.UUID
    assignment_id: uuid.UUID
    plan_id: uuid.UUID
    task_ordinal: str
    period: str
    status: SubmissionStatus
    attempts: int
    received_on: date | None
    is_late: bool | None
    updated_at: datetime


class SharedOut(Out):
    """The submissions for which one text was written, in the order sent."""

    items: list[PushedOut]


class PushVerdictOut(Out):
    """The verdict on one row: `result`, or `problem` where it was rejected."""

    index: int = Field(description="Thứ tự của dòng, từ 0 / the row's place, from 0")
    key: str | None
    status: Effect | Literal["rejected"]
    result: PushedOut | None
    problem: Problem | None


class PushCountsOut(Out):
    """The number of rows by verdict."""

    created: int
    changed: int
    unchanged: int
    rejected: int


class CommonProblemOut(Out):
    """A problem of one row or many; `fault` and `pointer` (within a row) if it has them.

    `indexes` names the first rows of them.
    """

    code: str
    fault: str | None
    pointer: str | None
    detail: str
    count: int
    indexes: list[int]


class PushBatchOut(Out):
    """The verdict on every row, in the order sent; `applied` is false when nothing was stored."""

    applied: bool
    counts: PushCountsOut
    items: list[PushVerdictOut]
    problems: list[CommonProblemOut]

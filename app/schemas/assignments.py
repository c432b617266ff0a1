import uuid
from datetime import date, datetime
from typing import Annotated, Literal, get_args

from fastapi import Query
from pydantic import Field

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import AssigneeRole, AssignmentStatus, Refusal
from app.schemas.common import Day, Out, OverdueDays, Ref, UpdatedSince
from app.schemas.external_refs import ExternalRefFilter, ExternalRefOut
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut, NumberOfPlans
from app.schemas.tasks import OrdinalFilter

Timeliness = Literal[
    "in_time",
    "due_soon",
    "overdue",
    "no_deadline",
    "on_time",
    "late",
    "reported_on_time",
    "reported_late",
    "upcoming",
]
TIMELINESS: tuple[str, ...] = get_args(Timeliness)


class PlanLabelOut(Out):
    """The plan that is meant."""

    id: uuid.UUID
    number: str | None
    title: str


class TaskLabelOut(Out):
    """The task that is meant."""

    id: uuid.UUID
    ordinal: str
    title: str


class AssignmentOut(Out):
    """An assignment: one agency owes one task in one occurrence, a year or "once".

    Everything is as it held at the end of the day `as_of`, but `updated_at`, the last change of
    all. `timeliness` is derived for that day: `reported_…` while completion awaits confirmation,
    `upcoming` before `starts_on`, null for what no deadline judges (suspended, called off, ended
    with its task or its plan).
    """

    id: uuid.UUID
    plan: PlanLabelOut
    task: TaskLabelOut
    agency: AgencyLabelOut
    role: AssigneeRole
    occurrence: str
    starts_on: date
    deadline_on: date | None
    original_deadline_on: date | None
    status: AssignmentStatus
    timeliness: Timeliness | None
    original_timeliness: Timeliness | None = Field(
        description="Theo thời hạn ban đầu / judged by the original deadline"
    )
    reported_on: date | None
    completed_on: date | None
    external_refs: list[ExternalRefOut]
    awaits_handover: bool = Field(
        description=(
            "Cơ quan đã kết thúc, chờ quyết định ai tiếp nhận / its agency has ended, and who takes"
            " over is to be decided"
        )
    )
    split_from_id: uuid.UUID | None = Field(
        description="Phần được chia từ nhiệm vụ này / a part of this one, which was split"
    )
    merged_into_id: uuid.UUID | None = Field(
        description=(
            "Đã nhập vào việc này của cơ quan tiếp nhận / merged into this one of the successor"
        )
    )
    refusal: Refusal | None = Field(
        description=(
            "Cơ quan từ chối trước khi bắt đầu: chờ quyết định, không được chấp nhận / its agency"
            " refused it before it began"
        )
    )
    updated_at: datetime
    as_of: date
    allowed_actions: list[str]


class MergedOut(Out):
    """An assignment that was merged into another: whose it was until that day, and its reports
    stay under its own id."""

    id: uuid.UUID
    agency: AgencyLabelOut
    merged_on: date


class AssignmentDetailOut(AssignmentOut):
    """An assignment with those that were merged into it."""

    merged_from: list[MergedOut]


class PlanAssignmentFilters(Filters):
    """The parameters that narrow the list of a plan's assignments."""

    agency: Annotated[Ref | None, AGENCY] = None
    task: uuid.UUID | None = None
    ordinal: OrdinalFilter = None
    role: AssigneeRole | None = None
    status: Annotated[str | None, Pattern(some_of(AssignmentStatus)), SEVERAL] = None
    timeliness: Annotated[str | None, Pattern(some_of(TIMELINESS)), SEVERAL] = None
    overdue_days_from: OverdueDays = None
    original_timeliness: Annotated[
        str | None,
        Query(description="Như timeliness, theo thời hạn ban đầu / by the original deadline"),
        Pattern(some_of(TIMELINESS)),
        SEVERAL,
    ] = None
    refusal: Annotated[
        Refusal | None,
        Query(description="Cơ quan từ chối: chờ quyết định, không được chấp nhận / if refused"),
    ] = None
    occurrence: Annotated[str | None, Query(examples=["2024"]), Pattern("^([0-9]{4}|once)$")] = None
    deadline_from: Day | None = None
    deadline_before: Day | None = None
    external_ref: ExternalRefFilter = None
    updated_since: UpdatedSince = None


class AssignmentFilters(PlanAssignmentFilters):
    """The parameters that narrow the list of assignments of all plans."""

    plan: uuid.UUID | None = None
    plan_number: NumberOfPlans = None

import uuid
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import ItemKind, MailFault, MailState, Receiver, ReminderTrigger
from app.schemas.assignments import PlanLabelOut, TaskLabelOut
from app.schemas.common import Body, Day, Line, Out, Reason, Ref, UpdatedSince
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut
from app.schemas.verdicts import ManyOut, VerdictOut

DaysFromDeadline = Annotated[int, Field(ge=-366, le=3660)]
ChosenIds = Annotated[list[uuid.UUID], Field(max_length=200)]
MISSING_COUNT = (
    "Đầu mối, kế hoạch thực hiện chưa có / focal point and action plan that the agency lacks"
)
STEPS = (
    "Số ngày so với hạn: -7 là trước 7 ngày / days from the day something is due: -7 is a week"
    " before"
)


class ReminderRuleBody(Body):
    """The days on which a plan's agencies are reminded, in calendar days from the due day."""

    days: list[DaysFromDeadline] = Field(
        max_length=20, description=STEPS, examples=[[-30, -7, -1, 1, 7]]
    )
    every_days: Annotated[int, Field(ge=1, le=366)] | None = Field(
        default=None,
        examples=[30],
        description="Sau đó cứ bao nhiêu ngày / after the last of them, every so many days",
    )
    head_from: DaysFromDeadline | None = Field(
        default=None,
        examples=[7],
        description="Từ mốc nào thì gửi lãnh đạo / from which step on the head hears of it",
    )
    office_from: DaysFromDeadline | None = Field(
        default=None,
        examples=[30],
        description="Từ mốc nào thì gửi Văn phòng / from which step on the office hears of it",
    )


class ReminderRuleOut(Out):
    """The days on which a plan's agencies are reminded; `is_default` where nobody set any."""

    plan_id: uuid.UUID
    is_default: bool
    days: list[int]
    every_days: int | None
    head_from: int | None
    office_from: int | None


class ReminderOut(Out):
    """One reminder to one receiver on one day, gathered over all that is due.

    To an agency's clients, or the office's, by event and webhook; to a person by e-mail, which
    `mail_state` tells of. By hand it has a plan, a reason, a document and its `number`.
    """

    id: uuid.UUID
    on_day: date
    trigger: ReminderTrigger
    agency: AgencyLabelOut
    receiver: Receiver
    plan_id: uuid.UUID | None
    by: AgencyLabelOut | None
    reason: str | None
    basis: str | None
    number: int | None
    assignments: int
    submissions: int
    agency_reports: int
    missing: int = Field(description=MISSING_COUNT)
    steps: list[int] = Field(description=STEPS)
    mail_state: MailState | None
    mail_fault: MailFault | None
    sent_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ReminderItemOut(Out):
    """An item of a reminder, as it stood on the day: an assignment, a submission on it, an agency's
    report on the plan, or the focal point or action plan that the agency has not named.

    `days_left` is negative once it is overdue; `step` is null by hand.
    """

    number: int
    kind: ItemKind
    plan: PlanLabelOut
    task: TaskLabelOut | None
    agency: AgencyLabelOut
    assignment_id: uuid.UUID | None
    submission_id: uuid.UUID | None
    agency_report_id: uuid.UUID | None
    period: str | None
    due_on: date | None
    days_left: int | None
    step: int | None


class PreviewedTaskOut(Out):
    """A task of which an agency would be reminded, with its plan."""

    plan: PlanLabelOut
    task: TaskLabelOut


class ReminderPreviewOut(Out):
    """One reminder that would be sent; to a person without an address no e-mail would."""

    number: int
    agency: AgencyLabelOut
    receiver: Receiver
    has_address: bool
    assignments: int
    submissions: int
    agency_reports: int
    steps: list[int] = Field(description=STEPS)
    tasks: list[PreviewedTaskOut] = Field(
        description="Nhiệm vụ, nhiều nhất 50 / the tasks, at most 50 of them"
    )


class NewReminderBody(Body):
    """A reminder by hand: an agency, the items, the reason, the document; once a day in a plan."""

    plan: uuid.UUID = Field(examples=["01900000-0000-7000-8000-000000000001"])
    agency: Ref = Field(examples=["SNGV"])
    assignments: ChosenIds = Field(
        default=[],
        description="Không nêu gì: mọi việc sắp, quá hạn / nothing named: all due or overdue",
    )
    submissions: ChosenIds = Field(default=[])
    agency_reports: ChosenIds = Field(
        default=[],
        description="Báo cáo của cơ quan theo văn bản yêu cầu / reports that a document asks for",
    )
    missing: Annotated[list[Literal["focal_point", "action_plan"]], Field(max_length=2)] = Field(
        default=[],
        description=(
            "Chưa cử đầu mối, chưa gửi kế hoạch thực hiện / the focal point or the action plan that"
            " the agency has not named yet"
        ),
    )
    reason: Reason = Field(examples=["Quá hạn báo cáo năm, chưa có kết quả."])
    basis: Line = Field(examples=["15/TB-UBND ngày 10/3/2025"])


class OverdueReminderBody(Body):
    """The reason and the document of a reminder to all that are overdue in a plan."""

    reason: Reason = Field(examples=["Quá hạn, chưa có kết quả."])
    basis: Line = Field(examples=["15/TB-UBND ngày 10/3/2025"])


class ReminderVerdictOut(VerdictOut):
    """The verdict on one agency: the reminder that it was sent."""

    status: Literal["sent", "rejected"]
    agency: AgencyLabelOut
    reminder_id: uuid.UUID | None
    assignments: int
    submissions: int
    agency_reports: int


class ReminderCountsOut(Out):
    """The number of agencies by verdict."""

    sent: int
    rejected: int


class RemindersSentOut(ManyOut):
    """The verdict on every agency that is overdue, in the order of their codes."""

    counts: ReminderCountsOut
    items: list[ReminderVerdictOut]


class ReminderFilters(Filters):
    """The parameters that narrow the list of reminders."""

    agency: Annotated[
        Ref | None, Query(description="Chỉ gửi cơ quan này / only to this agency"), AGENCY
    ] = None
    plan: uuid.UUID | None = None
    assignment: uuid.UUID | None = None
    trigger: Annotated[
        str | None,
        Query(description="Theo lịch hoặc do người gửi / by rule or by a person"),
        Pattern(some_of(ReminderTrigger)),
        SEVERAL,
    ] = None
    receiver: Annotated[
        str | None,
        Query(description="Chỉ cấp nhận này / only to these"),
        Pattern(some_of(Receiver)),
        SEVERAL,
    ] = None
    on_from: Annotated[
        Day | None, Query(description="Từ ngày này / INCLUSIVE: sent from this day on")
    ] = None
    on_before: Annotated[
        Day | None, Query(description="TRƯỚC ngày này / EXCLUSIVE: sent before this day")
    ] = None
    updated_since: UpdatedSince = None

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.models import AssigneeRole, AssignmentStatus, PlanStatus
from app.schemas.common import Body, Line, Out, Reason
from app.schemas.plans import AgencyLabelOut
from app.schemas.statistics import DeadlinesOut, PartOut, RoleAsked, StatisticsOut

BoardState = Literal[
    "on_time",
    "late",
    "awaiting_confirmation",
    "in_time",
    "due_soon",
    "overdue",
    "awaiting_handover",
    "stopped",
    "upcoming",
]
"""The states in which a board draws assignments: each assignment has one of these."""


class BoardPlanOut(Out):
    """The plan, by the names and with the coordinator of the day."""

    id: uuid.UUID
    number: str | None
    title: str
    short_title: str | None
    issued_on: date | None
    starts_on: date | None
    ends_on: date | None
    status: PlanStatus
    issuer: AgencyLabelOut | None
    coordinator: AgencyLabelOut | None
    is_public: bool


class BoardReportOut(Out):
    """The latest accepted report; a long text is cut."""

    period: str
    received_on: date
    percent: int
    results: str


class BoardAssignmentOut(Out):
    """One line of the ledger."""

    id: uuid.UUID
    agency: AgencyLabelOut
    role: AssigneeRole
    occurrence: str
    deadline_on: date | None
    status: AssignmentStatus
    state: BoardState
    days_overdue: int
    reported_on: date | None
    completed_on: date | None
    latest: BoardReportOut | None = Field(
        description=(
            "Báo cáo được chấp nhận gần nhất mà bên gọi được xem / the latest accepted report, of"
            " those that the caller may read"
        )
    )


class BoardTaskOut(Out):
    """A task with the plan's own words for who does it and when, and its assignments."""

    id: uuid.UUID
    ordinal: str
    title: str
    lead_words: list[str]
    coordinating_words: list[str]
    time_words: str
    statistics: StatisticsOut
    assignments: list[BoardAssignmentOut]


class BoardGroupOut(Out):
    """A group of tasks in the plan's order; nameless for tasks in no group."""

    id: uuid.UUID | None
    ordinal: str | None
    title: str | None
    statistics: StatisticsOut
    deadlines: DeadlinesOut
    tasks: list[BoardTaskOut]


class BoardAgencyOut(PartOut):
    """The assignments that one agency leads, and how many reports of the period it filed."""

    reports_filed: int
    reports_asked: int


class BoardReportingOut(Out):
    """The running period: how many reports are asked for, and how many are filed."""

    period: str
    due_on: date
    asked: int
    filed: int


class BoardAttentionOut(Out):
    """The matters that a person has to see to next."""

    awaiting_confirmation_since: date | None
    next_deadline_agencies: int
    reports_waiting: int
    reports_waiting_since: date | None
    reports_returned: int
    reports_returned_since: date | None
    returned_agencies: list[str]


class BoardPointOut(Out):
    """The state of the plan at the end of a month or quarter."""

    as_of: date
    completed: int
    overdue: int


class BoardOut(Out):
    """The whole content of a plan's board, as of a day.

    `agencies` are the worst first; what waits for a handover is nobody's (`key` null). `periods`
    has all years, whichever is asked for. The ledger ends after its first 3,000 lines.
    """

    plan: BoardPlanOut
    as_of: date
    role: RoleAsked
    period: str | None
    total: StatisticsOut
    deadlines: DeadlinesOut
    agencies_overdue: int
    reporting: BoardReportingOut | None
    attention: BoardAttentionOut
    agencies: list[BoardAgencyOut]
    periods: list[PartOut]
    trend: list[BoardPointOut]
    groups: list[BoardGroupOut]
    ledger_is_cut: bool


class BoardOpeningBody(Body):
    """The reason for which a board is opened to everybody, or closed again."""

    reason: Reason = Field(examples=["Công khai trên Cổng thông tin điện tử tỉnh."])
    basis: Line | None = Field(default=None, examples=["15/TB-UBND ngày 24/11/2026"])

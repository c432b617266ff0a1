import uuid
from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import AssigneeRole, HandoverState, HandoverSubject
from app.schemas.assignments import PlanLabelOut, TaskLabelOut
from app.schemas.common import Body, Line, Out, Reason, Ref, UpdatedSince
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut


class CandidateOut(Out):
    """An agency that may take over, with the scope that the succession gives to it."""

    agency: AgencyLabelOut
    scope: str | None
    basis: str | None


class HandedOut(Out):
    """The assignment that is handed over."""

    id: uuid.UUID
    task: TaskLabelOut
    role: AssigneeRole
    occurrence: str


class HandoverOut(Out):
    """One thing that an agency which ended hands over: an assignment, a plan's coordination or the
    plan.

    Where there was one successor, `succession` decided; where a person did, `decided_by` and
    `reason` say so.
    """

    id: uuid.UUID
    subject: HandoverSubject
    plan: PlanLabelOut
    assignment: HandedOut | None
    from_agency: AgencyLabelOut
    effective_on: date = Field(
        description="Cơ quan tiếp nhận chịu trách nhiệm từ ngày này / theirs from this day on"
    )
    state: HandoverState
    candidates: list[CandidateOut] = Field(
        description=(
            "Chỉ một trong các cơ quan này được nhận; trống thì cơ quan nào cũng được / who takes"
            " over is one of these; if there are none, any agency"
        )
    )
    to_agency: AgencyLabelOut | None
    succession_id: uuid.UUID | None
    decided_at: datetime | None
    decided_by: AgencyLabelOut | None
    reason: str | None
    basis: str | None
    created_at: datetime
    updated_at: datetime
    allowed_actions: list[str]


Successors = Annotated[
    list[Ref],
    Field(
        min_length=1,
        max_length=100,
        examples=[["SNV"]],
        description=(
            "Nhiều cơ quan thì mỗi cơ quan nhận một phần / several: each gets an assignment of its"
            " own"
        ),
    ),
]


class DecisionBody(Body):
    """The agencies that take over, the reason, and the document."""

    successors: Successors
    reason: Reason = Field(examples=["Lĩnh vực lao động, việc làm chuyển về Sở Nội vụ."])
    basis: Line | None = Field(default=None, examples=["15/TB-UBND ngày 10/3/2025"])

    def named(self) -> list[tuple[str, str]]:
        """The successors with their places in the body."""
        return [(f"#/successors/{n}", one) for n, one in enumerate(self.successors)]


class DecisionsBody(DecisionBody):
    """One decision on all assignments of an agency in a plan that wait."""

    plan: uuid.UUID = Field(examples=["01900000-0000-7000-8000-000000000001"])
    from_agency: Ref = Field(examples=["SLDTBXH"])


class DecisionsOut(Out):
    """The number of assignments that went over."""

    decided: int


class HandoverFilters(Filters):
    """The parameters that narrow the list of handovers."""

    state: Annotated[
        str | None,
        Query(description="Chỉ trạng thái này / only in this state"),
        Pattern(some_of(HandoverState)),
        SEVERAL,
    ] = None
    subject: Annotated[
        str | None,
        Query(description="Chỉ loại này / only of this kind"),
        Pattern(some_of(HandoverSubject)),
        SEVERAL,
    ] = None
    plan: uuid.UUID | None = None
    agency: Annotated[
        Ref | None, Query(description="Cơ quan bàn giao / the agency that hands over"), AGENCY
    ] = None
    to_agency: Annotated[
        Ref | None, Query(description="Cơ quan tiếp nhận / the agency that takes over"), AGENCY
    ] = None
    assignment: uuid.UUID | None = None
    updated_since: UpdatedSince = None

import uuid
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import ExtensionState
from app.schemas.assignments import PlanLabelOut
from app.schemas.common import Body, Day, Line, Out, Reason, Ref, UpdatedSince
from app.schemas.filters import AGENCY, SEVERAL, Filters
from app.schemas.handovers import HandedOut
from app.schemas.plans import AgencyLabelOut


class ExtensionOut(Out):
    """An agency asks for more time; and what was decided.

    `agency` owes the assignment now, `asked_by` did when it asked. `superseded` is what there is
    nothing to decide on any more: the assignment was closed, or has that time already.
    """

    id: uuid.UUID
    number: int
    plan: PlanLabelOut
    assignment: HandedOut
    agency: AgencyLabelOut
    old_deadline_on: date
    wanted_deadline_on: date
    reason: str
    basis: str
    asked_at: datetime
    asked_on: date
    asked_by: AgencyLabelOut
    state: ExtensionState
    granted_deadline_on: date | None
    decided_at: datetime | None
    decided_by: AgencyLabelOut | None
    decision_reason: str | None
    decision_basis: str | None
    updated_at: datetime
    allowed_actions: list[str]


class NewExtensionBody(Body):
    """Until when, why, and by which document."""

    assignment_id: uuid.UUID = Field(examples=["01900000-0000-7000-8000-000000000001"])
    wanted_deadline_on: Day = Field(examples=["2031-03-31"])
    reason: Reason = Field(examples=["Đoàn công tác lùi lịch sang quý II."])
    basis: Line = Field(examples=["310/SNgV-VP ngày 20/11/2026"])


class ApprovalBody(Body):
    """The document that approves; an earlier day than was asked for has a reason."""

    deadline_on: Day | None = Field(
        default=None, description="Bỏ trống là ngày đã đề nghị / what was asked for if absent"
    )
    reason: Reason | None = None
    basis: Line = Field(examples=["15/TB-UBND ngày 24/11/2026"])


class ExtensionFilters(Filters):
    """The parameters that narrow the list of extensions."""

    state: Annotated[str | None, Pattern(some_of(ExtensionState)), SEVERAL] = None
    plan: uuid.UUID | None = None
    agency: Annotated[Ref | None, AGENCY] = None
    assignment: uuid.UUID | None = None
    task: uuid.UUID | None = None
    asked_from: Day | None = None
    asked_before: Day | None = None
    updated_since: UpdatedSince = None

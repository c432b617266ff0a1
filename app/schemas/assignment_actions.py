import uuid
from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from app.models import AssignmentActionKind, AssignmentStatus
from app.schemas.common import Body, Day, Line, Out, Reason
from app.schemas.plans import AgencyLabelOut

Basis = Annotated[
    Line,
    Field(
        examples=["15/TB-UBND ngày 24/11/2026"],
        description="Văn bản làm căn cứ / the document on which it is based",
    ),
]


class ReasonBody(Body):
    """The reason of an action."""

    reason: Reason = Field(examples=["Nhiệm vụ không thuộc chức năng của cơ quan."])


class OrderBody(Body):
    """The reason of an action, and the document that orders it."""

    reason: Reason = Field(examples=["Chờ hướng dẫn của Bộ Ngoại giao."])
    basis: Basis


class LightOrderBody(Body):
    """The reason of an action and the document that orders it, if there are any."""

    reason: Reason | None = None
    basis: Line | None = Field(default=None, examples=["16/TB-UBND ngày 25/11/2026"])


class AssignmentActionOut(Out):
    """A person's decision on an assignment, numbered, unchangeable.

    The reason of a refusal is its agency's own word: null to those who may not read its reports.
    """

    number: int
    action: AssignmentActionKind
    from_status: AssignmentStatus
    to_status: AssignmentStatus
    reason: str | None
    basis: str | None
    done_at: datetime
    done_on: date
    agency: AgencyLabelOut


class DeadlineBody(Body):
    """The last day that counts as in time from now on; less time than there was has a reason."""

    deadline_on: Day = Field(examples=["2031-06-30"])
    reason: Reason | None = None
    basis: Basis


class TaskDeadlineBody(DeadlineBody):
    """The same for a task; one that is owed once a year names the year."""

    occurrence: Annotated[str, StringConstraints(pattern="^([0-9]{4}|once)$")] | None = Field(
        default=None, examples=["once"]
    )


class DeadlinesMovedOut(Out):
    """The number of assignments that have another deadline now."""

    moved: int


class DeadlineOut(Out):
    """A deadline that an assignment has had, and from which day it held.

    Number 0 is what the plan's words gave; of several for one day the last one held. `basis` is
    null where no document moved it: a correction of what the plan's words mean.
    """

    number: int
    deadline_on: date | None
    since_on: date
    reason: str | None
    basis: str | None
    extension_id: uuid.UUID | None
    amendment_id: uuid.UUID | None
    moved_at: datetime | None
    moved_by: AgencyLabelOut | None

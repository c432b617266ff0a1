import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.models import AssigneeRole
from app.schemas.common import Out
from app.schemas.plans import AgencyLabelOut


class BasisOut(Out):
    """The basis on which an agency came to answer.

    `plan`: it is named there, itself or in a collective; `amendment`: an amendment of the plan
    named it, gave it another part in the task or made the task owed then; `substitution`: it stands
    for a collective that had no members; `succession`: it is the one successor; `decision`: a
    person chose among several. `document` is null for a correction of what the plan's words mean.
    `effective_on` is the plan's date, or the day from which the rest holds.
    """

    kind: Literal["plan", "amendment", "substitution", "succession", "decision"]
    document: str | None = Field(examples=["46/KH-UBND"])
    effective_on: date | None
    scope: str | None
    reason: str | None


class HoldingOut(Out):
    """One agency's time with the assignment, by its name of the first day."""

    agency: AgencyLabelOut
    role: AssigneeRole
    since: date
    until: date | None = Field(
        description="Đến TRƯỚC ngày này; null: đến nay / EXCLUSIVE: until before this day"
    )
    awaits_handover: bool = Field(
        description=(
            "Cơ quan đã kết thúc, chờ quyết định bàn giao / it has ended; who takes over is to be"
            " decided"
        )
    )
    basis: BasisOut | None = Field(description="null khi chờ bàn giao / null while it waits")


class MergedAssignmentOut(Out):
    """An assignment that went into another one, when one agency came to owe the same twice."""

    assignment_id: uuid.UUID
    chain: list[HoldingOut]


class ResponsibilityOut(Out):
    """One assignment of the task: who answers for it, and all who did, the first first.

    `agency` is who answers at the end of the day `as_of`, by its name of that day; `source_text`
    are the words of the plan, as it was amended, by which the assignment came to be owed.
    """

    assignment_id: uuid.UUID
    role: AssigneeRole
    occurrence: str
    source_text: str
    as_of: date
    agency: AgencyLabelOut
    awaits_handover: bool
    merged_into_id: uuid.UUID | None = Field(
        description="Việc mà sau ngày đó đã nhập vào / the assignment into which it went later"
    )
    chain: list[HoldingOut]
    merged: list[MergedAssignmentOut] = Field(
        description="Việc đã nhập vào việc này / assignments that were merged into it"
    )

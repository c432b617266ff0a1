import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from app.models import AssigneeRole
from app.schemas.common import Out
from app.schemas.plans import AgencyLabelOut


class BasisOut(Out):
    """By what an agency came to answer: the plan itself, or a succession that moved the duty.

    `effective_on` is the plan's date or the day of the succession.
    """

    kind: Literal["plan", "succession"]
    document: str | None = Field(examples=["46/KH-UBND"])
    effective_on: date | None
    scope: str | None


class HoldingOut(Out):
    """One agency's time with the assignment, by its name of the first day."""

    agency: AgencyLabelOut
    since: date
    until: date | None = Field(
        description="Đến TRƯỚC ngày này; null: đến nay / EXCLUSIVE: until before this day"
    )
    basis: BasisOut | None = Field(
        description="null: không ghi lại căn cứ / no document is on record for it"
    )


class ResponsibilityOut(Out):
    """One assignment of the task: who answers for it, and all who did, the first first.

    `agency` is who answers at the end of the day `as_of`, by its name of that day; `source_text`
    are the plan's own words, by which the first of the chain was named.
    """

    assignment_id: uuid.UUID
    role: AssigneeRole
    occurrence: str
    source_text: str
    as_of: date
    agency: AgencyLabelOut
    chain: list[HoldingOut]

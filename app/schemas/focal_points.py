import uuid
from datetime import date, datetime
from typing import Annotated, Self

from fastapi import Query
from pydantic import Field, StringConstraints, model_validator

from app.errors import Text
from app.http.parameters import some_of
from app.http.pattern_texts import EMAIL
from app.http.patterns import Pattern
from app.http.validation_texts import RuleError
from app.models import ContactLevel
from app.schemas.common import Body, Day, Line, Out, Ref, UpdatedSince
from app.schemas.filters import AGENCY, SEVERAL, Becomes, Filters
from app.schemas.plans import AgencyLabelOut

Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        pattern=EMAIL,
    ),
]
Phone = Annotated[str, StringConstraints(min_length=3, max_length=40, pattern=r"^[0-9+(). -]+$")]


class FocalPointOut(Out):
    """A person to be reached at an agency, from `valid_from` to before `valid_until`.

    For one assignment, or for all of a plan. What was named by mistake has `corrected_at`.
    """

    id: uuid.UUID
    agency: AgencyLabelOut
    plan_id: uuid.UUID
    assignment_id: uuid.UUID | None
    level: ContactLevel
    name: str
    position: str | None
    email: str | None
    phone: str | None
    valid_from: date
    valid_until: date | None
    corrected_at: datetime | None
    created_at: datetime
    updated_at: datetime
    allowed_actions: list[str]


class NewFocalPointBody(Body):
    """A contact that the caller's agency names, for a plan or for one assignment of its own."""

    plan: uuid.UUID | None = Field(default=None, examples=["01900000-0000-7000-8000-000000000001"])
    assignment: uuid.UUID | None = None
    level: ContactLevel = Field(
        default=ContactLevel.FOCAL,
        description=(
            "Đầu mối; lãnh đạo phụ trách; Văn phòng của cơ quan ban hành / the desk, the head, the"
            " issuer's office"
        ),
    )
    name: Line = Field(examples=["Nguyễn Văn Mẫu"])
    position: Line | None = Field(default=None, examples=["Chuyên viên, Văn phòng Sở"])
    email: Email | None = Field(default=None, examples=["dau-moi@example.com"])
    phone: Phone | None = Field(default=None, examples=["0000 000 000"])
    valid_from: Day | None = Field(
        default=None, description="Mặc định hôm nay / from this day on; today if absent"
    )

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if (self.plan is None) == (self.assignment is None):
            raise RuleError(
                Text(
                    "Nêu kế hoạch hoặc nhiệm vụ được giao, một trong hai.",
                    "Say one of the two: plan or assignment.",
                )
            )
        if self.email is None and self.phone is None:
            raise RuleError(
                Text(
                    "Cần địa chỉ thư điện tử hoặc số điện thoại.",
                    "An email or a phone is needed to reach them.",
                )
            )
        return self


class EndFocalPointBody(Body):
    """The day from which on the contact holds no more."""

    valid_until: Day | None = Field(
        default=None,
        description="Từ ngày này không còn; mặc định hôm nay / EXCLUSIVE; today if absent",
    )


class FocalPointFilters(Filters):
    """The parameters that narrow the list of focal points."""

    agency: Annotated[Ref | None, Query(), AGENCY] = None
    plan: uuid.UUID | None = None
    assignment: uuid.UUID | None = None
    level: Annotated[
        str | None,
        Query(description="Chỉ cấp này / only of this level"),
        Pattern(some_of(ContactLevel)),
        SEVERAL,
    ] = None
    as_of: Annotated[
        Day | None,
        Query(description="Chỉ ai là đầu mối ngày này / only who holds on this day"),
        Becomes("day"),
    ] = None
    updated_since: UpdatedSince = None

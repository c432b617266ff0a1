import uuid
from datetime import date, datetime
from typing import Self

from pydantic import Field, model_validator

from app.errors import Text
from app.http.validation_texts import RuleError
from app.schemas.common import Body, Code, Day, Line, Out, Reason, Ref
from app.schemas.plans import AgencyLabelOut, NotAssignedOut


class CollectiveLabelOut(Out):
    """The collective that is meant."""

    id: uuid.UUID
    code: str
    name: str


class SubstitutionOut(Out):
    """Stand-ins that stand for the collective from `from_day` on, in this plan.

    Of several decisions for one collective the one with the latest `from_day` up to a day holds;
    `replaced_by` is the later one for the same day by which this one was set right.
    """

    id: uuid.UUID
    plan_id: uuid.UUID
    collective: CollectiveLabelOut
    stand_in_collective: CollectiveLabelOut | None
    stand_in_agencies: list[AgencyLabelOut]
    from_day: date
    reason: str
    basis: str | None
    decided_by: AgencyLabelOut
    decided_at: datetime
    replaced_by: uuid.UUID | None


class NewSubstitutionBody(Body):
    """Stand-ins for a collective without members: another collective, or agencies by name."""

    collective: Code = Field(examples=["CO-SO-GDDT"])
    stand_in_collective: Code | None = Field(
        default=None, description="Nhóm thay thế / the collective that stands for it"
    )
    stand_in_agencies: list[Ref] = Field(
        default=[],
        max_length=200,
        examples=[["SGDDT"]],
        description="Hoặc các cơ quan thay thế / or the agencies that stand for it",
    )
    from_day: Day = Field(
        examples=["2026-01-01"],
        description=(
            "Kỳ bắt đầu từ ngày này trở đi / for occurrences that begin on this day or later"
        ),
    )
    reason: Reason = Field(examples=["Sở Giáo dục và Đào tạo báo cáo thay các cơ sở giáo dục."])
    basis: Line | None = Field(
        default=None,
        examples=["1665/NQ-UBTVQH15"],
        description="Văn bản làm căn cứ / the document on which it is based",
    )

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        if (self.stand_in_collective is None) == (not self.stand_in_agencies):
            raise RuleError(
                Text(
                    "Nêu nhóm cơ quan hoặc các cơ quan thay thế, một trong hai.",
                    "Say one of the two: stand_in_collective or stand_in_agencies.",
                )
            )
        return self


class SubstitutionMadeOut(Out):
    """The decision, and what it made and called off at once."""

    substitution: SubstitutionOut
    assignments: int
    submissions: int
    revoked: int = Field(
        description=(
            "Việc chưa bắt đầu, giao trước cho cơ quan không còn hoặc thay thế nhầm, nay thôi"
            " / assignments not begun that were called off"
        )
    )
    not_assigned: list[NotAssignedOut]

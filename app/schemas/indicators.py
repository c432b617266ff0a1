import uuid
from datetime import date, datetime
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from app.schemas.common import Body, Changes, Line, Out, Reason
from app.schemas.plans import AgencyLabelOut

INDICATOR_PERIOD = "^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$"
Exact = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"),
    Field(
        examples=["12.5"],
        description="Số thập phân viết thành chuỗi, không làm tròn / a decimal as a text, exact",
    ),
]
"""JSON numbers are floats to most readers; what is measured is kept to the last digit."""
IndicatorPeriod = Annotated[str, StringConstraints(pattern=INDICATOR_PERIOD)]


class TargetBody(Body):
    """What is aimed at: in a period, or over the whole plan; null ends a target."""

    period: IndicatorPeriod | None = None
    value: Exact | None


class IndicatorBody(Changes):
    """What changes; of the targets those that are named."""

    never_null: ClassVar[frozenset[str]] = frozenset({"name", "unit", "targets"})

    name: Line | None = Field(default=None, examples=["Số lớp tập huấn"])
    unit: Line | None = Field(default=None, max_length=60, examples=["lớp"])
    higher_is_better: bool | None = Field(
        default=None, description="Càng cao càng tốt; null: không nói / null: it is not said"
    )
    targets: list[TargetBody] | None = Field(
        default=None, max_length=100, examples=[[{"value": "12"}, {"period": "2026", "value": "3"}]]
    )


class NewIndicatorBody(IndicatorBody):
    """By what the effect of a task is measured."""

    name: Line = Field(examples=["Số lớp tập huấn"])
    unit: Line = Field(max_length=60, examples=["lớp"])
    targets: list[TargetBody] = Field(
        default=[], max_length=100, examples=[[{"value": "12"}, {"period": "2026", "value": "3"}]]
    )


class EndIndicatorBody(Body):
    """Why it is measured no more."""

    reason: Reason = Field(examples=["Thay bằng chỉ tiêu khác."])


class TargetOut(Out):
    """What is aimed at; without a period over the whole plan. Corrections are numbered."""

    period: str | None
    value: str
    number: int
    set_on: date


class IndicatorOut(Out):
    """By what the effect of a task is measured, with the targets that hold."""

    id: uuid.UUID
    plan_id: uuid.UUID
    task_id: uuid.UUID
    name: str
    unit: str
    higher_is_better: bool | None
    targets: list[TargetOut]
    ended_on: date | None
    end_reason: str | None
    updated_at: datetime
    allowed_actions: list[str]


class IndicatorValueBody(Body):
    """What was reached in the period."""

    value: Exact = Field(examples=["2"])
    note: Reason | None = None


class IndicatorValueOut(Out):
    """What an agency reached in a period; `number` beyond 1 is a correction."""

    id: uuid.UUID
    indicator_id: uuid.UUID
    assignment_id: uuid.UUID
    period: str
    number: int
    value: str
    note: str | None
    agency: AgencyLabelOut
    filed_at: datetime
    filed_on: date


class AchievementOut(Out):
    """What was reached against what is aimed at; percent to two places, null without a target."""

    numerator: str
    base: str | None
    percent: str | None = Field(examples=["66.67"])


class IndicatorValuesOut(Out):
    """One page of values, and the sum of all of them.

    Where a longer period has a value of its own, those of periods within it are not added to it.
    """

    as_of: date
    total: AchievementOut
    items: list[IndicatorValueOut]
    next: str | None

import uuid
from datetime import date, datetime
from typing import Annotated, ClassVar

from fastapi import Query
from pydantic import Field, StringConstraints

from app.models.indicator import MEASURED_PERIOD
from app.schemas.assignments import TaskLabelOut
from app.schemas.common import Body, Changes, Line, Out, Reason, Ref, Short, UpdatedSince
from app.schemas.filters import AGENCY, Filters
from app.schemas.plans import AgencyLabelOut

INDICATOR_PERIOD = MEASURED_PERIOD
Exact = Annotated[
    str,
    StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"),
    Field(
        examples=["12.5"],
        description="Số thập phân viết thành chuỗi, không làm tròn / a decimal as a text, exact",
    ),
]
"""JSON numbers are floats to most readers; what is measured is kept to the last digit."""
Unit = Annotated[Short, Field(examples=["lớp"])]
Decimals = Annotated[
    int,
    Field(
        ge=0,
        le=6,
        examples=[0],
        description=(
            "Số chữ số thập phân, như 0 với đồng, 3 với tỷ đồng; null: như từng số liệu đã ghi"
            " / how many decimals it is measured and written with; null: as each value was written"
        ),
    ),
]
IndicatorPeriod = Annotated[str, StringConstraints(pattern=INDICATOR_PERIOD)]


class TargetBody(Body):
    """A target: of a period, or of the whole plan; null ends it."""

    period: IndicatorPeriod | None = None
    value: Exact | None


class IndicatorBody(Changes):
    """Changes of an indicator; of its targets those that are named."""

    never_null: ClassVar[frozenset[str]] = frozenset({"name", "unit", "targets"})

    name: Line | None = Field(default=None, examples=["Số lớp tập huấn"])
    unit: Unit | None = None
    decimals: Decimals | None = None
    higher_is_better: bool | None = Field(
        default=None, description="Càng cao càng tốt; null: không nói / null: it is not said"
    )
    targets: list[TargetBody] | None = Field(
        default=None, max_length=100, examples=[[{"value": "12"}, {"period": "2026", "value": "3"}]]
    )


class NewIndicatorBody(IndicatorBody):
    """A measure of the effect of a task."""

    name: Line = Field(examples=["Số lớp tập huấn"])
    unit: Unit
    targets: list[TargetBody] = Field(
        default=[], max_length=100, examples=[[{"value": "12"}, {"period": "2026", "value": "3"}]]
    )


class EndIndicatorBody(Body):
    """The reason why the indicator is measured no more."""

    reason: Reason = Field(examples=["Thay bằng chỉ tiêu khác."])


class TargetOut(Out):
    """A target; without a period it is of the whole plan. Corrections are numbered."""

    period: str | None
    value: str
    number: int
    set_on: date


class IndicatorOut(Out):
    """A measure of the effect of a task, with the targets that hold."""

    id: uuid.UUID
    plan_id: uuid.UUID
    task_id: uuid.UUID
    name: str
    unit: str
    decimals: int | None
    higher_is_better: bool | None
    targets: list[TargetOut]
    ended_on: date | None
    end_reason: str | None
    updated_at: datetime
    allowed_actions: list[str]


class IndicatorValueBody(Body):
    """The value that was reached in the period."""

    value: Exact = Field(examples=["2"])
    note: Reason | None = None


class IndicatorValueOut(Out):
    """A value that an agency reached in a period; `number` beyond 1 is a correction."""

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
    """A sum of values against the target; percent to two places, null without a target."""

    numerator: str
    base: str | None
    percent: str | None = Field(examples=["66.67"])


class YearAchievementOut(AchievementOut):
    """The value that was reached in a year beside the year's target."""

    period: str


class TaskGroupLabelOut(Out):
    """The group of tasks that is meant."""

    id: uuid.UUID
    ordinal: str
    title: str


class PlanIndicatorOut(Out):
    """An indicator of a plan with what was reached by the day: over all, and year by year.

    `years` has every year with a target or a value.
    """

    id: uuid.UUID
    task: TaskLabelOut
    task_group: TaskGroupLabelOut | None
    name: str
    unit: str
    decimals: int | None
    higher_is_better: bool | None
    total: AchievementOut = Field(
        description="So với mục tiêu của cả kế hoạch / against the target of the whole plan"
    )
    years: list[YearAchievementOut]


class IndicatorValuesOut(Out):
    """One page of values, and the sum of all of them.

    Where a longer period has a value of its own, those of periods within it are not added to it.
    """

    as_of: date
    total: AchievementOut
    items: list[IndicatorValueOut]
    next: str | None


class IndicatorFilters(Filters):
    """The parameters that narrow the list of indicators."""

    is_ended: Annotated[
        bool | None, Query(description="Chỉ chỉ tiêu đã kết thúc, hoặc chưa / only ended, or not")
    ] = None
    updated_since: UpdatedSince = None


class IndicatorValueFilters(Filters):
    """The parameters that narrow the list of an indicator's values by themselves."""

    agency: Annotated[Ref | None, AGENCY] = None

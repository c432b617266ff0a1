import uuid
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import ChangingRow, Row, link

MEASURED_PERIOD = (
    "^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]|9M|W(0[1-9]|[1-4][0-9]|5[0-3])|K(0[1-9]|[1-9][0-9])))?$"
)
PERIOD_FORM = f"period ~ '{MEASURED_PERIOD}'"
# Values keep the digits that were written; larger or finer ones occur in no plan.
EXACT = "abs({0}) < 1e15 and scale({0}) <= 6"


class Indicator(ChangingRow, table=True):
    """A measure of a task's effect: a name and a unit of the plan's own choosing.

    There is no fixed set. An indicator that is no longer measured is ended, never deleted.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["task_id", "plan_id"], ["task.id", "task.plan_id"], ondelete="RESTRICT"
        ),
        sa.Index(
            "uq_indicator_task_id_name",
            "task_id",
            sa.text("lower(name)"),
            unique=True,
            postgresql_where=sa.text("ended_on is null"),
        ),
        sa.CheckConstraint("(ended_on is null) = (end_reason is null)", name="ended_has_reason"),
        sa.CheckConstraint("decimals between 0 and 6", name="decimals"),
    )

    plan_id: uuid.UUID = link("plan", index=True)
    task_id: uuid.UUID
    name: str = Field(sa_type=sa.Text)
    unit: str = Field(sa_type=sa.Text)
    decimals: int | None = Field(default=None, sa_type=sa.SmallInteger)
    """The number of digits after the comma in values of the indicator; null: each value has its
    own."""
    higher_is_better: bool | None = None
    ended_on: date | None = None
    end_reason: str | None = Field(default=None, sa_type=sa.Text)


class IndicatorTarget(Row, table=True):
    """The aim of an indicator over the whole plan (no period) or in a period; the last row holds.

    No value: there is no aim any more.
    """

    __tablename__ = "indicator_target"
    __table_args__ = (
        sa.UniqueConstraint("indicator_id", "period", "number", postgresql_nulls_not_distinct=True),
        sa.CheckConstraint(PERIOD_FORM, name="period_form"),
        sa.CheckConstraint(EXACT.format("value"), name="value_exact"),
    )

    indicator_id: uuid.UUID = link("indicator")
    period: str | None = Field(default=None, sa_type=sa.Text)
    number: int
    value: Decimal | None = Field(default=None, sa_type=sa.Numeric)
    set_on: date
    agency_id: uuid.UUID = link("agency")
    client_id: uuid.UUID = link("client")


class IndicatorValue(Row, table=True):
    """The value that an agency reached in a period, numbered from 1 and unchangeable.

    A correction has the next number; of several on one day the last holds. The days of the period
    say which period lies within which.
    """

    __tablename__ = "indicator_value"
    __table_args__ = (
        sa.UniqueConstraint("indicator_id", "assignment_id", "period", "number"),
        sa.CheckConstraint(PERIOD_FORM, name="period_form"),
        sa.CheckConstraint("first_day <= last_day", name="days"),
        sa.CheckConstraint(EXACT.format("value"), name="value_exact"),
    )

    indicator_id: uuid.UUID = link("indicator")
    assignment_id: uuid.UUID = link("assignment", index=True)
    period: str = Field(sa_type=sa.Text)
    first_day: date
    last_day: date
    number: int
    value: Decimal = Field(sa_type=sa.Numeric)
    note: str | None = Field(default=None, sa_type=sa.Text)
    filed_at: datetime
    filed_on: date
    agency_id: uuid.UUID = link("agency", index=True)
    client_id: uuid.UUID = link("client")

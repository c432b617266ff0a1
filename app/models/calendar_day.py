import enum
from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import ChangingRow, text_enum


class CalendarDayKind(enum.StrEnum):
    """The kind of a day, whatever weekday it falls on."""

    HOLIDAY = "holiday"
    WORKING_DAY = "working_day"


class CalendarDay(ChangingRow, table=True):
    """A day whose kind differs from its weekday: a holiday, or a weekend day that is worked.

    A year without a row is unknown: its working days can't be counted. `is_seeded`: the day came
    from the package of public holidays, and no official has corrected it since.
    """

    __tablename__ = "calendar_day"
    __table_args__ = (sa.UniqueConstraint("day"),)

    day: date
    kind: CalendarDayKind = Field(sa_type=text_enum(CalendarDayKind, "kind"))
    name: str = Field(sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    is_seeded: bool = False

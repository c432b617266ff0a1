import enum
from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import ChangingRow, text_enum


class CalendarDayKind(enum.StrEnum):
    """What a day is, whatever weekday it falls on."""

    HOLIDAY = "holiday"
    WORKING_DAY = "working_day"


class CalendarDay(ChangingRow, table=True):
    """A day that is not what its weekday says: a holiday, a day swapped for one, a Saturday worked.

    A year with no row is not known, however often it is asked for. `is_seeded`: it came from the
    package of public holidays, and no official has said anything of it since.
    """

    __tablename__ = "calendar_day"
    __table_args__ = (sa.UniqueConstraint("day"),)

    day: date
    kind: CalendarDayKind = Field(sa_type=text_enum(CalendarDayKind, "kind"))
    name: str = Field(sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    is_seeded: bool = False

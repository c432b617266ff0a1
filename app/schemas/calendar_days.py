from datetime import date, datetime

from pydantic import Field

from app.models import CalendarDayKind
from app.schemas.common import Body, Line, Out


class CalendarDayOut(Out):
    """What a day is, whatever its weekday; `is_seeded` until an official says it."""

    day: date
    kind: CalendarDayKind
    name: str
    basis: str | None
    is_seeded: bool
    updated_at: datetime


class CalendarDayBody(Body):
    """What the day is from now on."""

    kind: CalendarDayKind = Field(examples=["holiday"])
    name: Line = Field(examples=["Nghỉ Quốc khánh, đổi với ngày 22/8"])
    basis: Line | None = Field(default=None, description="Văn bản làm căn cứ / its document")

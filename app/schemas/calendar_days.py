from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.models import CalendarDayKind
from app.schemas.common import Body, Day, Line, Out, UpdatedSince
from app.schemas.filters import Filters
from app.schemas.submission_effects import SubmissionEffectsOut


class CalendarDayOut(Out):
    """A day that is not what its weekday says; `is_seeded` until an official enters it."""

    day: date
    kind: CalendarDayKind
    name: str
    basis: str | None
    is_seeded: bool
    updated_at: datetime


class CalendarDaySetOut(CalendarDayOut):
    """The day that was or would be entered, and the submissions whose due day moves."""

    dry_run: bool
    submission_effects: SubmissionEffectsOut


class CalendarDayBody(Body):
    """The kind and the name of the day from now on."""

    kind: CalendarDayKind = Field(examples=["holiday"])
    name: Line = Field(examples=["Nghỉ Quốc khánh, đổi với ngày 22/8"])
    basis: Line | None = Field(default=None, description="Văn bản làm căn cứ / its document")


class CalendarDayFilters(Filters):
    """The parameters that narrow the calendar."""

    first: Annotated[Day | None, Query(alias="from", description="Từ ngày này / INCLUSIVE")] = None
    last: Annotated[Day | None, Query(alias="to", description="Đến hết ngày này / INCLUSIVE")] = (
        None
    )
    kind: Annotated[CalendarDayKind | None, Query(description="Chỉ loại này / only these")] = None
    is_seeded: bool | None = None
    updated_since: UpdatedSince = None

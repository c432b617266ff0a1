import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from app.models.base import ChangingRow, link, text_enum


class Frequency(enum.StrEnum):
    """The length of a plan's reporting periods; `own`: windows that the regime itself defines."""

    YEAR = "year"
    NINE_MONTHS = "nine_months"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    OWN = "own"


class DataWindow(enum.StrEnum):
    """The days over which a period's data run; weeks and own windows have days of their own."""

    DECREE_09 = "decree_09"  # NĐ 09/2019/NĐ-CP, Điều 12: 15th to 14th
    CALENDAR = "calendar"
    OWN = "own"


class DueKind(enum.StrEnum):
    """The rule that gives the last day to file in time."""

    FIXED_DAY = "fixed_day"
    WORKING_DAYS_AFTER = "working_days_after"


class DueRoll(enum.StrEnum):
    """The rule for a due day that is not a working day."""

    NONE = "none"
    NEXT_WORKING_DAY = "next_working_day"


class ContentKind(enum.StrEnum):
    """The contents of a submission: NĐ 09/2019/NĐ-CP, Điều 7 b."""

    NARRATIVE = "narrative"
    FIGURES = "figures"
    BOTH = "both"


class Channel(enum.StrEnum):
    """The way by which a submission is sent: NĐ 09/2019/NĐ-CP, Điều 7 đ and Điều 8."""

    SYSTEM = "system"
    EDOC_AXIS = "edoc_axis"
    EMAIL = "email"
    POST = "post"
    IN_PERSON = "in_person"
    FAX = "fax"
    OTHER = "other"


class Wanted(enum.StrEnum):
    """A part that a filing must have before it is taken.

    `all_submissions` is of an agency report: every submission of its period is filed with it.
    """

    TEXT = "text"
    EVIDENCE = "evidence"
    COMPLETION_TEXT = "completion_text"
    COMPLETION_DOCUMENT = "completion_document"
    LATE_REASON = "late_reason"
    ALL_SUBMISSIONS = "all_submissions"


def _default(value: str) -> dict[str, str]:
    return {"server_default": value}


class ReportingRegime(ChangingRow, table=True):
    """The reporting rules of a plan from a day on: the points of NĐ 09/2019/NĐ-CP, Điều 7.

    A period is laid out by the regime in force on the first day of its data. Regimes of an issued
    plan are never deleted: one that another replaced, for the same day, has `replaced_at`.
    """

    __tablename__ = "reporting_regime"
    __table_args__ = (
        sa.Index(
            "uq_reporting_regime_plan_id_effective_from",
            "plan_id",
            "effective_from",
            unique=True,
            postgresql_where=sa.text("replaced_at is null"),
        ),
        sa.CheckConstraint("due_day between 1 and 31", name="due_day_range"),
        sa.CheckConstraint("due_month_offset between 0 and 12", name="due_month_offset_range"),
        sa.CheckConstraint("due_working_days between 1 and 60", name="due_working_days_range"),
        sa.CheckConstraint("week_starts_on between 1 and 7", name="week_starts_on_range"),
        sa.CheckConstraint("window_year_offset between -1 and 0", name="window_year_offset_range"),
        sa.CheckConstraint(
            "(frequency = 'own') = (cardinality(window_starts) > 0)", name="own_has_windows"
        ),
        sa.CheckConstraint(
            "(frequency in ('week', 'own')) = (data_window = 'own')", name="own_window"
        ),
        sa.CheckConstraint(
            "frequency <> 'week' or due_kind = 'working_days_after'", name="week_has_no_fixed_day"
        ),
    )

    plan_id: uuid.UUID = link("plan")
    effective_from: date
    frequency: Frequency = Field(sa_type=text_enum(Frequency, "frequency"))
    data_window: DataWindow = Field(sa_type=text_enum(DataWindow, "data_window"))
    week_starts_on: int = Field(default=4, sa_column_kwargs=_default("4"))
    window_starts: list[str] = Field(
        default_factory=list, sa_type=ARRAY(sa.Text), sa_column_kwargs=_default("{}")
    )
    window_year_offset: int = Field(default=0, sa_column_kwargs=_default("0"))
    due_kind: DueKind = Field(
        default=DueKind.FIXED_DAY,
        sa_type=text_enum(DueKind, "due_kind"),
        sa_column_kwargs=_default("fixed_day"),
    )
    due_month_offset: int
    due_day: int
    due_is_strict: bool = Field(default=False, sa_column_kwargs=_default("false"))
    due_working_days: int = Field(default=3, sa_column_kwargs=_default("3"))
    due_roll: DueRoll = Field(
        default=DueRoll.NONE,
        sa_type=text_enum(DueRoll, "due_roll"),
        sa_column_kwargs=_default("none"),
    )
    coordinating_agencies_report: bool
    is_default: bool = Field(default=False, sa_column_kwargs=_default("false"))
    """Nobody chose it: the plan was issued without one."""
    cuts_running: bool = Field(default=False, sa_column_kwargs=_default("false"))
    """True for the first regime that somebody chose, which takes the place of the period that runs
    on its first day."""
    name: str | None = Field(default=None, sa_type=sa.Text)
    content_kind: ContentKind = Field(
        default=ContentKind.BOTH,
        sa_type=text_enum(ContentKind, "content_kind"),
        sa_column_kwargs=_default("both"),
    )
    content: str | None = Field(default=None, sa_type=sa.Text)
    reporters: str | None = Field(default=None, sa_type=sa.Text)
    receiver_id: uuid.UUID | None = link("agency", default=None)
    channels: list[str] = Field(
        default_factory=lambda: [Channel.SYSTEM.value],
        sa_type=ARRAY(sa.Text),
        sa_column_kwargs=_default("{system}"),
    )
    wants: list[str] = Field(
        default_factory=lambda: [Wanted.COMPLETION_TEXT.value, Wanted.COMPLETION_DOCUMENT.value],
        sa_type=ARRAY(sa.Text),
        sa_column_kwargs=_default("{completion_text,completion_document}"),
    )
    outline: str | None = Field(default=None, sa_type=sa.Text)
    forms: str | None = Field(default=None, sa_type=sa.Text)
    guidance: str | None = Field(default=None, sa_type=sa.Text)
    basis: str | None = Field(default=None, sa_type=sa.Text)
    preset: str | None = Field(default=None, sa_type=sa.Text)
    replaced_at: datetime | None = None

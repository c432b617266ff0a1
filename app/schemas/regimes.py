import uuid
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.domain.regimes.presets import PRESETS
from app.http.patterns import Pattern
from app.models import Channel, ContentKind, DataWindow, DueKind, DueRoll, Frequency, Wanted
from app.schemas.common import Body, Day, Line, Out, Prose, Ref, UpdatedSince
from app.schemas.filters import Filters
from app.schemas.plans import AgencyLabelOut
from app.schemas.submission_effects import SubmissionEffectsOut

MonthDay = Annotated[str, Pattern(r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
PresetId = Annotated[str, Pattern(f"^({'|'.join(PRESETS)})$")]


class RegimeRulesOut(Out):
    """Rules by which periods are laid out, and their submissions fall due."""

    frequency: Frequency
    data_window: DataWindow
    week_starts_on: int
    window_starts: list[str]
    window_year_offset: int
    due_kind: DueKind
    due_month_offset: int
    due_day: int
    due_is_strict: bool
    due_working_days: int
    due_roll: DueRoll


class RegimePresetOut(RegimeRulesOut):
    """A regime that is ready to be taken, and where its rules come from."""

    id: str
    name_vi: str
    name_en: str
    source: str


class ReportingRegimeOut(RegimeRulesOut):
    """The reporting regime of a plan from a day on; null `replaced_at` while it is in force."""

    id: uuid.UUID
    effective_from: date
    coordinating_agencies_report: bool
    name: str | None
    content_kind: ContentKind
    content: str | None
    reporters: str | None
    receiver: AgencyLabelOut | None
    channels: list[Channel]
    wants: list[Wanted]
    outline: str | None
    forms: str | None
    guidance: str | None
    basis: str | None
    preset: str | None
    is_default: bool = Field(
        description="Chưa ai chọn, mặc định khi ban hành / nobody chose it, it came with the issue"
    )
    cuts_running: bool = Field(
        description="Thay cho kỳ đang chạy / takes the place of the period that ran"
    )
    replaced_at: datetime | None


class RegimeSetOut(ReportingRegimeOut):
    """The regime that was or would be set, and what it does to the submissions owed."""

    dry_run: bool
    submission_effects: SubmissionEffectsOut


class ReportingRegimeBody(Body):
    """A reporting regime (NĐ 09/2019/NĐ-CP, Điều 7 and 12); a preset fills in absent fields.

    On an issued plan: from a coming day on; what runs or has begun stays as it is. The first that
    somebody chooses may take the place of the running period, if nobody has begun to report on it.
    """

    effective_from: Day = Field(examples=["2024-01-01"])
    preset: PresetId | None = None
    frequency: Frequency = Frequency.YEAR
    data_window: DataWindow = Field(
        default=DataWindow.DECREE_09, description="own với kỳ week, own / own for week and own"
    )
    week_starts_on: int = Field(default=4, ge=1, le=7, description="1 = thứ Hai / Monday")
    window_starts: list[MonthDay] = Field(
        default=[],
        max_length=99,
        description="Ngày đầu các kỳ riêng, MM-DD / first days of own windows, in order",
    )
    window_year_offset: int = Field(
        default=0,
        ge=-1,
        le=0,
        description="-1: kỳ đầu bắt đầu từ năm trước / the first begins in the year before",
    )
    due_kind: DueKind = DueKind.FIXED_DAY
    due_month_offset: int = Field(
        default=0,
        ge=0,
        le=12,
        description="Số tháng sau tháng chốt số liệu / months after the window's last month",
    )
    due_day: int = Field(
        default=20, ge=1, le=31, description="Ngày hạn gửi, kể cả ngày đó / the last day in time"
    )
    due_is_strict: bool = Field(
        default=False, description="“Trước ngày” / strictly before `due_day`"
    )
    due_working_days: int = Field(
        default=3, ge=1, le=60, description="Sau ngày chốt số liệu / after the window closes"
    )
    due_roll: DueRoll = DueRoll.NONE
    coordinating_agencies_report: bool = True
    name: Line | None = None
    content_kind: ContentKind = ContentKind.BOTH
    content: Prose | None = None
    reporters: Line | None = Field(default=None, description="Đối tượng thực hiện / who reports")
    receiver: Ref | None = None
    channels: list[Channel] = Field(default=[Channel.SYSTEM], min_length=1, max_length=7)
    wants: list[Wanted] = Field(
        default=[Wanted.COMPLETION_TEXT, Wanted.COMPLETION_DOCUMENT],
        max_length=len(Wanted),
        description=(
            "Báo cáo phải có gì mới được nhận; mặc định: báo cáo hoàn thành có lời, văn bản / what"
            " a report must have before it is taken"
        ),
    )
    outline: Prose | None = None
    forms: Prose | None = None
    guidance: Prose | None = None
    basis: Line | None = Field(default=None, description="Văn bản quy định / its document")


class PeriodOut(Out):
    """A period by the regime in force on its first day; inclusive on both ends.

    `due_on` is null while the calendar does not know the year that the count reaches.
    """

    id: str
    data_from: date
    data_to: date
    due_on: date | None
    regime_id: uuid.UUID


class RegimeFilters(Filters):
    """The parameters that narrow the list of reporting regimes."""

    updated_since: UpdatedSince = None

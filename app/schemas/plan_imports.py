import uuid
from datetime import date, datetime
from typing import Literal

from fastapi import UploadFile
from pydantic import Field

from app.models import AssigneeRole, TimeFrameKind
from app.schemas.common import Body, Out


class ImportPlanForm(Body):
    """The plan's document: .docx, .xlsx, PDF with text, or plain text; with LibreOffice on the
    server .doc, .odt, .rtf, .html, .xls and .ods as well."""

    file: UploadFile = Field(
        description=(
            "Tệp .docx, .xlsx, .pdf (có chữ), .txt; nếu máy chủ có LibreOffice thì cả .doc, .odt,"
            " .rtf, .html, .xls, .ods / a .docx, .xlsx, .pdf with text or .txt; with LibreOffice on"
            " the server .doc, .odt, .rtf, .html, .xls and .ods too"
        )
    )


class TextOut(Out):
    """A sentence for a person, in both languages."""

    vi: str
    en: str


class WarningOut(Out):
    """Something a person should look at; it never blocks."""

    code: str
    detail: TextOut


class SuggestionOut(Out):
    """A near miss, for a person to take or leave; never taken by itself."""

    code: str
    name: str
    score: float


class CellOut(Out):
    """A cell as the file has it."""

    heading: str
    text: str


class TimeFrameOut(Out):
    """The words of the time cell and what they mean; days are inclusive."""

    text: str
    kind: TimeFrameKind
    starts_on: date | None
    ends_on: date | None
    due_month: int | None
    due_day: int | None
    needs_person: bool


class AssigneeReadingOut(Out):
    """One name of a cell and what it was taken for."""

    role: AssigneeRole
    source_text: str
    resolution: Literal["agency", "collective", "unresolved"]
    code: str | None
    name: str | None
    is_related_only: bool
    suggestions: list[SuggestionOut]
    note: TextOut | None


class RowReadingOut(Out):
    """One row of the plan's table: its words beside what was understood."""

    number: int = Field(description="Dòng thứ mấy của bảng / the row as a person counts it")
    kind: Literal["group", "task"]
    ordinal: str
    title: str
    expected_result: str | None
    note: str | None
    time_frame: TimeFrameOut | None
    assignees: list[AssigneeReadingOut]
    cells: list[CellOut]
    warnings: list[WarningOut]


class CountsOut(Out):
    """The counts of a reading."""

    groups: int
    tasks: int
    assignees: int
    unresolved: int


class FileRowsOut(Out):
    """The rows of the file's tables that hold anything: `seen` is `read` and `left_out`."""

    seen: int
    read: int
    left_out: int


class LeftOutOut(Out):
    """A row of the file that was seen and not read."""

    number: int
    text: str
    reason: WarningOut


class NamedBodyOut(Out):
    """The plan's own words for a body, and the codes of the agencies found in them."""

    text: str
    codes: list[str]


class SectionOut(Out):
    """A part of the plan's text."""

    heading: str
    text: str


class PlanBodyOut(Out):
    """The plan's words outside of its table, for a person to take over; they set nothing."""

    issuer: NamedBodyOut | None
    coordinator: NamedBodyOut | None = Field(
        description="Cơ quan được giao theo dõi, đôn đốc, tổng hợp / who is to follow it up"
    )
    overseers: NamedBodyOut | None
    legal_bases: list[str]
    recipients: list[str]
    sections: list[SectionOut]


class PlanReadingOut(Out):
    """A whole document as understood with the agencies of the day `as_of`."""

    as_of: date
    title: str | None
    number: str | None
    issued_on: date | None
    starts_on: date | None
    ends_on: date | None
    body: PlanBodyOut | None = Field(
        description="Null: nhập từ trước khi phần lời văn được đọc / imported before it was read"
    )
    counts: CountsOut
    file_rows: FileRowsOut | None = Field(
        description="Null: nhập từ trước khi các dòng được đếm / imported before rows were counted"
    )
    warnings: list[WarningOut]
    left_out: list[LeftOutOut] = Field(
        description="Các dòng không được đọc, tối đa 500 / rows that were not read, 500 at most"
    )
    rows: list[RowReadingOut]


class PlanImportOut(Out):
    """One reading of a file; a dry run has no id and no plan."""

    id: uuid.UUID | None
    plan_id: uuid.UUID | None
    file_name: str
    media_type: str
    sha256: str
    size: int
    created_at: datetime | None
    reading: PlanReadingOut

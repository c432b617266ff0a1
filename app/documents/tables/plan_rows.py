"""The rows of a plan's file as they were read, before anybody has judged them."""

import enum
from dataclasses import dataclass
from datetime import date

from app.errors import Text


class RowKind(enum.StrEnum):
    """A group is no task: it heads the rows below it and what it assigns fills their blanks."""

    GROUP = "group"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class RowWarning:
    """Something a person should look at; it never blocks. `code` is stable, `detail` is not."""

    code: str
    detail: Text


PROSE_PLAN = RowWarning(
    "prose_plan",
    Text(
        "Tệp không có bảng nhiệm vụ; các nhiệm vụ được đề xuất từ câu văn, cần người chọn lại.",
        "The file has no task table; tasks are proposed from its sentences, for a person to keep.",
    ),
)
"""The warning about a whole file, by which callers see that it has no task table."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of the task table: its meaning, and beside it the file's own words.

    `number` counts as a person does, from 1 with the heading included; in a workbook it is the
    row of the sheet. `cells` pairs each heading with its verbatim text, recognised or not. `parent`
    is the place among the rows of the one that heads this one, `year` what a heading says for days
    without a year. `is_combined`: leads and coordinating agencies share the column of leads.
    """

    number: int
    kind: RowKind
    ordinal: str
    title: str
    lead: str
    coordinating: str
    time_frame: str
    expected_result: str | None
    note: str | None
    cells: tuple[tuple[str, str], ...]
    warnings: tuple[RowWarning, ...]
    parent: int | None = None
    year: int | None = None
    is_combined: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that was seen and is no row of the reading: its words, and the reason."""

    number: int
    text: str
    reason: RowWarning


@dataclass(frozen=True, slots=True)
class PlanProse:
    """The parts of a plan outside of its table, in its own words; none of them is interpreted.

    `coordinator` is the body charged with following up, `overseers` those asked to supervise;
    `sections` are the plan's parts by their headings ("I. MỤC ĐÍCH, YÊU CẦU"), each with its text.
    """

    issuer: str | None = None
    coordinator: str | None = None
    overseers: str | None = None
    bases: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan's file as read. What the file leaves blank is None, never taken from elsewhere.

    `rows_seen` counts the rows that hold anything, headings aside; those of `left_out` too.
    """

    media_type: str
    title: str | None
    number: str | None
    issued_on: date | None
    rows: tuple[PlanRow, ...]
    rows_seen: int
    left_out: tuple[LeftOut, ...]
    body: PlanProse
    warnings: tuple[RowWarning, ...]

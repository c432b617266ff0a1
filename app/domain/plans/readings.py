"""The meaning of a plan document; pure functions, so that a dry run reads like an import."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from app.documents.agency_names import Mention, NameBook, NamedKind
from app.documents.plan_table import PlanDocument, PlanRow, RowKind, RowWarning
from app.domain.plans.time_frames import TimeFrame, read_time_frame
from app.errors import Text
from app.models import AssigneeRole


@dataclass(frozen=True, slots=True)
class AssigneeReading:
    """One name of a cell; `mention.code` is None where it was not understood."""

    role: AssigneeRole
    mention: Mention


@dataclass(frozen=True, slots=True)
class RowReading:
    """One row of the table: its words, and its time frame and assignees; a group has neither."""

    row: PlanRow
    time_frame: TimeFrame | None
    assignees: tuple[AssigneeReading, ...]
    warnings: tuple[RowWarning, ...]


@dataclass(frozen=True, slots=True)
class PlanReading:
    """A whole document; its first and last day span its time frames, for a person to confirm."""

    document: PlanDocument
    as_of: date
    starts_on: date | None
    ends_on: date | None
    rows: tuple[RowReading, ...]


def day_of(document: PlanDocument, *, as_of: date | None, today: date) -> date:
    """The day whose agency names a plan uses: an old plan names agencies of its time.

    *as_of* if given; else the plan's own date; else the first day of its time frames; else today.
    """
    starts_on, _ = _life(document)
    return as_of or document.issued_on or starts_on or today


def read_plan(document: PlanDocument, book: NameBook, *, as_of: date) -> PlanReading:
    """Understand every row with the names of a day; nothing is guessed and nothing is dropped."""
    starts_on, ends_on = _life(document)
    rows = tuple(_read_row(row, book, _year(document)) for row in document.rows)
    return PlanReading(document, as_of, starts_on, ends_on, rows)


def _year(document: PlanDocument) -> int | None:
    return document.issued_on.year if document.issued_on else None


def _life(document: PlanDocument) -> tuple[date | None, date | None]:
    tasks = [row for row in document.rows if row.kind is RowKind.TASK]
    frames = [read_time_frame(row.time_frame, plan_year=_year(document)) for row in tasks]
    return (
        min((frame.starts_on for frame in frames if frame.starts_on), default=None),
        max((frame.ends_on for frame in frames if frame.ends_on), default=None),
    )


def _read_row(row: PlanRow, book: NameBook, plan_year: int | None) -> RowReading:
    if row.kind is RowKind.GROUP:
        return RowReading(row, None, (), row.warnings)
    frame = read_time_frame(row.time_frame, plan_year=plan_year)
    leads = book.read_cell(row.lead)
    coordinating = _without_leads(book.read_cell(row.coordinating), leads)
    assignees = [AssigneeReading(AssigneeRole.LEAD, mention) for mention in leads]
    assignees += [AssigneeReading(AssigneeRole.COORDINATING, mention) for mention in coordinating]
    warnings = [*row.warnings, *_warnings(frame, leads, assignees)]
    return RowReading(row, frame, tuple(assignees), tuple(warnings))


def _without_leads(mentions: Iterable[Mention], leads: Iterable[Mention]) -> list[Mention]:
    """The mentions, with a note at each agency that leads: it owes the task only once."""
    codes = {lead.code for lead in leads if lead.kind is NamedKind.AGENCY}
    note = Text(
        "Đã là cơ quan chủ trì nên chỉ tính một lần.", "It leads the task and owes it only once."
    )
    return [
        replace(mention, note=note)
        if mention.kind is NamedKind.AGENCY and mention.code in codes
        else mention
        for mention in mentions
    ]


def _warnings(
    frame: TimeFrame, leads: tuple[Mention, ...], assignees: list[AssigneeReading]
) -> Iterable[RowWarning]:
    if frame.needs_person:
        yield RowWarning(
            "time_frame_needs_person",
            Text("Thời gian thực hiện cần người xem lại.", "The time frame needs a person's look."),
        )
    if not leads:
        yield RowWarning(
            "lead_missing", Text("Không có cơ quan chủ trì.", "There is no lead agency.")
        )
    for assignee in assignees:
        if assignee.mention.code is None:
            yield RowWarning(
                "assignee_unresolved",
                Text(
                    f"Chưa nhận ra cơ quan: “{assignee.mention.source_text}”.",
                    f"Agency not recognised: “{assignee.mention.source_text}”.",
                ),
            )

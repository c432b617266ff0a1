"""The meaning of a plan document; pure functions, so that a dry run reads like an import."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.documents.agency_names import Mention, NameBook, NamedKind, is_person
from app.documents.names.words import NamedPart
from app.documents.tables.columns import year_of
from app.documents.tables.people import PERSON_HIDDEN, without_people
from app.documents.tables.plan_rows import PlanDocument, PlanRow, RowKind, RowWarning
from app.documents.vietnamese import fold
from app.documents.words import folded
from app.domain.plans.row_heads import with_what_heads
from app.domain.plans.stated_periods import goes_on_beyond, stated_periods
from app.domain.plans.time_frames import ONCE, TimeFrame, names_recurrence, read_time_frame
from app.domain.plans.times_elsewhere import times_elsewhere
from app.errors import Text
from app.kinds import AssigneeRole

LEAD, COORDINATING = AssigneeRole.LEAD, AssigneeRole.COORDINATING
_OF_PEOPLE = re.compile(r"\b(?:lanh dao|nguoi|dong chi|ca nhan|can bo|chuyen vien|dien thoai)\b")
_NO_LONGER = re.compile(
    r"\b(?:bai bo|huy bo|huy(?= nhiem vu|$)|(?:da |tam )?dung(?= thuc hien| lai|$)|tam dung"
    r"|khong (?:con )?(?:thuc hien|trien khai)|dua ra khoi|rut khoi|loai khoi|thoi thuc hien)\b"
)
_CALLED_OFF = RowWarning(
    "called_off_in_note",
    Text(
        "Ghi chú nêu việc dừng, bãi bỏ hoặc không thực hiện; dòng vẫn được đọc là nhiệm vụ, cần "
        "xem lại.",
        "The remarks speak of work that is stopped or given up; the row was read as a task all the "
        "same; look again.",
    ),
)
_LEADS_ALREADY = Text(
    "Đã là cơ quan chủ trì nên chỉ tính một lần.", "It leads the task and owes it only once."
)
_PEOPLE = RowWarning(
    "people_left_out",
    Text(
        "Ô ghi họ tên hoặc số điện thoại của cá nhân; hệ thống không lưu, chỉ giao cho cơ quan.",
        "The cell names people or their telephone numbers; they are not kept, only agencies are.",
    ),
)
LIFE_IN_DOUBT = RowWarning(
    "life_in_doubt",
    Text(
        "Tên kế hoạch và thời gian của các nhiệm vụ nêu những năm khác nhau; hãy xác định "
        "thời gian thực hiện kế hoạch.",
        "The title and the times of the tasks name different years; lay down the plan's days.",
    ),
)
_SHORT_CELL = 100  # characters; a longer cell of another column tells of other things too
_RECURRENCE = RowWarning(
    "recurrence_in_doubt",
    Text(
        "Nội dung hoặc ghi chú nêu việc hằng năm, định kỳ trong khi thời gian ghi một lần.",
        "The title or the remarks speak of something that recurs; the time names one day.",
    ),
)
_IN_BRACKETS = RowWarning(
    "bodies_in_brackets",
    Text(
        "Trong ngoặc sau tên một cơ quan còn nêu cơ quan khác, không được giao việc; cần xem lại.",
        "In brackets behind a name another body is named, which is given nothing; look again.",
    ),
)
_UNDIVIDED = RowWarning(
    "parts_uncertain",
    Text(
        "Ô ghi chung cơ quan chủ trì và phối hợp mà không nêu rõ vai trò của từng cơ quan; "
        "cần xem lại cơ quan nào chủ trì.",
        "The cell names leads and others together without saying which each is; see who leads.",
    ),
)


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
    """A whole document; its first and last day are those of its title, else of its time frames."""

    document: PlanDocument
    as_of: date
    starts_on: date | None
    ends_on: date | None
    rows: tuple[RowReading, ...]
    warnings: tuple[RowWarning, ...]


def day_of(document: PlanDocument, *, as_of: date | None, today: date) -> date:
    """The day whose agency names a plan uses: an old plan names agencies of its time.

    *as_of* if given; else the plan's own date; else the first day of its time frames; else today.
    """
    starts_on, _ = _span(document)
    return as_of or document.issued_on or starts_on or today


def read_plan(document: PlanDocument, book: NameBook, *, as_of: date) -> PlanReading:
    """Understand every row with the names of a day; nothing is guessed and nothing is dropped."""
    document = with_what_heads(document, book)
    rows = tuple(_read_row(row, book, _frame(document, row)) for row in document.rows)
    starts_on, ends_on, in_doubt = _life(document)
    warnings = (*document.warnings, *([LIFE_IN_DOUBT] if in_doubt else []))
    return PlanReading(document, as_of, starts_on, ends_on, rows, warnings)


def _frame(document: PlanDocument, row: PlanRow) -> TimeFrame:
    """The time of a row. A day without a year is of the headings over it, of a title that names one
    year, else of the day of issue; and no day before that, as "Quý I" in a plan of December."""
    title, issued = document.title or "", document.issued_on
    if stated := row.year or (None if _names_several_years(title) else year_of(title)):
        return read_time_frame(row.time_frame, plan_year=stated)
    year = issued.year if issued and not _names_several_years(title) else None
    frame = read_time_frame(row.time_frame, plan_year=year)
    is_past = issued is not None and frame.ends_on is not None and frame.ends_on < issued
    return read_time_frame(row.time_frame) if is_past else frame


def _names_several_years(title: str) -> bool:
    return any(
        one.starts_on is None or one.starts_on.year < one.ends_on.year
        for one in stated_periods(title)
    )


def _life(document: PlanDocument) -> tuple[date | None, date | None, bool]:
    """The title's period if it names one, else that of the rows; True if the two disagree."""
    first, last = _span(document)
    stated = stated_periods(document.title or "")
    if len(stated) != 1 or goes_on_beyond(document.title or ""):
        return first, last, bool(stated)
    [period] = stated
    starts_on = period.starts_on or min(filter(None, (first, document.issued_on)), default=None)
    outside = (first and starts_on and first < starts_on) or (last and last > period.ends_on)
    if starts_on and starts_on > period.ends_on:
        return first, last, True
    return starts_on, period.ends_on, bool(outside)


def _span(document: PlanDocument) -> tuple[date | None, date | None]:
    """The first and the last day that its time frames name."""
    tasks = [row for row in document.rows if row.kind is RowKind.TASK]
    frames = [_frame(document, row) for row in tasks]
    return (
        min((frame.starts_on for frame in frames if frame.starts_on), default=None),
        max((frame.ends_on for frame in frames if frame.ends_on), default=None),
    )


def group_above(rows: Sequence[RowReading], place: int) -> int | None:
    """The place of the nearest group over the row at `place`, counted from 0."""
    above = rows[place].row.parent
    while above is not None and rows[above].row.kind is not RowKind.GROUP:
        above = rows[above].row.parent
    return above


def _read_row(row: PlanRow, book: NameBook, frame: TimeFrame) -> RowReading:
    if row.kind is RowKind.GROUP:
        return RowReading(row, None, (), row.warnings)
    leading, shared = _divided(_parts(book, row.lead, LEAD), is_combined=row.is_combined)
    others = _parts(book, row.coordinating, COORDINATING)
    shared = shared or bool(leading and any(one.role is LEAD for one in others))
    read = [*leading, *others]
    named = [_without_people(one) for one in read if not one.mention.is_person]
    leads = [one for one in named if one.role is LEAD]
    coordinating = _without_leads((one for one in named if one.role is COORDINATING), leads)
    assignees = (*leads, *coordinating)
    mentions = [one.mention for one in assignees]
    people = [one.mention.source_text for one in read if one.mention.is_person]
    cells = tuple((name, _cell_without(text, name, people)) for name, text in row.cells)
    said = {warning.code for warning in row.warnings}
    found = [
        *(*_recurrence(row, frame), *times_elsewhere(row, frame)),
        *_called_off(row),
        *_warnings(frame, leads, assignees),
        *([_IN_BRACKETS] if any(map(book.names_other_in_brackets, mentions)) else []),
    ]
    warnings = [*row.warnings, *(one for one in found if one.code not in said)]
    if shared:
        warnings.append(_UNDIVIDED)
    if cells != row.cells:
        warnings.append(_PEOPLE)
    kept = replace(
        row,
        title=without_people(row.title),
        expected_result=row.expected_result and without_people(row.expected_result),
        note=row.note and kept_words(row.note),
        cells=cells,
    )
    return RowReading(kept, frame, assignees, tuple(warnings))


def _parts(book: NameBook, cell: str, role: AssigneeRole) -> list[AssigneeReading]:
    """The names of a cell, each in the part that the cell gives it, else in its column's."""
    return [
        AssigneeReading(AssigneeRole(mention.role or role), mention)
        for mention in book.read_cell(cell)
    ]


def _divided(
    readings: Sequence[AssigneeReading], *, is_combined: bool
) -> tuple[Sequence[AssigneeReading], bool]:
    """The names of a cell of leads, and True if which of them lead is in doubt.

    "A (chủ trì), B", "A, B cùng phối hợp", and "A, B" in a column of leads and others: whoever is
    called the lead leads, else the first; the others coordinate until a person has looked.
    """
    said = [one.mention.role for one in readings if not one.mention.is_person]
    if len(said) < 2 or not (any(said) or is_combined):
        return readings, False
    leads = [one for one in readings if one.mention.role is NamedPart.LEAD]
    unsaid = [one for one in readings if one.mention.role is None]
    if not leads and unsaid and not is_combined:
        return readings, False  # "A; phối hợp: B": the column says what A is
    if leads and not unsaid:
        return readings, False
    first = leads or [next(one for one in readings if not one.mention.is_person)]
    roles = ((one, LEAD if one in first else COORDINATING) for one in readings)
    return [replace(one, role=role) for one, role in roles], True


def _without_people(reading: AssigneeReading) -> AssigneeReading:
    mention = reading.mention
    text = without_people(mention.source_text)
    return replace(reading, mention=replace(mention, source_text=text))


def _cell_without(text: str, heading: str, people: list[str]) -> str:
    for person in people:
        text = text.replace(person, PERSON_HIDDEN)
    return kept_words(text) if _OF_PEOPLE.search(folded(heading)) else without_people(text)


def kept_words(text: str) -> str:
    """A text without people; one that only names a person is hidden whole."""
    return PERSON_HIDDEN if is_person(text) else without_people(text)


def _without_leads(
    readings: Iterable[AssigneeReading], leads: Sequence[AssigneeReading]
) -> list[AssigneeReading]:
    """The readings, with a note at each agency that leads: it owes the task only once."""
    codes = {one.mention.code for one in leads if one.mention.kind is NamedKind.AGENCY}
    return [
        replace(one, mention=replace(one.mention, note=_LEADS_ALREADY))
        if one.mention.kind is NamedKind.AGENCY and one.mention.code in codes
        else one
        for one in readings
    ]


def _recurrence(row: PlanRow, frame: TimeFrame) -> Iterable[RowWarning]:
    """ "Hằng năm" in the title, in the remarks or in a column of its own ("Tần suất"), beside one
    year or one day."""
    said = (text for _, text in row.cells if len(text) <= _SHORT_CELL)
    if frame.kind in ONCE and any(map(names_recurrence, (row.title, row.note or "", *said))):
        yield _RECURRENCE


def _called_off(row: PlanRow) -> Iterable[RowWarning]:
    """ "Bãi bỏ", "Đã dừng thực hiện" in the remarks of a row that is read as work to be done."""
    if _NO_LONGER.search(fold((row.note or "")[:_SHORT_CELL])):
        yield _CALLED_OFF


def _warnings(
    frame: TimeFrame, leads: Sequence[AssigneeReading], assignees: Sequence[AssigneeReading]
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

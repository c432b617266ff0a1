"""From the rows of a task table to drafts of its tasks and groups: one draft an item."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.documents.files.grids import Cell, GridRow, Typed
from app.documents.names.phrases import is_ditto
from app.documents.tables.ordinals import (
    HEADLINE,
    PART,
    Level,
    from_date,
    from_number,
    looks_like_ordinal,
    split_leading,
    tidied,
)
from app.documents.tables.people import without_people
from app.documents.tables.plan_rows import RowWarning
from app.documents.tables.replaced_columns import taken_in_place
from app.documents.tables.shared_columns import is_run_of_marks, joined_values
from app.documents.tables.table_headings import ASSIGNING, ColumnRole, TableHeading
from app.documents.tables.unread import warn_of_unread
from app.documents.words import cleaned, folded
from app.errors import Text

_ITEM = re.compile(r"(?:^|\n)\s*(?:[-+*•–—]|[a-zđ]\)|\d{1,2}\))\s*(?=\S)")
_SHOWN = 100  # characters of what is quoted


@dataclass(slots=True)
class Draft:
    """A row while it is being understood."""

    number: int
    ordinal: str = ""
    title: str = ""
    values: dict[ColumnRole, str] = field(default_factory=dict)
    cells: list[tuple[str, str]] = field(default_factory=list)
    fills_row: bool = False
    typed: Typed = Typed.TEXT
    warnings: list[RowWarning] = field(default_factory=list)
    level: Level | None = None
    year: int | None = None
    is_combined: bool = False
    parts: int = 0
    has_own_lead: bool = True  # not merged with the lead of a row above
    above: str = ""  # what its title and those of the next rows have in common
    above_goes_on: bool = False  # merged with that of the row above

    @property
    def lead(self) -> str:
        return self.values.get(ColumnRole.LEAD, "")

    @property
    def time(self) -> str:
        return self.values.get(ColumnRole.TIME, "")

    @property
    def is_bare(self) -> bool:
        return not any(self.values.get(role) for role in ASSIGNING)

    def warn(self, code: str, vi: str, en: str) -> None:
        self.warnings.append(RowWarning(code, Text(vi, en)))


def read_row(row: GridRow, heading: TableHeading, *, sparse: bool) -> Draft:
    """`sparse` rows (of a workbook) leave out their empty cells, so a short one lacks nothing."""
    draft = Draft(row.number)
    for cell in row.cells:
        role = heading.role_in(cell)
        if role is not None:
            _place(draft, role, cell, heading)
        elif cell.text and cell.column >= heading.width:
            draft.warn("cell_without_heading", *_OUTSIDE)
    draft.values |= joined_values(row, heading)
    _warn_of_other_times(draft, row, heading)
    if is_run_of_marks(row, heading):
        draft.warn("marks_joined", *_MARKED)
    taken_in_place(row, heading, draft.values, draft.warn)
    warn_of_unread(draft.warn, row)
    if row.by_cells:
        draft.warn("row_by_content", *_BY_CELLS)
    _place_above(draft, row, heading)
    draft.cells = _named_cells(row, heading)
    if not sparse and not row.by_cells and row.width <= max(heading.column_of.values()):
        draft.warn("row_too_short", *_TOO_SHORT)
    _settle_ordinal(draft, heading)
    return draft


def _warn_of_other_times(draft: Draft, row: GridRow, heading: TableHeading) -> None:
    """Two days of one row: which of them is its deadline is for a person to say."""
    for cell in row.cells:
        text = without_people(cleaned(cell.text))[:_SHOWN]
        if text and cell.column in heading.other_times and folded(text) != folded(draft.time):
            name, used = heading.texts[cell.column][:_SHOWN], cleaned(draft.time)[:_SHOWN]
            draft.warn(
                "time_in_other_column",
                f"Cột “{name}” ghi “{text}”, thời hạn được lấy là “{used}”; cần xem lại.",
                f'The column "{name}" says "{text}", and "{used}" was taken for the deadline; '
                "look again.",
            )


def _place_above(draft: Draft, row: GridRow, heading: TableHeading) -> None:
    """Set the text that several titles have in common above them; a row without a title of its own
    takes it as its title."""
    above = [cell for cell in row.cells if cell.column == heading.above_titles]
    draft.above_goes_on = any(cell.continues for cell in above)
    text = next((cleaned(cell.text) for cell in above if not cell.continues), "")
    if draft.title:
        draft.above = text
    else:
        draft.title = text


def _named_cells(row: GridRow, heading: TableHeading) -> list[tuple[str, str]]:
    filled = {at for cell in row.cells for at in range(cell.column, min(cell.end, heading.width))}
    named = [(cell.column, heading.name_of(cell), cell.text) for cell in row.cells]
    named += [(at, heading.texts[at], "") for at in range(heading.width) if at not in filled]
    return [(name, text) for _, name, text in sorted(named, key=lambda each: each[0])]


def _place(draft: Draft, role: ColumnRole, cell: Cell, heading: TableHeading) -> None:
    covered = {r for at, r in heading.roles().items() if cell.column <= at < cell.end}
    if role is ColumnRole.ORDINAL:
        # A merged ordinal belongs to the first of its rows.
        draft.ordinal = "" if cell.continues else tidied(cell.text or cell.label)
        draft.typed = cell.typed
        if cell.label and not cell.text:
            draft.warn("ordinal_from_numbering", *_NUMBERED)
    elif role is ColumnRole.TITLE:
        draft.title = cleaned(cell.text)
        if len(_ITEM.findall(cell.text)) > 1 and not cell.continues:
            draft.warn("several_in_title", *_SEVERAL)
        draft.fills_row = bool(cell.text) and covered >= ASSIGNING & heading.column_of.keys()
        if cell.label and cell.text and ColumnRole.ORDINAL not in heading.column_of:
            draft.ordinal = tidied(cell.label)
    else:
        draft.values[role] = cell.text
        if role is ColumnRole.LEAD:
            draft.has_own_lead = not cell.continues
        if cell.text and heading.covers_several(cell):
            draft.warn("cell_spans_columns", *_SPANS)


def _settle_ordinal(draft: Draft, heading: TableHeading) -> None:
    if not draft.title and draft.ordinal and not looks_like_ordinal(draft.ordinal):
        at = heading.column_of[ColumnRole.ORDINAL]  # a title written into the narrow column
        texts = [text for name, text in draft.cells if name == heading.texts[at]]
        draft.title, draft.ordinal = cleaned(texts[0]) if texts else draft.ordinal, ""
        draft.fills_row = draft.is_bare
    if not draft.ordinal:
        draft.ordinal, draft.title = split_leading(draft.title)


def joins_previous(row: GridRow, draft: Draft, heading: TableHeading) -> bool:
    """True if a row only goes on with the one above it: cut by a page, or merged with it."""
    title = next((cell for cell in row.cells if heading.role_in(cell) is ColumnRole.TITLE), None)
    ordinal = next(
        (cell for cell in row.cells if heading.role_in(cell) is ColumnRole.ORDINAL), None
    )
    if title is not None and title.continues and title.text:
        return ordinal is None or ordinal.continues or not ordinal.text
    if draft.ordinal or draft.fills_row:
        return False
    if heading.above_titles is not None and draft.is_bare and not draft.above:
        return True  # a further line of what is done
    goes_on = (
        draft.title[:1].islower() and draft.is_bare and ColumnRole.ORDINAL in heading.column_of
    )
    return not draft.title or goes_on


def is_part(row: GridRow, heading: TableHeading) -> bool:
    """True if a row under a merged title has a lead and a day of its own: a piece of work then."""
    own = {heading.role_in(cell) for cell in row.cells if cell.text and not cell.continues}
    title = next((cell for cell in row.cells if heading.role_in(cell) is ColumnRole.TITLE), None)
    return title is not None and title.continues and own >= {ColumnRole.LEAD, ColumnRole.TIME}


def add_part(head: Draft, first: Draft, part: Draft) -> None:
    """Make `part` the next piece of work under the group `head`, whose first piece is `first`."""
    for piece in (first, part) if not head.parts else (part,):
        head.parts += 1
        piece.ordinal = f"{head.ordinal}.{head.parts}" if head.ordinal else ""
        piece.title, piece.level, piece.fills_row = head.title, PART, False
        piece.warn("title_shared", *_SHARED)


def head_of_parts(draft: Draft) -> Draft:
    """A group with the ordinal and the title that were merged over several rows."""
    return Draft(draft.number, draft.ordinal, draft.title, fills_row=True, year=draft.year)


def with_heads(drafts: Iterable[Draft]) -> list[Draft]:
    """The rows that share the texts before their titles, as pieces of work under these."""
    drafts = list(drafts)
    if any(draft.above_goes_on and draft.ordinal for draft in drafts):
        return _headed_as_numbered(drafts)
    headed: list[Draft] = []
    run: list[Draft] = []
    for draft in [*drafts, Draft(0, fills_row=True)]:
        if run and not (draft.above or draft.ordinal or draft.fills_row):
            run.append(draft)
            continue
        headed += _under_head(run)
        run = [draft]
    return headed


def _headed_as_numbered(drafts: Iterable[Draft]) -> list[Draft]:
    """The rows, each of which has an ordinal, with the texts merged before them as headings without
    one."""
    headed: list[Draft] = []
    for draft in drafts:
        if draft.above:
            headed.append(Draft(draft.number, title=draft.above, fills_row=True, year=draft.year))
        headed.append(draft)
    return headed


def _under_head(run: Sequence[Draft]) -> Sequence[Draft]:
    is_alone = len(run) == 1 and bool(run[0].ordinal)  # its number stands beside those of groups
    if not run or not run[0].above or is_alone:
        return run
    first = run[0]
    head = Draft(first.number, first.ordinal, first.above, fills_row=True, year=first.year)
    for count, piece in enumerate(run, 1):
        piece.ordinal = f"{head.ordinal}.{count}" if head.ordinal else ""
        piece.level = PART
    return [head, *run]


def repeat_ditto(drafts: list[Draft]) -> None:
    """Put the words of the row above in the place of "nt" and '"'; a warning shows them to a
    person."""
    above: dict[ColumnRole, str] = {}
    for draft in drafts:
        if draft.fills_row or draft.is_bare:
            continue
        for role in (ColumnRole.LEAD, ColumnRole.COORDINATING, ColumnRole.TIME, ColumnRole.RESULT):
            text = draft.values.get(role, "")
            if is_ditto(text) and role in above:
                draft.values[role] = above[role]
                sign, words = text.strip(), above[role][:100]
                draft.warn(
                    "repeated_from_above",
                    f"Ô ghi “{sign}”, được lấy theo dòng trên: “{words}”.",
                    f'The cell says "{sign}"; the row above was taken: "{words}".',
                )
            above[role] = draft.values.get(role, "")


def join(previous: Draft, row: GridRow, heading: TableHeading) -> None:
    """Add the row's words to `previous` in place, with a warning; what merged cells repeat is left
    out, and an ordinal goes into `cells` only."""
    warn_of_unread(previous.warn, row)
    for cell in row.cells:
        text, role = cell.text, heading.role_in(cell)
        if not text or cell.continues:
            continue
        _add_cell(previous, heading.name_of(cell), text)
        if role is ColumnRole.TITLE:
            previous.title = f"{previous.title} {cleaned(text)}".strip()
        elif role is not None and role is not ColumnRole.ORDINAL:
            previous.values[role] = "\n".join(filter(None, (previous.values.get(role), text)))
    previous.warn(
        "row_joined",
        f"Dòng {row.number} không có số thứ tự và tên nhiệm vụ riêng nên được nối vào dòng này.",
        f"Row {row.number} has no ordinal and title of its own and was joined to this row.",
    )


def _add_cell(draft: Draft, name: str, text: str) -> None:
    for at, (held, before) in enumerate(draft.cells):
        if held == name:
            draft.cells[at] = (name, f"{before}\n{text}" if before else text)
            return
    draft.cells.append((name, text))


def settle_ordinals(drafts: list[Draft]) -> None:
    """Mend the damage that workbooks do to ordinals, and number a table that shows no number."""
    if not any(draft.ordinal for draft in drafts):
        rows = (draft for draft in drafts if not draft.fills_row and draft.level is not HEADLINE)
        for position, draft in enumerate(rows, 1):
            draft.ordinal = str(position)
            draft.warn("ordinal_from_row_order", *_COUNTED)
    previous = ""
    for draft in drafts:
        if draft.typed is not Typed.TEXT and draft.ordinal:
            mend = from_number if draft.typed is Typed.NUMBER else from_date
            mended = mend(draft.ordinal, previous)
            if mended != draft.ordinal:
                draft.warn(
                    "ordinal_inferred",
                    f"Số thứ tự trong bảng tính là “{draft.ordinal}”, được hiểu là “{mended}” "
                    "theo thứ tự các dòng.",
                    f'The sheet says "{draft.ordinal}"; by the order of rows it is "{mended}".',
                )
                draft.ordinal = mended
        previous = draft.ordinal or previous


_MARKED = (
    "Dòng đánh dấu các cột thời gian liền nhau, được hiểu là một khoảng thời gian; cần xem lại.",
    "The row marks neighbouring columns of times, which were taken for one span; look again.",
)
_BY_CELLS = (
    "Bảng của dòng không có tiêu đề cột hoặc thiếu cột, các ô được hiểu theo nội dung; cần xem lại "
    "cơ quan và thời gian.",
    "The row's table lacks its heading or a column; its cells were understood by what they hold; "
    "see whether agencies and times are right.",
)
_SEVERAL = (
    "Ô nhiệm vụ liệt kê nhiều việc, được đọc là một nhiệm vụ; cần xem có tách ra không.",
    "The cell lists several pieces of work, which were read as one task; see whether to part them.",
)
_OUTSIDE = (
    "Có ô nằm ngoài các cột của tiêu đề bảng.",
    "A cell stands outside the columns of the heading.",
)
_TOO_SHORT = (
    "Dòng có ít ô hơn tiêu đề bảng, các ô có thể bị lệch cột.",
    "The row has fewer cells than the heading; its cells may stand in wrong columns.",
)
_NUMBERED = (
    "Số thứ tự do Word tự đánh, được tính lại theo thứ tự các dòng.",
    "The ordinal is numbered automatically by Word and was counted again from the rows.",
)
_SPANS = (
    "Có ô gộp nhiều cột, nội dung chỉ được tính cho cột đầu tiên nhận biết được.",
    "A merged cell spans several columns; it was taken for the first known of them only.",
)
_SHARED = (
    "Tên nhiệm vụ được gộp ô cho nhiều dòng, mỗi dòng có cơ quan và thời hạn riêng được tách thành "
    "một việc.",
    "The title is merged over several rows; each with a lead and a day of its own is one task.",
)
_COUNTED = (
    "Bảng không ghi số thứ tự, số được đánh theo thứ tự các dòng.",
    "The table shows no ordinals; rows were numbered in their order.",
)

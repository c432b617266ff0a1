"""A plan's file (.docx, .xlsx or the text form) read into the rows of its task table."""

import re
from collections.abc import Mapping
from importlib import import_module
from itertools import chain, islice

from app.documents.confined.limits import MAX_NAMES
from app.documents.files.docx_tables import read_docx
from app.documents.files.file_kinds import (
    MEDIA_TYPES,
    FileKind,
    OfficeFile,
    OpenedFile,
    opened_file,
)
from app.documents.files.grids import Block, GridTable
from app.documents.files.text_tables import read_text
from app.documents.files.xlsx_tables import read_xlsx
from app.documents.sentences.body import read_body
from app.documents.sentences.letterhead import ReadLetterhead, read_letterhead
from app.documents.sentences.prose import proposed_rows
from app.documents.tables.bare_heads import settle_heads
from app.documents.tables.document_warnings import column_warnings, file_warnings, likeness_warnings
from app.documents.tables.left_out import holds_anything
from app.documents.tables.outline import Node, outlined
from app.documents.tables.plan_rows import (
    PROSE_PLAN,
    LeftOut,
    PlanDocument,
    PlanRow,
    RowKind,
    RowWarning,
)
from app.documents.tables.several_tables import chosen
from app.documents.tables.table_headings import ColumnRole
from app.documents.tables.tables_by_cells import sections_by_cells
from app.documents.tables.task_rows import repeat_ditto, settle_ordinals, with_heads
from app.documents.tables.task_tables import (
    Section,
    drafts_of,
    find_sections,
    head_restarted,
)
from app.documents.words import cleaned
from app.errors import FileTooLargeError, Text, UnreadableFileError

__all__ = ["LeftOut", "PlanDocument", "PlanRow", "RowKind", "RowWarning", "read_plan_document"]


def read_plan_document(content: bytes, *, file_name: str) -> PlanDocument:
    """Read a plan's file. Whatever the bytes are, the only refusals are `UnreadableFileError` and
    `FileTooLargeError`; everything doubtful that can be read comes back with a warning."""
    file = opened_file(content, file_name=file_name)
    blocks = _blocks(file)
    found = find_sections(blocks)
    if not found.sections:
        proposed, by_cells = proposed_rows(blocks), sections_by_cells(blocks)
        count = sum(len(each.rows) for each in by_cells.sections)
        if len(proposed[0]) > count or not count:
            return _proposed(blocks, file.kind, proposed, found.left_out)
        found = by_cells
    kept, missed, warnings = chosen(found)
    _count_names(kept)
    headed = head_restarted(kept)
    nodes = _nodes(kept, headed=headed)
    if not nodes:
        raise _no_table(blocks)
    letterhead = _letterhead(blocks, found.sections[0], headed=headed)
    places = {node: place for place, node in enumerate(nodes)}
    return PlanDocument(
        media_type=MEDIA_TYPES[file.kind],
        title=letterhead.title,
        number=letterhead.number,
        issued_on=letterhead.issued_on,
        rows=tuple(_row(node, places) for node in nodes),
        rows_seen=sum(sum(map(holds_anything, each.rows)) for each in kept) + len(missed),
        left_out=tuple(missed),
        body=read_body(blocks),
        warnings=(
            *warnings,
            *column_warnings(kept, blocks),
            *likeness_warnings(kept, blocks),
            *file_warnings(blocks, disputed=letterhead.disputed),
        ),
    )


def _proposed(
    blocks: list[Block],
    kind: FileKind,
    proposed: tuple[list[PlanRow], list[LeftOut]],
    other_rows: list[LeftOut],
) -> PlanDocument:
    """A plan in prose: tasks are proposed from its sentences, for a person to take or leave."""
    rows, missed = proposed[0], [*proposed[1], *other_rows]
    if not rows:
        raise _no_table(blocks)
    letterhead = read_letterhead(blocks, ())
    return PlanDocument(
        media_type=MEDIA_TYPES[kind],
        title=letterhead.title,
        number=letterhead.number,
        issued_on=letterhead.issued_on,
        rows=tuple(rows),
        rows_seen=len(rows) + len(missed),
        left_out=tuple(missed),
        body=read_body(blocks),
        warnings=(PROSE_PLAN, *file_warnings(blocks, disputed=letterhead.disputed)),
    )


def _blocks(file: OpenedFile) -> list[Block]:
    if isinstance(file, OfficeFile):
        return read_docx(file) if file.kind is FileKind.DOCX else read_xlsx(file)
    if file.kind is FileKind.PDF:
        # Loaded where it is needed: nearly all files are of other kinds, and it is large.
        blocks: list[Block] = import_module("app.documents.files.pdf_tables").read_pdf(file)
        return blocks
    return read_text(file)


def _count_names(sections: list[Section]) -> None:
    """Raises `FileTooLargeError` where the cells of agencies would take too many searches."""
    names = sum(
        len(_PARTING.findall(cell.text)) + 1
        for section in sections
        for row in section.rows
        for cell in row.cells
        if cell.text and section.heading.role_in(cell) in _NAMING
    )
    if names > MAX_NAMES:
        raise FileTooLargeError(
            Text(
                f"Các ô cơ quan của tệp có hơn {MAX_NAMES} tên, vượt quá giới hạn cho phép.",
                f"The cells of agencies hold more than {MAX_NAMES} names.",
            )
        )


# Signs inside of words, where TCVN3 has Vietnamese letters: "NhiÖm vô", "C¬ quan chñ tr×".
_OLD_LETTERS = re.compile(r"[^\W\d_][¬ª«®µ¸¶·¹¨©×÷]|[¬ª«®µ¸¶·¹¨©×÷][^\W\d_]")
_OLD_WORDS = 5
_NAMING = (ColumnRole.LEAD, ColumnRole.COORDINATING)
_PARTING = re.compile(r"[,;\n]| [-–—] ")


def _nodes(sections: list[Section], *, headed: bool) -> list[Node]:
    drafts = [draft for each in sections for draft in with_heads(drafts_of(each, headed=headed))]
    roles = {role for section in sections for role in section.heading.column_of}
    settle_heads(drafts)
    settle_ordinals(drafts)
    repeat_ditto(drafts)
    return outlined(drafts, expects_lead=ColumnRole.LEAD in roles)


def _letterhead(blocks: list[Block], first: Section, *, headed: bool) -> ReadLetterhead:
    above: list[str] = []
    table = blocks[first.start]
    if isinstance(table, GridTable):
        rows = [row for row in table.rows if row.number < first.number]
        above = [line for row in rows for c in row.cells for line in c.text.split("\n")]
    before = blocks[: first.start]
    if headed and first.title:  # what heads the first table is no part of the plan's title
        others = [
            each for each in before if isinstance(each, GridTable) or cleaned(each) != first.title
        ]
        letterhead = read_letterhead(others, above)
        if letterhead.title is not None:
            return letterhead  # but it is the title where nothing else is
    return read_letterhead(before, above)


def _row(node: Node, places: Mapping[Node, int]) -> PlanRow:
    draft = node.draft
    return PlanRow(
        number=draft.number,
        kind=node.kind,
        ordinal=draft.ordinal,
        title=draft.title,
        lead=draft.lead,
        coordinating=draft.values.get(ColumnRole.COORDINATING, ""),
        time_frame=draft.time,
        expected_result=cleaned(draft.values.get(ColumnRole.RESULT, "")) or None,
        note=cleaned(draft.values.get(ColumnRole.NOTE, "")) or None,
        cells=tuple(draft.cells),
        warnings=tuple(draft.warnings),
        parent=places[node.parent] if node.parent is not None else None,
        year=node.year(),
        is_combined=draft.is_combined,
    )


def _no_table(blocks: list[Block]) -> UnreadableFileError:
    lines = (block for block in blocks if isinstance(block, str))
    tables = (block for block in blocks if isinstance(block, GridTable))
    cells = (cell.text for table in tables for row in table.rows[:20] for cell in row.cells)
    said = " ".join(text[:200] for text in islice(chain(lines, cells), 500))
    if len(_OLD_LETTERS.findall(said)) >= _OLD_WORDS:
        return UnreadableFileError(
            Text(
                "Tệp dùng bảng mã chữ Việt cũ (TCVN3) nên không đọc được; hãy chuyển sang Unicode "
                "bằng bộ gõ, lưu lại rồi gửi.",
                "The file is typed in an old font (TCVN3, such as .VnTime), whose letters cannot "
                "be read; convert it to Unicode, save it and send it again.",
            )
        )
    return UnreadableFileError(
        Text(
            "Không tìm thấy bảng nhiệm vụ trong tệp (cần có cột nhiệm vụ và cột cơ quan chủ trì, "
            "cơ quan phối hợp hoặc thời gian thực hiện), cũng không có câu giao nhiệm vụ.",
            "No task table was found in the file (it needs a column of tasks and one of lead "
            "agencies, coordinating agencies or times), nor a sentence that assigns a task.",
        )
    )

"""A plan's file (.docx, .xlsx or the text form) read into the rows of its task table."""

from app.documents.docx_tables import read_docx
from app.documents.file_kinds import MEDIA_TYPES, FileKind, OfficeFile, OpenedFile, opened_file
from app.documents.grids import Block, Table
from app.documents.letterhead import Letterhead, read_letterhead
from app.documents.outline import Node, outlined
from app.documents.plan_rows import PlanDocument, PlanRow, RowKind, RowWarning
from app.documents.table_headings import Heading, Role
from app.documents.task_rows import settle_ordinals
from app.documents.task_tables import Section, chosen, drafts_of, find_sections
from app.documents.text_tables import read_text
from app.documents.words import cleaned
from app.documents.xlsx_tables import read_xlsx
from app.errors import Text, UnreadableFileError

__all__ = ["PlanDocument", "PlanRow", "RowKind", "RowWarning", "read_plan_document"]


def read_plan_document(content: bytes, *, file_name: str) -> PlanDocument:
    """Read a plan's file. Whatever the bytes are, the only refusals are `UnreadableFileError` and
    `FileTooLargeError`; everything doubtful that can be read comes back with a warning."""
    file = opened_file(content, file_name=file_name)
    blocks = _blocks(file)
    sections = find_sections(blocks)
    if not sections:
        raise _no_table()
    kept, warnings = chosen(sections)
    nodes = _nodes(kept)
    if not nodes:
        raise _no_table()
    letterhead = _letterhead(blocks, sections[0])
    return PlanDocument(
        media_type=MEDIA_TYPES[file.kind],
        title=letterhead.title,
        number=letterhead.number,
        issued_on=letterhead.issued_on,
        rows=tuple(_row(node) for node in nodes),
        warnings=(*warnings, *_column_warnings(kept), *_file_warnings(blocks, letterhead)),
    )


def _blocks(file: OpenedFile) -> list[Block]:
    if isinstance(file, OfficeFile):
        return read_docx(file) if file.kind is FileKind.DOCX else read_xlsx(file)
    return read_text(file)


def _nodes(sections: list[Section]) -> list[Node]:
    drafts = [draft for section in sections for draft in drafts_of(section)]
    roles = {role for section in sections for role in section.heading.column_of}
    settle_ordinals(drafts, has_column=Role.ORDINAL in roles)
    return outlined(drafts, expects_lead=Role.LEAD in roles)


def _letterhead(blocks: list[Block], first: Section) -> Letterhead:
    above: list[str] = []
    table = blocks[first.start]
    if isinstance(table, Table):
        rows = [row for row in table.rows if row.number < first.number]
        above = [line for row in rows for c in row.cells for line in c.text.split("\n")]
    return read_letterhead(blocks[: first.start], above)


def _row(node: Node) -> PlanRow:
    draft = node.draft
    return PlanRow(
        number=draft.number,
        kind=node.kind,
        ordinal=draft.ordinal,
        title=draft.title,
        lead=draft.lead,
        coordinating=draft.values.get(Role.COORDINATING, ""),
        time_frame=draft.time,
        expected_result=cleaned(draft.values.get(Role.RESULT, "")) or None,
        note=cleaned(draft.values.get(Role.NOTE, "")) or None,
        cells=tuple(draft.cells),
        warnings=tuple(draft.warnings),
    )


def _column_warnings(sections: list[Section]) -> list[RowWarning]:
    warnings: dict[str, RowWarning] = {}
    for heading in (section.heading for section in sections):
        for name in heading.unknown():
            warnings.setdefault(name, _unknown_column(name))
        if heading.combined:
            warnings.setdefault("", _combined_column(heading))
    return list(warnings.values())


def _unknown_column(name: str) -> RowWarning:
    if not name:
        vi, en = "Có cột không có tiêu đề", "A column has no heading"
    else:
        vi, en = f"Không rõ cột “{name[:100]}” là gì", f'The column "{name[:100]}" is not known'
    return RowWarning(
        "column_unknown",
        Text(f"{vi}, nội dung được giữ nguyên văn.", f"{en}; its content is kept as it stands."),
    )


def _combined_column(heading: Heading) -> RowWarning:
    name = heading.texts[heading.column_of[Role.LEAD]]
    return RowWarning(
        "column_combined",
        Text(
            f"Cột “{name}” ghi chung cơ quan chủ trì và phối hợp, cần tách lại cho đúng.",
            f'The column "{name}" names leads and coordinating agencies together.',
        ),
    )


def _file_warnings(blocks: list[Block], letterhead: Letterhead) -> list[RowWarning]:
    warnings = [
        RowWarning(
            "sheet_hidden",
            Text(
                f"Trang tính ẩn “{block.name}” không được đọc.",
                f'The hidden sheet "{block.name}" was not read.',
            ),
        )
        for block in blocks
        if isinstance(block, Table) and block.hidden
    ]
    if letterhead.disputed:
        warnings.append(
            RowWarning(
                "number_uncertain",
                Text(
                    "Số hoặc ngày ban hành ghi khác nhau trong tệp nên không được lấy.",
                    "The file gives different numbers or days of issue, so none was taken.",
                ),
            )
        )
    return warnings


def _no_table() -> UnreadableFileError:
    return UnreadableFileError(
        Text(
            "Không tìm thấy bảng nhiệm vụ trong tệp (cần có cột nhiệm vụ và cột cơ quan chủ trì, "
            "cơ quan phối hợp hoặc thời gian thực hiện).",
            "No task table was found in the file (it needs a column of tasks and one of lead "
            "agencies, coordinating agencies or times).",
        )
    )

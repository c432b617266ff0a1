"""The warnings to a person about a plan's file as a whole: its columns, its sheets, its kind."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from app.documents.files.grids import Block, GridTable
from app.documents.tables.cell_kinds import CellKind
from app.documents.tables.column_kinds import columns_of
from app.documents.tables.plan_rows import RowWarning
from app.documents.tables.table_headings import ColumnRole, TableHeading, means_other
from app.documents.tables.task_tables import Section
from app.documents.words import cleaned, folded
from app.errors import Text


def column_warnings(sections: Sequence[Section], blocks: Sequence[Block]) -> list[RowWarning]:
    """Columns that are not known, hidden, understood by their cells, or of two parts at once."""
    warnings: dict[str, RowWarning] = {}
    for heading in (section.heading for section in sections):
        for name in heading.unknown():
            warnings.setdefault(name, _unknown_column(name))
        if heading.combined:
            warnings.setdefault("", _combined_column(heading))
    doubts = (
        *(_guessed(sections), _joined(sections), _other_times(sections), _other_leads(sections)),
        _hidden_columns(sections, blocks),
    )
    return [*warnings.values(), *chain.from_iterable(doubts)]


def _guessed(sections: Sequence[Section]) -> Iterable[RowWarning]:
    names = {each.heading.texts[at] for each in sections for at in each.heading.by_cells}
    if not all(each.heading.claims for each in sections):
        yield _HEADING_UNKNOWN
    for name in sorted(filter(None, names)):
        yield RowWarning(
            "column_by_content",
            Text(
                f"Cột “{name[:100]}” được hiểu theo nội dung các ô, cần xem lại.",
                f'The column "{name[:100]}" was understood by its cells; look at it again.',
            ),
        )


def _joined(sections: Sequence[Section]) -> Iterable[RowWarning]:
    """Columns that were read as one: each role once, with the names of its columns."""
    said = set()
    for heading in (section.heading for section in sections):
        for role in dict.fromkeys(heading.beside.values()):
            at = sorted(column for column, one in heading.roles().items() if one is role)
            said.add("; ".join(dict.fromkeys(heading.texts[column] for column in at))[:300])
    for names in sorted(said):
        yield RowWarning(
            "columns_joined",
            Text(
                f"Các cột cùng một nội dung được ghép lại khi đọc, cần xem lại: {names}.",
                f"Columns that say one thing together were read as one; look again: {names}.",
            ),
        )


def _other_leads(sections: Sequence[Section]) -> Iterable[RowWarning]:
    """ "Đơn vị thực hiện" beside "Cơ quan chủ trì": bodies that are given nothing by this file."""
    for section in sections:
        columns, heading = columns_of(section.rows), section.heading
        known = heading.roles()
        for at, text in enumerate(heading.texts):
            bodies = columns.share(at, {CellKind.AGENCY}) >= _MANY
            if at not in known and bodies and not means_other(text):
                name = text[:100]
                yield RowWarning(
                    "several_lead_columns",
                    Text(
                        f"Cột “{name}” cũng ghi tên cơ quan nhưng không được tính là chủ trì hay "
                        "phối hợp; cần xem lại.",
                        f'The column "{name}" names agencies too, and they were taken neither for '
                        "leads nor for coordinating ones; look again.",
                    ),
                )


def _other_times(sections: Sequence[Section]) -> Iterable[RowWarning]:
    """ "Thời gian trình" beside "Thời gian ban hành": of two days only one is the deadline."""
    for heading in (section.heading for section in sections):
        taken = heading.column_of.get(ColumnRole.TIME)
        for at in sorted(heading.other_times if taken is not None else ()):
            used, other = heading.texts[taken or 0][:100], heading.texts[at][:100]
            yield RowWarning(
                "several_time_columns",
                Text(
                    f"Có nhiều cột thời gian: thời hạn lấy theo cột “{used}”, không theo cột "
                    f"“{other}”; cần xem lại.",
                    f'Several columns are of times: the deadline is of "{used}" and not of '
                    f'"{other}"; look again.',
                ),
            )


def _hidden_columns(sections: Sequence[Section], blocks: Sequence[Block]) -> Iterable[RowWarning]:
    for section in sections:
        table, texts = blocks[section.start], section.heading.texts
        hidden = sorted(table.hidden_columns) if isinstance(table, GridTable) else []
        names = "; ".join(filter(None, (texts[at] for at in hidden if at < len(texts))))
        if names:
            yield RowWarning(
                "column_hidden",
                Text(
                    f"Cột đang bị ẩn trong tệp vẫn được đọc: {names[:200]}.",
                    f"Columns that are hidden in the file were read too: {names[:200]}.",
                ),
            )


def _unknown_column(name: str) -> RowWarning:
    if not name:
        vi, en = "Có cột không có tiêu đề", "A column has no heading"
    else:
        vi, en = f"Không rõ cột “{name[:100]}” là gì", f'The column "{name[:100]}" is not known'
    return RowWarning(
        "column_unknown",
        Text(f"{vi}, nội dung được giữ nguyên văn.", f"{en}; its content is kept as it stands."),
    )


def _combined_column(heading: TableHeading) -> RowWarning:
    name = heading.texts[heading.column_of[ColumnRole.LEAD]]
    return RowWarning(
        "column_combined",
        Text(
            f"Cột “{name}” ghi chung cơ quan chủ trì và phối hợp, cần tách lại cho đúng.",
            f'The column "{name}" names leads and coordinating agencies together.',
        ),
    )


def likeness_warnings(sections: Sequence[Section], blocks: Sequence[Block]) -> Iterable[RowWarning]:
    """A meeting's programme, a calendar and a list of what was done look like plans, and are none;
    their cells say so, their headings, or the title above them."""
    above = [cleaned(line) for line in blocks[: sections[0].start] if isinstance(line, str)]
    titles = [folded(line) for line in above[:_TITLE_LINES] if line and line == line.upper()]
    is_plan = any(line.startswith("ke hoach") for line in titles)
    if any(map(_is_programme, sections)) or (not is_plan and any(map(_CALENDAR.match, titles))):
        yield _PROGRAMME
    elif any(map(is_progress, sections)) or (not is_plan and any(map(_REPORT.match, titles))):
        yield _PROGRESS


def _is_programme(section: Section) -> bool:
    columns, heading = columns_of(section.rows), section.heading
    clocks = (columns.share(at, {CellKind.CLOCK}) for at in range(heading.width))
    said = {word for text in heading.texts for word in _PLACE.findall(folded(text))}
    return any(share >= _MANY for share in clocks) or len(said) > 1


def is_progress(section: Section) -> bool:
    """True if a column of a table is of work done, or of its state."""
    columns, heading = columns_of(section.rows), section.heading
    known = heading.roles()
    for at, text in enumerate(heading.texts):
        says_so = at not in known and at in columns.kinds and _DONE.search(folded(text))
        if says_so or columns.share(at, {CellKind.STATUS}) >= _MANY:
            return True
    return False


_MANY = 0.5
_TITLE_LINES = 20
_CALENDAR = re.compile(
    r"lich (?:cong tac|lam viec|hop|tuan|truc)|thoi khoa bieu|giay moi"
    r"|chuong trinh (?!hanh dong|muc tieu|de an|cong tac)"
)
_REPORT = re.compile(
    r"bao cao|(?:bieu|bang|danh muc)?.{0,20}theo doi|tong hop (?:ket qua|tien do|tinh hinh)"
    r"|ket qua|tien do"
)
_PLACE = re.compile(r"\b(?:dia diem|thanh phan)\b")
_DONE = re.compile(
    r"\b(?:ket qua (?:da )?(?:thuc hien|dat duoc)|(?:muc do|ty le|da|chua|khong) hoan thanh|"
    r"tinh trang|trang thai|tinh hinh|qua han|luy ke|tien do|thuc te)\b"
)
_TRACKED = RowWarning(
    "changes_tracked",
    Text(
        "Bảng còn những sửa đổi ở chế độ theo dõi thay đổi, chưa được chấp nhận; hệ thống đọc như "
        "đã chấp nhận tất cả.",
        "Changes in the table are tracked and not yet accepted; they were read as if all were.",
    ),
)
_HEADING_UNKNOWN = RowWarning(
    "heading_unknown",
    Text(
        "Bảng không có tiêu đề cột nhận biết được: cột nhiệm vụ, cơ quan, thời gian được hiểu theo "
        "nội dung các ô; tệp có thể không phải là kế hoạch, cần xem lại từng dòng.",
        "No heading of a table is known: its columns of tasks, agencies and times were told by "
        "their cells; it may be no plan, so look at every row.",
    ),
)
_PROGRAMME = RowWarning(
    "meeting_programme",
    Text(
        "Cột thời gian ghi giờ trong ngày: tệp giống chương trình hội nghị, không giống kế hoạch.",
        "The times are hours of a day: the file looks like the programme of a meeting, no plan.",
    ),
)
_PROGRESS = RowWarning(
    "progress_list",
    Text(
        "Bảng có cột ghi kết quả đã làm hoặc tình trạng: có thể là biểu theo dõi, báo cáo tiến độ.",
        "A column says what was done or how it stands: this may be a list of progress, no plan.",
    ),
)


def file_warnings(blocks: Sequence[Block], *, disputed: bool) -> list[RowWarning]:
    """Hidden sheets, tracked changes, and a number or a day that the file gives in several ways."""
    warnings = [
        RowWarning(
            "sheet_hidden",
            Text(
                f"Trang tính ẩn “{block.name}” không được đọc.",
                f'The hidden sheet "{block.name}" was not read.',
            ),
        )
        for block in blocks
        if isinstance(block, GridTable) and block.hidden
    ]
    if any(isinstance(block, GridTable) and block.tracked for block in blocks):
        warnings.append(_TRACKED)
    if disputed:
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

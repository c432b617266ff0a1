"""The choice of a file's task tables that are one plan, and the warnings about the other tables."""

import re

from app.documents.tables.cell_kinds import CellKind
from app.documents.tables.column_kinds import MOST, columns_of
from app.documents.tables.document_warnings import is_progress
from app.documents.tables.left_out import OTHER_FORM, left_out
from app.documents.tables.plan_rows import LeftOut, RowWarning
from app.documents.tables.table_headings import ColumnRole
from app.documents.tables.task_tables import FoundTables, Section
from app.documents.words import folded
from app.errors import Text

_OF_AMOUNTS = re.compile(r"\b(?:kinh phi|du toan|so tien|thanh tien|don gia|don vi tinh|dvt)\b")


def chosen(found: FoundTables) -> tuple[list[Section], list[LeftOut], list[RowWarning]]:
    """The tables that are read as one, the rows that are left out, and the warnings about both."""
    longest = max(found.sections, key=lambda one: (not _counts(one), len(one.rows)))
    kept = [each for each in found.sections if _is_of_plan(each, longest)]
    others = [each for each in found.sections if each not in kept]
    missed = [one for section in found.sections for one in section.left_out] + found.left_out
    missed += [one for each in others for one in left_out(each.rows, OTHER_FORM)]
    warnings = [_left_out(each) for each in others]
    warnings += [_differ(each) for each in kept if not _is_alike(each, longest)]
    warnings += [_continued(each) for each in kept if each.between]
    if len(kept) > 1 or any(each.continued for each in kept):
        warnings.insert(0, _joined())
    return kept, missed, warnings


def _is_alike(section: Section, longest: Section) -> bool:
    return section.heading.agrees_with(longest.heading)


def _is_of_plan(section: Section, longest: Section) -> bool:
    """A table may lack a column that the longest one has, if it says itself who does its rows;
    days alone are of programmes and of lists of documents too, and bodies beside amounts without
    days of budgets and of targets."""
    if _is_alike(section, longest):
        return True
    roles = section.heading.column_of
    if is_progress(section) or ColumnRole.LEAD not in roles or _counts(section):
        return False
    kinds = {CellKind.AGENCY, CellKind.MARK}
    return columns_of(section.rows).share(roles[ColumnRole.LEAD], kinds) >= MOST


def _counts(section: Section) -> bool:
    """True of a table of amounts without a time, as those of budgets and targets are."""
    counted = any(_OF_AMOUNTS.search(folded(text)) for text in section.heading.texts)
    return counted and ColumnRole.TIME not in section.heading.column_of


def _names(section: Section) -> str:
    return "; ".join(text for text in section.heading.texts if text)[:200]


def _joined() -> RowWarning:
    return RowWarning(
        "several_task_tables",
        Text(
            "Tệp có nhiều bảng nhiệm vụ, các bảng được đọc nối tiếp nhau.",
            "The file has several task tables; they were read one after another.",
        ),
    )


def _differ(section: Section) -> RowWarning:
    return RowWarning(
        "task_tables_differ",
        Text(
            f"Một bảng có các cột khác với bảng dài nhất ({len(section.rows)} dòng, các cột: "
            f"{_names(section)}) cũng được đọc, cần xem lại.",
            f"A table whose columns differ from those of the longest ({len(section.rows)} rows, "
            f"columns: {_names(section)}) was read too; look again.",
        ),
    )


def _continued(section: Section) -> RowWarning:
    words = "; ".join(section.between)[:200]
    return RowWarning(
        "table_continued",
        Text(
            f"Bảng không có tiêu đề cột sau dòng “{words}” được đọc tiếp vào bảng trước.",
            f'The table without a heading after "{words}" was read on with the one before.',
        ),
    )


def _left_out(section: Section) -> RowWarning:
    return RowWarning(
        "task_table_left_out",
        Text(
            f"Một bảng khác mẫu ({len(section.rows)} dòng, các cột: {_names(section)}) không được "
            "đọc.",
            f"A table of another form ({len(section.rows)} rows, columns: {_names(section)}) was "
            "not read.",
        ),
    )

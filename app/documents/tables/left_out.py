"""Rows that are seen and not read: each is named with its words and the reason."""

from collections.abc import Iterable

from app.documents.files.grids import GridRow
from app.documents.tables.plan_rows import LeftOut, RowWarning
from app.documents.words import cleaned
from app.errors import Text

_LONGEST = 300  # characters of a row that a person needs to find it again

HIDDEN = RowWarning(
    "row_hidden", Text("Dòng đang bị ẩn trong tệp.", "The row is hidden in the file.")
)
STRUCK = RowWarning(
    "row_struck",
    Text("Dòng đã bị gạch ngang trong tệp.", "The row is struck through in the file."),
)
DELETED = RowWarning(
    "row_deleted",
    Text(
        "Dòng đã bị xóa trong tệp ở chế độ theo dõi thay đổi.",
        "The row was deleted in the file by a tracked change.",
    ),
)
FORMULAS = RowWarning(
    "formulas_not_calculated",
    Text(
        "Dòng chỉ có công thức chưa được tính; hãy mở bằng Excel, lưu lại rồi gửi.",
        "The row holds nothing but formulas that were never calculated; open the file in Excel, "
        "save it and send it again.",
    ),
)
AFTER_END = RowWarning(
    "after_end",
    Text(
        "Dòng nằm sau phần ký, nơi nhận ở cuối bảng.",
        "The row stands after the signature at the end of the table.",
    ),
)
SUM = RowWarning(
    "sum_row",
    Text(
        "Dòng ghi tổng số hoặc ghi chú chung của bảng, không phải nhiệm vụ.",
        "The row is a sum or a remark on the whole table, and no task.",
    ),
)
OTHER_FORM = RowWarning(
    "other_form",
    Text(
        "Dòng thuộc một bảng có các cột khác mẫu với bảng nhiệm vụ.",
        "The row is of a table whose columns differ from those of the task table.",
    ),
)
NO_HEADING = RowWarning(
    "no_heading",
    Text(
        "Dòng thuộc một bảng không có tiêu đề cột nhận biết được.",
        "The row is of a table without a heading that is known.",
    ),
)


def holds_anything(row: GridRow) -> bool:
    """Merged cells that only repeat what is above them hold nothing."""
    return bool(row.struck or row.veiled or row.uncalculated) or any(
        (cell.text or cell.label) for cell in row.cells if not cell.continues
    )


def left_out(rows: Iterable[GridRow], reason: RowWarning) -> list[LeftOut]:
    """The rows that hold anything, each with its words in one line."""
    return [LeftOut(row.number, _words(row), reason) for row in rows if holds_anything(row)]


def _words(row: GridRow) -> str:
    texts = (cleaned(cell.text or cell.label) for cell in row.cells if not cell.continues)
    return " | ".join(filter(None, (*texts, row.struck, row.veiled, row.uncalculated)))[:_LONGEST]

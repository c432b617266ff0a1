"""The things in a row of the file beside its cells, with warnings to a person."""

from collections.abc import Callable, Iterable

from app.documents.files.grids import GridRow
from app.documents.tables.people import without_people

_LONGEST = 200  # characters of what is quoted


def warn_of_unread(warn: Callable[[str, str, str], None], row: GridRow) -> None:
    """Name the words of a row that are in none of its cells."""
    for code, vi, en in (*_apart(row), *_beside(row)):
        warn(code, vi, en)


def _apart(row: GridRow) -> Iterable[tuple[str, str, str]]:
    """The warnings about struck and hidden words: the code, and the sentence in both languages."""
    for words, code, vi, en in (
        (row.struck, "words_struck", "bị gạch ngang", "struck through"),
        (row.veiled, "words_hidden", "bị ẩn", "hidden"),
    ):
        if words:
            shown = without_people(words[:_LONGEST])
            yield (
                code,
                f"Chữ {vi} trong tệp không được đọc: “{shown}”.",
                f'What is {en} in the file was not read: "{shown}".',
            )


def _beside(row: GridRow) -> Iterable[tuple[str, str, str]]:
    """Comments and footnotes, and cells that nobody has calculated."""
    for words in filter(None, row.remarks):
        yield (
            "row_commented",
            f"Có nhận xét ghi bên lề tệp, không tính là nội dung kế hoạch: “{words}”.",
            f'There is a comment in the file, which is no part of the plan: "{words}".',
        )
    for words in filter(None, row.footnotes):
        yield (
            "row_footnoted",
            f"Dòng có chú thích cuối trang, chưa được hiểu vào dòng này: “{words}”.",
            f'The row has a footnote, of which nothing was understood for it: "{words}".',
        )
    if row.uncalculated:
        yield (
            "formula_not_calculated",
            f"Ô chứa công thức chưa tính được, cần xem lại: {row.uncalculated}.",
            f"Cells hold formulas without a value; look at them: {row.uncalculated}.",
        )

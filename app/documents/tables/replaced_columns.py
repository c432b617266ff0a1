"""Columns that stand in the place of others: "Thời hạn ban đầu" beside "Thời hạn điều chỉnh".

The adjusted value is in force, so a row takes it where it has one, as a clerk would; a warning on
the row names the value that it replaces, since a column may also hold values that were only asked
for.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from app.documents.files.grids import GridRow
from app.documents.tables.cell_kinds import kind_of
from app.documents.tables.column_kinds import FITTING, MOST, KindsByColumn
from app.documents.tables.people import without_people
from app.documents.tables.table_headings import ColumnRole, TableHeading, says_nothing_known
from app.documents.vietnamese import fold, normalise
from app.documents.words import cleaned, folded

_ORIGINAL = (
    r"\b(?:cũ|ban đầu|gốc|trước đây|trước sáp nhập|trước sắp xếp|đã giao"
    r"|(?:trước|chưa)(?: khi)? (?:điều chỉnh|gia hạn|sắp xếp))\b"
)
# "Nông thôn mới" is a programme.
_ADJUSTED = (
    r"\b(?:(?<!nông thôn )(?<!đô thị )mới|điều chỉnh|gia hạn|lùi|kéo dài|thay thế|hiện nay"
    r"|hiện hành|sau sắp xếp)\b"
)
# A requested date is not in force, and a reason or a document is no date.
_NOT_IN_FORCE = (
    r"\b(?:đề nghị|đề xuất|xin|kiến nghị|lý do|nguyên nhân|văn bản|căn cứ|số lần|quyết định)\b"
)
_NOTHING = re.compile(r"[\s\-–—/_.0]*")
_SHOWN = 100  # characters of a cell that is quoted


def in_place(
    heading: TableHeading, column_of: dict[ColumnRole, int], columns: KindsByColumn
) -> Mapping[int, ColumnRole]:
    """The columns that replace another one of their role, from the left; the one that they replace
    becomes the role's own in *column_of*."""
    found: dict[int, ColumnRole] = {}
    for role in (ColumnRole.TIME, ColumnRole.LEAD, ColumnRole.COORDINATING):
        claiming = [at for at in range(heading.width) if _may_be(heading, at, role, columns)]
        adjusted = [at for at in claiming if _is_adjusted(heading.texts[at])]
        original = [at for at in claiming if _says(_ORIGINAL, heading.texts[at])]
        plain = [at for at in claiming if at not in adjusted and at not in original]
        if column_of.get(role) in plain:
            plain = [column_of[role]]
        chain = [*original[:1], *plain[:1], *adjusted]
        if len(chain) > 1 and role in column_of:
            column_of[role] = chain[0]
            found |= dict.fromkeys(chain[1:], role)
    return found


def _may_be(heading: TableHeading, at: int, role: ColumnRole, columns: KindsByColumn) -> bool:
    claims, text = heading.claims[at], heading.texts[at]
    fitting = columns.share(at, FITTING[role])
    # Most rows of an adjusted column say "Không" or nothing.
    if _says(_NOT_IN_FORCE, text) or not (fitting >= MOST or (fitting and _is_adjusted(text))):
        return False
    if role is ColumnRole.TIME and says_nothing_known(text) and _is_adjusted(text):
        return True  # "Gia hạn lần 2" says no more than that
    return any(one.role is role for one in claims[:1])


def _is_adjusted(text: str) -> bool:
    return _says(_ADJUSTED, text) and not _says(_ORIGINAL, text)


@lru_cache(1024)
def _says(pattern: str, text: str) -> bool:
    """True if a text has the pattern: with its marks where the text has any, since "cử" and "mời"
    are other words."""
    words = normalise(cleaned(text))
    plain = fold(words)
    return bool(re.search(fold(pattern), plain) if plain == words else re.search(pattern, words))


def taken_in_place(
    row: GridRow,
    heading: TableHeading,
    values: dict[ColumnRole, str],
    warn: Callable[[str, str, str], None],
) -> None:
    """Put the value in force into *values*: the last one of its kind in the replacing columns. Each
    row where one differs from the value before it is pointed out."""
    for role in dict.fromkeys(heading.in_place.values()):
        before = values.get(role, "")
        for text in _filled(row, heading, role):
            if kind_of(text) in FITTING[role]:
                values[role] = text
        said = [text for text in _filled(row, heading, role) if folded(text) != folded(before)]
        if said:
            warn("adjusted_value", *_sentence(before, said, values.get(role, "")))


def _filled(row: GridRow, heading: TableHeading, role: ColumnRole) -> Iterable[str]:
    for cell in row.cells:
        replaces = heading.in_place.get(cell.column) is role
        if replaces and not _NOTHING.fullmatch(cell.text):
            yield cell.text.strip()


def _sentence(before: str, said: list[str], taken: str) -> tuple[str, str]:
    first, later, used = map(_shown, (before, "; ".join(said), taken))
    return (
        f"Dòng có nội dung ban đầu “{first}” và nội dung điều chỉnh “{later}”; được lấy “{used}”, "
        "cần xem lại.",
        f'The row says "{first}" first and "{later}" as adjusted; "{used}" was taken; look again.',
    )


def _shown(text: str) -> str:
    return without_people(cleaned(text))[:_SHOWN]

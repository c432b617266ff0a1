"""Finding the heading of a task table and the role of each of its columns.

Offices word their headings freely, so a heading is judged by the first key phrase in it: "Thời
gian hoàn thành nhiệm vụ" is a time and "Nhiệm vụ của cơ quan chủ trì" a task.
"""

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.documents.files.grids import Cell, GridRow
from app.documents.tables.time_parts import time_part
from app.documents.words import cleaned, folded


class ColumnRole(enum.StrEnum):
    """The content of a column. A task table has a `TITLE` and at least one of `ASSIGNING`."""

    ORDINAL = "ordinal"
    TITLE = "title"
    LEAD = "lead"
    COORDINATING = "coordinating"
    TIME = "time"
    RESULT = "result"
    NOTE = "note"


ASSIGNING = frozenset({ColumnRole.LEAD, ColumnRole.COORDINATING, ColumnRole.TIME})

# Whole headings only: these words are too common inside others.
_WHOLE = {
    ColumnRole.ORDINAL: "stt, tt, so tt, so thu tu, ma so, ma nhiem vu, ma nv, ma, muc, so, no",
    ColumnRole.TITLE: (
        "ten, danh muc, de an, chuong trinh, du an, viec, ten van ban, ten de an, ten du an, "
        "ten lop, lop, lop boi duong, lop dao tao, lop tap huan, ten khoa, ten chuong trinh, "
        "ten de tai, ten hoi nghi, su kien, ten su kien, cong trinh, cong trinh du an, "
        "du an cong trinh, ten cong trinh, hang muc"
    ),
    ColumnRole.LEAD: "don vi, co quan, co quan don vi, thuc hien",
    ColumnRole.TIME: (
        "nam, thang, quy, han, ngay, tu, den, tu thang, den thang, tu nam, den nam, tu quy, "
        "den quy, ngay thang, thang nam, ngay thang nam, nam thuc hien, thang thuc hien, "
        "quy thuc hien, ngay thuc hien, thang trinh, ngay trinh"
    ),
}
_PHRASES = {
    ColumnRole.TITLE: "nhiem vu, noi dung, cong viec, hoat dong, giai phap, chi tieu, dau viec",
    ColumnRole.LEAD: (
        "chu tri, don vi thuc hien, co quan thuc hien, noi thuc hien, phan cong, phu trach, "
        "trach nhiem, bo phan thuc hien, dau moi, to chuc thuc hien, don vi duoc giao, "
        "co quan duoc giao, tham muu, co quan soan thao, don vi soan thao, don vi to chuc, "
        "co quan to chuc, don vi xay dung, co quan xay dung, don vi chuan bi, co quan chuan bi"
    ),
    ColumnRole.COORDINATING: "phoi hop, cung thuc hien, tham gia",
    ColumnRole.TIME: (
        "thoi gian, thoi han, thoi diem, tien do, lo trinh, moc, ket thuc, hoan thanh, "
        "han hoan thanh, ngay hoan thanh, so ngay, ky han, bat dau, khoi cong, tu ngay, den ngay, "
        "ngay ket thuc, thoi han bao cao, thoi gian bao cao, ngay bao cao, han xu ly, "
        "han bao cao, han cuoi, han chot, han nop, han giai quyet"
    ),
    ColumnRole.RESULT: (
        "san pham, ket qua, ket qua thuc hien, ket qua dat duoc, dau ra, yeu cau can dat, "
        "muc tieu can dat"
    ),
    ColumnRole.NOTE: "ghi chu, luu y",
    # Columns that hold a key phrase and mean something else.
    None: (
        "lanh dao, nguoi, dong chi, ca nhan, can bo, kinh phi, nguon, can cu, co so phap ly, "
        "don vi tinh, hinh thuc, cap trinh, giao nhiem vu, giao viec, co quan ban hanh, "
        "tham quyen, trang thai, tinh hinh, tinh trang, so dien thoai, dia diem, thanh phan, "
        "ngay giao, thoi gian giao, thoi diem giao, ngay ban hanh, ngay ky, ngay nhan, ngay den, "
        "so van ban, van ban giao, cap phe duyet, co quan tham dinh, co quan trinh, thoi luong, "
        "thoi gian hoc, thoi gian dao tao"
    ),
}
_KEYS = {phrase: role for role, phrases in _PHRASES.items() for phrase in phrases.split(", ")}
# The first key phrase of a heading, and of those that begin together the longest.
_KEY = re.compile(rf"\b(?:{'|'.join(sorted(_KEYS, key=len, reverse=True))})\b")
_EXACT = {phrase: role for role, phrases in _WHOLE.items() for phrase in phrases.split(", ")} | {
    phrase: role for phrase, role in _KEYS.items() if role is not None
}
_COMPACT = {phrase.replace(" ", ""): role for phrase, role in _EXACT.items()}
# The beginning of a span of time says less about a deadline than its end, as does the day of a
# report; and what was done is seldom what is expected.
_WEAK = (
    *("bat dau", "khoi cong", "tu ngay", "tu", "tu thang", "tu quy", "tu nam"),
    *("ket qua thuc hien", "ket qua dat duoc", "ngay thang", "thang nam", "ngay thang nam"),
    *("thoi han bao cao", "thoi gian bao cao", "ngay bao cao", "han bao cao"),
)
# "Tên đề án, dự án", "Tên lớp bồi dưỡng", "Đề án, văn bản": what a programme of work lists.
_NAMED = (
    r"(?:de an|du an|van ban|chuong trinh|ke hoach|nghi quyet|quyet dinh|cong trinh|hang muc|lop"
    r"|khoa|hoi nghi|hoi thao|su kien|mo hinh|de tai|chuyen de|phong trao|cuoc thi|bao cao)"
)
_LISTED = re.compile(rf"(?:ten|danh muc)(?: goi| cac)? {_NAMED}\b|{_NAMED}(?: va)? {_NAMED}\b")
_DOERS = re.compile(r"\b(?:don vi|co quan|nguoi|ca nhan)\b.*\bthuc hien\b")
# "Ngày" behind "Số văn bản" is the day of that document.
_DAY_ALONE = re.compile(r"ngay(?: thang)?(?: nam)?")
_DOCUMENT = re.compile(r"^so(?: hieu| ky hieu)?$|\b(?:van ban|vb|cong van|ky hieu|quyet dinh)\b")
_LONGEST_HEADING = 150
_MOST_WORDS = 15
_MOST_HEADING_ROWS = 3


@dataclass(frozen=True, slots=True)
class Claim:
    """A role that a heading's words claim for its column: `rank` 0 by the very words, 1 where they
    begin so, 2 where they hold it, 3 weakly; 4 needs the column's cells to agree."""

    role: ColumnRole
    rank: int


@dataclass(frozen=True, slots=True)
class TableHeading:
    """The heading of a task table: its text by grid column, and where each role's column is.

    The columns `by_cells` have their role by what stands in them and not by their words.
    `above_titles` is the column of what several titles have in common, if there is one. `layers`
    are the texts of each column from the top down; `beside` are the further columns of a role,
    `in_place` those that say what is in force in the place of the role's own, `other_times` those
    of days that are not taken.
    """

    texts: tuple[str, ...]
    column_of: dict[ColumnRole, int]
    depth: int
    combined: bool
    claims: tuple[tuple["Claim", ...], ...] = ()
    by_cells: frozenset[int] = frozenset()
    above_titles: int | None = None
    layers: tuple[tuple[str, ...], ...] = ()
    beside: Mapping[int, ColumnRole] = field(default_factory=dict)
    other_times: frozenset[int] = frozenset()
    in_place: Mapping[int, ColumnRole] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return len(self.texts)

    def roles(self) -> dict[int, ColumnRole]:
        """The role of each column that has one."""
        own = {at: role for role, at in self.column_of.items()}
        return own | dict(self.beside) | dict(self.in_place)

    def role_in(self, cell: Cell) -> ColumnRole | None:
        """The role of a cell; one that spans several columns speaks for the first it covers,
        and for the title above all."""
        covered = self._covered(cell)
        if ColumnRole.TITLE in covered.values():
            return ColumnRole.TITLE
        return covered[min(covered)] if covered else None

    def _covered(self, cell: Cell) -> dict[int, ColumnRole]:
        return {at: r for at, r in self.roles().items() if cell.column <= at < cell.end}

    def name_of(self, cell: Cell) -> str:
        covered, role = self._covered(cell), self.role_in(cell)
        at = min((at for at, one in covered.items() if one is role), default=cell.column)
        return self.texts[at] if at < self.width else ""

    def covers_several(self, cell: Cell) -> bool:
        """True if the cell stands under headings that say different things."""
        roles = self.roles()
        if len({roles.get(at) for at in range(cell.column, min(cell.end, self.width))}) == 1:
            return False
        return len({text for text in self.texts[cell.column : cell.end] if text}) > 1

    def unknown(self) -> list[str]:
        known = self.roles()
        return [text for at, text in enumerate(self.texts) if at not in known]

    def agrees_with(self, other: "TableHeading") -> bool:
        def essential(heading: TableHeading) -> set[ColumnRole]:
            return set(heading.column_of) - {ColumnRole.ORDINAL, ColumnRole.RESULT, ColumnRole.NOTE}

        return essential(self) == essential(other)


def find_heading(rows: Sequence[GridRow], at: int) -> TableHeading | None:
    """The heading that begins at row *at*, as deep as it goes; None if that row begins none."""
    if not any(role_of(cell.text) is ColumnRole.TITLE for cell in rows[at].cells):
        return None
    found = None
    for depth in range(1, _MOST_HEADING_ROWS + 1):
        if at + depth > len(rows) or (depth > 1 and not _goes_on(rows[at], rows[at + depth - 1])):
            break
        heading = _heading(rows[at : at + depth])
        if heading is not None:
            found = heading
    return found


def _goes_on(first: GridRow, row: GridRow) -> bool:
    """A second heading row says nothing new under the ordinal and the title, and is made of heading
    words or stands under the wide cells of the first, whose other cells go on into it."""
    own = [cell for cell in row.cells if cell.text and not cell.continues]
    if not own or not all(_short(cell.text) for cell in own):
        return False
    above = [next((up for up in first.cells if up.column <= c.column < up.end), None) for c in own]
    under_wide = [up is not None and up.span > 1 for up in above]
    if all(under_wide) and any(cell.continues for cell in row.cells):
        # Years may divide a heading ("2026", "2027"); then its title goes on beside them.
        title_goes_on = any(c.continues and role_of(c.text) is ColumnRole.TITLE for c in row.cells)
        return title_goes_on or not any(cell.text[:1].isdigit() for cell in own)
    if all(under_wide) and len(own) > 1:
        # "Quý I", "Quý II" below one wide cell of times, and nothing below the tasks.
        return not {role_of(up.text) for up in above if up} & {ColumnRole.ORDINAL, ColumnRole.TITLE}
    said = {role_of(up.text) for up, wide in zip(above, under_wide, strict=True) if up and not wide}
    return not said & {ColumnRole.ORDINAL, ColumnRole.TITLE} and any(
        role_of(cell.text) for cell in own
    )


def _heading(rows: Sequence[GridRow]) -> TableHeading | None:
    width = max(row.width for row in rows)
    layers = [_by_column(row, width) for row in rows]
    columns = [tuple(each[at] for each in layers if each[at]) for at in range(width)]
    texts = [" / ".join(dict.fromkeys(column)) for column in columns]
    claims = [_claims(column, text) for column, text in zip(columns, texts, strict=True)]
    for at in range(1, width):
        if _DAY_ALONE.fullmatch(folded(texts[at])) and _DOCUMENT.search(folded(texts[at - 1])):
            claims[at] = ()
    column_of = _column_of(claims)
    if ColumnRole.LEAD in column_of and ColumnRole.TIME not in column_of:
        _claim_moments(claims, columns)
        column_of = _column_of(claims)
    _split_title(rows[0], column_of)
    if ColumnRole.TITLE not in column_of or not ASSIGNING & column_of.keys():
        return None
    combined = is_combined(texts, column_of)
    return TableHeading(
        tuple(texts), column_of, len(rows), combined, tuple(claims), layers=tuple(columns)
    )


def is_combined(texts: Sequence[str], column_of: Mapping[ColumnRole, int]) -> bool:
    """True if one column is of leads and coordinating agencies together."""
    lead = folded(texts[column_of[ColumnRole.LEAD]]) if ColumnRole.LEAD in column_of else ""
    return "phoi hop" in lead and ColumnRole.COORDINATING not in column_of


def _claims(layer: Sequence[str], joined: str) -> tuple[Claim, ...]:
    """The roles that a heading claims. Its lowest row is the most precise; the rows above it count
    where the lowest claims nothing."""
    claim = next(filter(None, map(_judged, (*layer[-1:], joined, *layer[:1]))), None)
    words = folded(joined)
    if len(layer) > 1 and _is_elsewhere(layer):
        claim = None
    claims = [claim] if claim else []
    said = {_KEYS[key] for key in _KEY.findall(words)}
    said |= {ColumnRole.LEAD} if _DOERS.search(words) else set()
    others = ASSIGNING & (said - {one.role for one in claims})
    return (*claims, *(Claim(role, 4) for role in sorted(others)))


def _claim_moments(claims: list[tuple[Claim, ...]], columns: Sequence[tuple[str, ...]]) -> None:
    """Claim columns of moments ("Quý I", "Quý II") beside the leads as times, if there is no other
    time: their cells show when."""
    for at, layers in enumerate(columns):
        part = time_part(layers)
        if not claims[at] and part and part.moment and not any(map(means_other, layers)):
            claims[at] = (Claim(ColumnRole.TIME, 3),)


def _is_elsewhere(layer: Sequence[str]) -> bool:
    """ "Văn bản giao / Ngày", "Cơ quan chủ trì / Người phụ trách": one row of a heading says that
    the column is of something else, and none below it says more than a bare word."""
    lowest = layer[-1]
    if means_other(lowest):
        return True
    is_bare = role_of(lowest) is None or len(lowest.split()) == 1
    return is_bare and any(map(means_other, layer[:-1]))


def means_other(text: str) -> bool:
    """True if the first key phrase is one of columns that mean something else."""
    key = _KEY.search(folded(text))
    return key is not None and _KEYS[key[0]] is None and role_of(text) is None


def _by_column(row: GridRow, width: int) -> list[str]:
    texts = [""] * width
    for cell in row.cells:
        text = "" if cell.continues else cleaned(cell.text)
        for column in range(cell.column, min(cell.end, width)):
            texts[column] = text
    return texts


def _column_of(claims: Sequence[Sequence[Claim]]) -> dict[ColumnRole, int]:
    """Each role goes to the column that claims it best, the leftmost of equals."""
    best: dict[ColumnRole, tuple[int, int]] = {}
    for column, claimed in enumerate(claims):
        for claim in claimed[:1]:
            if claim.rank < 4:
                best[claim.role] = min(best.get(claim.role, (9, 0)), (claim.rank, column))
    return {role: column for role, (_, column) in best.items()}


def _split_title(row: GridRow, column_of: dict[ColumnRole, int]) -> None:
    # "Nhiệm vụ" over two columns and no "STT": the first of the two holds the ordinals.
    for cell in row.cells:
        over_two = cell.column == column_of.get(ColumnRole.TITLE) and cell.span == 2
        if over_two and ColumnRole.ORDINAL not in column_of:
            column_of[ColumnRole.ORDINAL] = cell.column
            column_of[ColumnRole.TITLE] = cell.column + 1


def role_of(text: str) -> ColumnRole | None:
    """None for words that name no column known here, and beyond 150 characters or 15 words."""
    claim = _judged(text)
    return claim.role if claim else None


def _judged(text: str) -> Claim | None:
    if not text or len(text) > _LONGEST_HEADING:
        return None
    return _judged_words(_written_out(folded(text)))


@lru_cache(1024)
def _judged_words(words: str) -> Claim | None:
    if len(words.split()) > _MOST_WORDS:
        return None
    exact = _EXACT.get(words) or _COMPACT.get(words.replace(" ", ""))
    if exact is not None:
        rank = 3 if words in _WEAK else 0
        # "Đơn vị thực hiện" is a lead where none is said to lead ("Đơn vị chủ trì").
        return Claim(exact, max(rank, exact is ColumnRole.LEAD and "chu tri" not in words))
    key = _KEY.search(words)
    role = _KEYS[key[0]] if key else None
    if key is None and _LISTED.match(words):
        return Claim(ColumnRole.TITLE, 2)
    if key is None or role is None:
        return None
    if role is ColumnRole.LEAD and key[0] == "chu tri":
        return Claim(role, 0)
    return Claim(role, 3 if key[0] in _WEAK else min(key.start(), 1) + 1)


_SHORTENED = {
    **{"cq": "co quan", "dv": "don vi", "tg": "thoi gian", "t gian": "thoi gian"},
    **{"nv": "nhiem vu", "n vu": "nhiem vu", "nd": "noi dung"},
    **{"tght": "thoi gian hoan thanh", "tgth": "thoi gian thuc hien"},
}
# At the beginning alone: "Sở NV", "Số NĐ" and "Tên DV" are other things.
_ABBREVIATED = re.compile(rf"^(?:{'|'.join(_SHORTENED)})\b(?! so\b)")


def _written_out(words: str) -> str:
    """Write out the words that offices shorten in the headings of narrow columns: "ĐV chủ trì",
    "T.gian"."""
    return _ABBREVIATED.sub(lambda match: _SHORTENED[match[0]], words)


def says_nothing_known(text: str) -> bool:
    """True for a heading without any key phrase, those of columns that hold other things too."""
    return not _KEY.search(_written_out(folded(text))) and role_of(text) is None


def _short(text: str) -> bool:
    return len(text) <= _LONGEST_HEADING and len(text.split()) <= _MOST_WORDS

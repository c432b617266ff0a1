"""The end of a table of tasks: signatures, sums and remarks below its rows, and other tables."""

import re

from app.documents.files.grids import GridRow, GridTable
from app.documents.tables.ordinals import is_bullet, looks_like_ordinal
from app.documents.vietnamese import normalise
from app.documents.words import folded

_AFTER_TABLE = ("noi nhan", "tm ", "kt ", "nguoi lap", "nguoi tong hop")
_SIGNED = re.compile(r"(?:noi nhan|tm|kt|tl|tuq|chu tich|giam doc|pho chu tich|nguoi lap)\b")
# A cell of a signature and nothing else, or the day and the place above it.
_OF_SIGNATURE = re.compile(
    r"(?:noi nhan|tm|kt|tl|tuq|q)(?: .*)?|(?:pho )?(?:chu tich|giam doc|truong phong|truong ban"
    r"|chanh van phong)|(?:nguoi|can bo) (?:lap|tong hop|ky|duyet|bao cao)(?: bieu| bang)?"
    r"|thu truong(?: don vi| co quan)?|lanh dao(?: don vi| co quan)?|(?:da )?ky(?: va)?"
    r"(?: ghi ro ho ten| ten)?(?: (?:va )?dong dau)?|xac nhan(?: cua .*)?|nhu tren|luu(?! y\b) .*"
    r"|(?:phe )?duyet|ke toan(?: truong)?|thu (?:quy|ky)"
    r"|(?:[a-z]+ ){1,5}ngay (?:\d{1,2} )?thang (?:\d{1,2} )?nam(?: \d{4})?"
)
_LETTERHEAD = re.compile(r"cong hoa xa hoi|doc lap tu do|so (?:\d+ )?(?:kh|qd) ")
_SUM = re.compile(
    r"(?:tong (?:cong|so)|cong|ghi chu|luu y|tiep theo(?=$| trang| bang)|tong(?=$| \d))"
    r"\b(?! tac| khai| dong| nghe| nghiep)"
)

# "Công bố …" is work, "Cộng" a sum; words without marks may be either.
_OTHER_WORDS = re.compile(r"[^\w]*(?:công|tống|tông)\b")


def first_text(row: GridRow) -> str:
    """The first cell that holds anything, "" in an empty row."""
    return next((cell.text for cell in row.cells if cell.text), "")


def ends_table(row: GridRow) -> bool:
    """A signature below the rows of a sheet or of a dump, which have no end of their own."""
    first = first_text(row)
    if f"{folded(first)} ".startswith(_AFTER_TABLE) and not looks_like_ordinal(first):
        return True
    return _is_signature(row)


def _is_signature(row: GridRow) -> bool:
    said = [folded(cell.text) for cell in row.cells if cell.text and not cell.continues]
    return bool(said) and all(map(_OF_SIGNATURE.fullmatch, said))


def is_frame(table: GridTable) -> bool:
    """A letterhead or a signature set as a table, or one that sets a single column of words."""
    texts = [folded(cell.text) for row in table.rows for cell in row.cells if cell.text]
    signed = [text for text in texts if _SIGNED.match(text) or _OF_SIGNATURE.fullmatch(text)]
    alone = all(sum(bool(cell.text) for cell in row.cells) < 2 for row in table.rows)
    return bool(signed) or alone or any(map(_LETTERHEAD.search, texts))


def is_sum(row: GridRow) -> bool:
    """ "Tổng cộng: 30 nhiệm vụ", "* Ghi chú: …": a line about the rows, and none of them."""
    texts = (cell.text for cell in row.cells)
    first = next((text for text in texts if text and not is_bullet(text)), "")
    if not _SUM.match(folded(first)) or looks_like_ordinal(first):
        return False
    return not _OTHER_WORDS.match(normalise(first))


def may_hold_tasks(table: GridTable) -> bool:
    """Numbered rows of three cells and more; letterheads and signatures have none."""
    return any(
        looks_like_ordinal(first_text(row)) and sum(bool(cell.text) for cell in row.cells) > 2
        for row in table.rows
    )


def begins_signature(text: str) -> bool:
    """ "TM. …", "Nơi nhận", "Chủ tịch …": True if a signature below a table begins with such
    words."""
    return bool(_SIGNED.match(folded(text)))

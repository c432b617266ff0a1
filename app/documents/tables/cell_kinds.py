"""The kind of one cell of a table by its own look; a column has the kind of most of its cells."""

import enum
import re
from functools import lru_cache

from app.documents.names.persons import looks_like_person
from app.documents.names.phrases import is_head
from app.documents.names.words import split_words
from app.documents.tables.ordinals import looks_like_ordinal
from app.documents.vietnamese import fold, normalise


class CellKind(enum.Enum):
    """The kind of a cell. `STATUS` is a state of work, `CLOCK` an hour of a meeting, `UNIT` a unit
    of measure, `MARK` a cross or a tick, by which the words above the column hold for the row."""

    ORDINAL = enum.auto()
    NUMBER = enum.auto()
    TIME = enum.auto()
    CLOCK = enum.auto()
    AGENCY = enum.auto()
    PERSON = enum.auto()
    STATUS = enum.auto()
    UNIT = enum.auto()
    MARK = enum.auto()
    TEXT = enum.auto()


_MARK = re.compile(r"[xX✓✔√☑☒✗✘●■◼]")
# Signs that are ordinals or bullets elsewhere, and stand for a heading where a column has no other.
_MARK_IN_COLUMN = re.compile(rf"{_MARK.pattern}|[+*•vVþü]")
_LOOKED_AT = 80  # characters; columns are told apart by how their cells begin
_NUMBER = re.compile(r"[\d.,]+ ?%?")
_CLOCK = re.compile(
    r"(?:tu )?\d{1,2} ?(?:h|gio|g|:) ?\d{0,2}\b(?!.*\d{1,2}[/.-]\d)"
    r"|(?:sang|chieu|toi)(?:$|[ ,]*(?:\d|\(|thu |ngay ))|(?:thu (?:hai|ba|tu|nam|sau|bay|[2-7])"
    r"|chu nhat)\b|\d{1,3} ?(?:phut|['’])$"
)
# By its marks: without them "đang" is "Đảng ủy", "vẫn" is "Văn phòng", and "đã" is "Đà Nẵng".
_UNDER_WAY = re.compile(r"(?:đã|chưa|đang|vẫn)\b")
_UNMARKED = re.compile(r"(?:da|chua|dang)\b(?! nang| uy| bo| vien| doan)")
_DONE = re.compile(
    r"(?:[a-z]+ ){1,3}(?:da|dang|chua) (?:ban hanh|trinh|hoan|"
    r"tham muu|trien khai|thuc hien|to chuc|xay dung|lay|gui|lam|xong|hop|bao cao)"
)
_STATE = re.compile(
    r"(?:khong )?(?:hoan thanh|dat(?=$| (?:yeu cau|chi tieu|ke hoach|\d)))"
    r"|cham(?: tien do| muon)?|qua han|(?:trong|dung|dam bao) han|xong"
    r"|dung tien do|tam dung|khong thuc hien|vuot (?:ke hoach|tien do)"
)
_QUARTER = re.compile(r"(?:(?:trong|truoc|het|cuoi|tu) )?qu[yi] ?(?:i{1,3}|iv|[1-4])\b")
_TIME = re.compile(
    r"\bqu[yi] ?(?:[ivx]{1,3}|[1-4])\b|\b(?:thang|t) ?\d{1,2}\b|\b(?:19|20)\d\d\b"
    r"|\d{1,2} ?[/.-] ?\d{1,2}\b|\b(?:thuong xuyen|lien tuc|dinh k[yi]|dot xuat|thuong nien)\b"
    r"|\b(?:hang|moi|cuoi|dau|ca|trong) ?(?:nam|quy|thang|tuan|ngay)\b|^theo (?:ke hoach|tien do)"
    r"|\bkhi co\b|^(?:ngay )?sau khi\b|\d+ (?:ngay|tuan|thang)\b|6 thang"
)
_UNITS = (
    "%;xã;phường;người;hộ;hồ sơ;văn bản;lượt;lớp;cuộc;buổi;đơn vị;thôn;trường;điểm;dịch vụ;lần;máy;"
    "km;ha;m2;tấn;tạ;kg;giường;ngày;tháng;năm;cái;bộ;chiếc;bài;tin;cơ sở;doanh nghiệp;tỷ đồng;"
    "triệu đồng;nghìn đồng;đồng;thủ tục;hội nghị;mô hình;sản phẩm;nhiệm vụ;chỉ tiêu;tổ chức;dự án;"
    "hợp tác xã;khu dân cư;công trình;đề tài;giải pháp;lượt người;phần trăm;tỷ lệ;huyện"
)
_FOLDED_UNITS = frozenset(map(fold, _UNITS.split(";")))


def kind_of(text: str) -> CellKind:
    """The kind of a cell that is not empty; only its beginning is looked at."""
    return _kind_of_beginning(text[:_LOOKED_AT].strip())


def is_mark(text: str) -> bool:
    """True for a cross or a tick alone."""
    return bool(_MARK.fullmatch(text.strip()))


def is_mark_in_column(text: str) -> bool:
    """True for a sign that can only be a mark under the heading of a body or of a time."""
    return bool(_MARK_IN_COLUMN.fullmatch(text.strip()))


@lru_cache(4096)
def _kind_of_beginning(text: str) -> CellKind:
    words = fold(text).strip(" .,;-")
    if is_mark(text) or text.startswith("#"):  # "#REF!" would be an acronym
        return CellKind.MARK if is_mark(text) else CellKind.TEXT
    if words in _FOLDED_UNITS:
        return CellKind.UNIT
    if looks_like_ordinal(text):
        return CellKind.ORDINAL
    if _NUMBER.fullmatch(words) and not _TIME.search(words):
        return CellKind.NUMBER
    if _CLOCK.match(words):
        return CellKind.CLOCK
    return CellKind.STATUS if _says_done(text, words) else _kind_of_words(text, words)


def _says_done(text: str, words: str) -> bool:
    marked = normalise(text).strip(" .,;-")
    if _UNDER_WAY.match(marked) or (marked == words and _UNMARKED.match(words)):
        return True
    return bool(_DONE.match(words))


def _kind_of_words(text: str, words: str) -> CellKind:
    if _QUARTER.match(words):
        return CellKind.TIME  # without its mark it begins like a fund, "Quỹ …"
    split = split_words(text)
    if split and is_head(split, 0):
        return CellKind.AGENCY
    if _TIME.search(words):
        return CellKind.TIME
    if split and split[0].is_acronym and fold(split[0].exact) == split[0].exact.replace("đ", "d"):
        return CellKind.AGENCY  # "CAT", "STTTT"; words in capitals have marks ("QUÝ", "BÁO CÁO")
    if split and looks_like_person(split):
        return CellKind.PERSON
    return CellKind.STATUS if _STATE.match(words) else CellKind.TEXT

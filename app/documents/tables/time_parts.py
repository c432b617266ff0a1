"""A deadline that stands in several columns: "Tháng" and "Năm", "Bắt đầu" and "Kết thúc".

The parts of a row are written as one text, which is read like any other time. What cannot be one
moment or one span is put side by side, parted by ";", so that a person decides.
"""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.documents.tables.cell_kinds import CellKind, kind_of
from app.documents.words import cleaned, folded


class ColumnUnit(enum.IntEnum):
    """The unit that a column counts, from the finest; `WHOLE` is for a column of complete dates."""

    DAY = 1
    MONTH = 2
    QUARTER = 3
    YEAR = 4
    WHOLE = 5


@dataclass(frozen=True, slots=True)
class TimePart:
    """The part of a deadline in a column's cells. `moment` is the heading's own quarter, month or
    year, for which a mark in the cell stands; `begins` is true of the first day of a span."""

    unit: ColumnUnit
    begins: bool = False
    ends: bool = False
    moment: str = ""


_NOUNS = {
    ColumnUnit.DAY: "Ngày",
    ColumnUnit.MONTH: "Tháng",
    ColumnUnit.QUARTER: "Quý",
    ColumnUnit.YEAR: "Năm",
}
_UNITS = {
    frozenset({"ngay"}): ColumnUnit.DAY,
    frozenset({"ngay", "thang"}): ColumnUnit.DAY,
    frozenset({"thang"}): ColumnUnit.MONTH,
    frozenset({"quy"}): ColumnUnit.QUARTER,
    frozenset({"nam"}): ColumnUnit.YEAR,
    frozenset[str](): ColumnUnit.WHOLE,
    frozenset({"thang", "nam"}): ColumnUnit.WHOLE,
    frozenset({"quy", "nam"}): ColumnUnit.WHOLE,
    frozenset({"ngay", "thang", "nam"}): ColumnUnit.WHOLE,
}
_COMPACT = {
    "ngay": ColumnUnit.DAY,
    "thang": ColumnUnit.MONTH,
    "quy": ColumnUnit.QUARTER,
    "nam": ColumnUnit.YEAR,
}
_FILLERS = frozenset(
    (
        *("thoi", "gian", "han", "diem", "thuc", "hien", "trien", "khai", "hoan", "thanh"),
        *("bat", "dau", "ket", "thuc", "khoi", "cong", "tu", "den", "het", "trong", "xong"),
        *("tien", "do", "moc", "du", "kien", "lo", "trinh", "va"),
    )
)
_BEGINS = re.compile(r"\b(?:bat dau|khoi cong|khoi dau)\b|^tu\b")
_ENDS = re.compile(r"\b(?:ket thuc|hoan thanh|xong)\b|^den\b")
_NUMBERS = re.compile(r"[\divxIVX]+(?:(?: ?[,&–-] ?| và | đến )[\divxIVX]+)*")
_NUMBER = re.compile(r"\d{1,2}|[IVX]{1,3}")
_QUARTER = re.compile(r"Q\.? ?(I{1,3}|IV|[1-4])", re.IGNORECASE)
_COUNTED = re.compile(r"\d|\b[IVXivx]{1,3}\b")
_OVER = {"thang": "Tháng", "quy": "Quý"}
_LASTS = re.compile(r"(?:thoi (?:gian|han)|so|tien do|lo trinh)\b(?=.*\b(?:ngay|thang|quy|nam)\b)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_RECURS = re.compile(r"\b(?:hang|moi|thuong xuyen|lien tuc|dinh ky|thuong nien|suot)\b")


@lru_cache(1024)
def time_part(layers: tuple[str, ...]) -> TimePart | None:
    """The part that a column has by its heading, from the top down; None where that says other
    things than a unit or an end of time."""
    words = [folded(layer) for layer in layers]
    if not words:
        return None
    begins = any(map(_BEGINS.search, words))
    ends = not begins and any(map(_ENDS.search, words))
    if moment := _moment_of(cleaned(layers[-1]), " ".join(words[:-1])):
        return TimePart(ColumnUnit.WHOLE, begins, ends, moment)
    # A narrow column of a PDF cuts words in two: "Thá⏎ng".
    compact = _COMPACT.get(words[-1].replace(" ", ""))
    unit = compact or _UNITS.get(frozenset(words[-1].split()) - _FILLERS)
    if unit is not ColumnUnit.WHOLE and _LASTS.match(words[-1]):
        return None  # "Thời gian (tháng)" says how many months it takes
    return TimePart(unit, begins, ends) if unit else None


def _moment_of(lowest: str, above: str) -> str:
    """The quarter, month or year that a column is of, with the year that stands over it; "" if
    none. A bare number is of the unit that stands over it ("Tháng" over "1", "2", "3")."""
    if short := _QUARTER.fullmatch(lowest):
        lowest = f"Quý {short[1]}"
    elif _NUMBER.fullmatch(lowest):
        unit = next((noun for word, noun in _OVER.items() if re.search(rf"\b{word}\b", above)), "")
        lowest = f"{unit} {lowest}" if unit else ""
    is_moment = bool(lowest) and kind_of(lowest) is CellKind.TIME and bool(_COUNTED.search(lowest))
    if not is_moment:
        return ""
    years = _YEAR.findall(above)
    return f"{lowest}/{years[0]}" if len(years) == 1 and not _YEAR.search(lowest) else lowest


def is_part_alone(layers: tuple[str, ...]) -> bool:
    """True of a column of months or quarters by numbers ("Tháng thực hiện"), which are then named
    so, and of one that says when the work begins. Days and years are understood as they stand."""
    part = time_part(layers)
    if part is None or part.moment:
        return False
    return part.begins or part.unit in {ColumnUnit.MONTH, ColumnUnit.QUARTER}


def belong_together(one: TimePart, other: TimePart, *, under_one_heading: bool) -> bool:
    """True if two columns say one deadline: units that differ, the ends of a span, the quarters
    under one heading or under none."""
    if one.moment or other.moment:
        return under_one_heading and bool(one.moment and other.moment)
    if one.begins != other.begins:
        return True
    return ColumnUnit.WHOLE not in {one.unit, other.unit} and one.unit != other.unit


def one_time(parts: Sequence[tuple[TimePart, str]]) -> str:
    """The filled cells of a row, each with the part of its column, as the words of one time."""
    first = _moment([(part.unit, text) for part, text in parts if part.begins])
    last = _moment([(part.unit, text) for part, text in parts if not part.begins])
    if not first or first == last:
        return last
    if not last:
        return f"Từ {_without(first, 'từ')} đến …"  # nobody may take a beginning for a deadline
    if _RECURS.search(folded(last)):
        return f"{last}, từ {_without(first, 'từ')}"
    return f"Từ {_without(first, 'từ')} đến {_without(last, 'đến')}"


def _without(text: str, word: str) -> str:
    return re.sub(rf"^{word}\s+", "", text, flags=re.IGNORECASE)


def _moment(pieces: Sequence[tuple[ColumnUnit, str]]) -> str:
    if len(pieces) == 1:
        return _named(*pieces[0])
    units = [unit for unit, _ in pieces]
    apart = "; ".join(_named(unit, text) for unit, text in pieces)
    is_twice = len(set(units)) < len(units) or {ColumnUnit.MONTH, ColumnUnit.QUARTER} <= {*units}
    if is_twice or ColumnUnit.WHOLE in units:
        return apart
    said = ""
    for unit, text in sorted(pieces):
        joined = _joined(said, unit, text) if said else _first(unit, text)
        if not joined:
            return apart
        said = joined
    return said


def _first(unit: ColumnUnit, text: str) -> str:
    return text if unit is ColumnUnit.DAY else _named(unit, text)


def _named(unit: ColumnUnit, text: str) -> str:
    """ "6" in the column of months is "Tháng 6"; words are left as they are."""
    text = cleaned(text)
    noun = _NOUNS.get(unit)
    return f"{noun} {text}" if noun and _NUMBERS.fullmatch(text) else text


def _joined(said: str, unit: ColumnUnit, text: str) -> str:
    """A time joined with its next greater unit; "" if the two make no moment."""
    text = cleaned(text)
    if unit is not ColumnUnit.YEAR:
        number = re.sub(r"^tháng\s+", "", text, flags=re.IGNORECASE)
        fits = said[-1:].isdigit() and "/" not in said and re.fullmatch(r"\d{1,2}", number)
        return f"{said}/{number}" if fits else ""
    year = re.sub(r"^năm\s+", "", text, flags=re.IGNORECASE)
    if _YEAR.fullmatch(year):
        others = set(_YEAR.findall(said)) - {year}
        if others:
            return ""
        if year in said:
            return said
        return f"{said}/{year}" if _NUMBERS.search(said[-1:]) else f"{said} năm {year}"
    return "" if re.search(r"\d", text) else f"{said} {text}"

"""The days, months, quarters and years that a time cell names, alone, as a range or as a list.

The words come in folded: no marks, no case, no spaces around "/" and "-".
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from app.documents.vietnamese import normalise
from app.errors import Text
from app.kinds import TimeFrameKind

YEARS = range(1990, 2101)  # a year outside is a slip of the pen, or not a year
YEAR_OUT_OF_RANGE = Text(
    f"Năm phải từ {YEARS.start} đến {YEARS.stop - 1}.",
    f"The year must be from {YEARS.start} to {YEARS.stop - 1}.",
)
_LONGEST_RANGE = 80
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """A stretch of whole days, both ends inclusive."""

    kind: TimeFrameKind
    first: date
    last: date

    @property
    def is_single_day(self) -> bool:
        return self.first == self.last


_WORDS = {
    **{"một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9},
    **{"nhất": 1, "nhì": 2, "năm": 5, "mười": 10, "mười một": 11, "mười hai": 12},
}
# "Tháng năm" alone may be "tháng, năm", and "hằng quý một lần" counts nothing.
_IN_WORDS = re.compile(
    r"(?<!hằng )(?<!hàng )(?<!mỗi )(?<!từng )(?<!\d )\b"
    r"(?:(quý) (?:thứ )?(một|nhất|hai|nhì|ba|tư|bốn)"
    r"|(tháng) (mười hai|mười một|mười|hai|ba|tư|sáu|bảy|tám|chín|năm(?=/| năm)|một))"
    r"\b(?! lần| đầu| cuối)"
)


def with_numerals(text: str) -> str:
    """ "Quý ba", "Tháng Sáu" as "quý 3", "tháng 6"; without marks "sáu" and "sau" would be one."""

    def numeral(match: re.Match[str]) -> str:
        noun, word = (match[1], match[2]) if match[1] else (match[3], match[4])
        return f"{noun} {_WORDS[word]}"

    return _IN_WORDS.sub(numeral, normalise(text))


def read_unit(words: str, year: int | None) -> TimeUnit | None:
    """`year` is for words without one. None: not a unit, or one that no calendar has (31/02)."""
    for pattern, read in _UNITS:
        if found := pattern.fullmatch(words):
            parts = {name: part for name, part in found.groupdict().items() if part}
            stated = int(parts["year"]) if "year" in parts else year
            return read(parts, stated) if stated in YEARS and stated is not None else None
    return None


def read_range(words: str, year: int | None) -> TimeUnit | None:
    """ "tháng 6-9/2024", "quý IV/2024 - quý I/2025", "từ 15/5 đến hết ngày 30/6/2025"."""
    if len(words) > _LONGEST_RANGE:
        return None
    words = words.removeprefix("tu ").removeprefix("ngay ")
    for between in re.finditer(r"-| (?:cho )?den (?:het |cuoi )?", words):
        left, right = words[: between.start()], words[between.end() :]
        last = _read_right(right, left, year)
        first = _read_left(left, last, year) if last else None
        if first and last:
            return _span(first, last) if first.first <= last.first else None
    return None


def read_list(words: str, year: int | None) -> TimeUnit | None:
    """ "Quý II, III/2024", "2024 và 2025": one stretch, if they follow upon one another."""
    items = [item for item in re.split(r", ?(?:va )?| va ", words) if item]
    if len(words) > _LONGEST_RANGE or len(items) < 2 or _are_milestones(items):
        return None
    joined = _read_right(items[-1], items[0], year)
    for item in reversed(items[:-1]):
        left = _read_left(item, joined, year) if joined else None
        if joined is None or left is None or not _adjoin(left, joined):
            return None
        joined = _span(left, joined)
    # All four quarters of a year are four days to report on, and no stretch.
    return None if joined and joined.kind is TimeFrameKind.QUARTER and len(items) > 3 else joined


def _are_milestones(items: list[str]) -> bool:
    """ "Quý I, Quý II/2024" are two: only "Quý I, II/2024" and whole years make a stretch."""
    return all(re.match(r"(?:quy|qui|thang) ", item) for item in items)


def _adjoin(left: TimeUnit, right: TimeUnit) -> bool:
    # Two days in one cell are two milestones even if they are neighbours.
    is_stretch = left.kind is not TimeFrameKind.DATE
    return is_stretch and left.last + timedelta(days=1) == right.first


def _span(first: TimeUnit, last: TimeUnit) -> TimeUnit:
    kind = last.kind
    if kind is TimeFrameKind.YEAR and first != last:
        is_years = first.kind in {TimeFrameKind.YEAR, TimeFrameKind.YEAR_RANGE}
        kind = TimeFrameKind.YEAR_RANGE if is_years else TimeFrameKind.UNTIL_YEAR
    return TimeUnit(kind, first.first, last.last)


def _read_right(words: str, left: str, year: int | None) -> TimeUnit | None:
    """In "quý II-III/2024" the right side lacks the noun that the left side has."""
    noun = re.match(r"(?:quy|qui|thang) ", left)
    with_noun = read_unit(f"{noun[0]}{words}", year) if noun else None
    return with_noun or read_unit(words, year)


def _read_left(words: str, right: TimeUnit, year: int | None) -> TimeUnit | None:
    """The left side takes its month or year from the right: "6-9/2024", "15-20/5/2025"."""
    right_year = right.last.year
    if words.isdecimal() and len(words) <= 2 and right.kind is not TimeFrameKind.YEAR:
        month = f"/{right.first.month}" if right.kind is TimeFrameKind.DATE else ""
        noun = "quy " if right.kind is TimeFrameKind.QUARTER else ""
        return read_unit(f"{noun}{words}{month}/{right_year}", year)
    if right.kind is TimeFrameKind.QUARTER and words in _QUARTERS:
        return read_unit(f"quy {words}", right_year)
    return read_unit(words, right_year)


def _year(_: dict[str, str], year: int) -> TimeUnit:
    return TimeUnit(TimeFrameKind.YEAR, date(year, 1, 1), date(year, 12, 31))


def _half(parts: dict[str, str], year: int) -> TimeUnit:
    first, last = (1, 6) if parts["half"] == "dau" else (7, 12)
    return _months(TimeFrameKind.HALF_YEAR, year, first, last)


def _first_months(parts: dict[str, str], year: int) -> TimeUnit:
    last = int(parts.get("count") or {"ba": 3, "chin": 9}[parts["word"]])
    return _months(TimeFrameKind.QUARTER, year, 1, last)


def _quarter(parts: dict[str, str], year: int) -> TimeUnit:
    last = 3 * _QUARTERS[parts["quarter"]]
    return _months(TimeFrameKind.QUARTER, year, last - 2, last)


def _month(parts: dict[str, str], year: int) -> TimeUnit | None:
    month = int(parts["month"])
    return _months(TimeFrameKind.MONTH, year, month, month) if 1 <= month <= 12 else None


def _day(parts: dict[str, str], year: int) -> TimeUnit | None:
    try:
        day = date(year, int(parts["month"]), int(parts["day"]))
    except ValueError:
        return None
    return TimeUnit(TimeFrameKind.DATE, day, day)


def _months(kind: TimeFrameKind, year: int, first: int, last: int) -> TimeUnit:
    last_day = calendar.monthrange(year, last)[1]
    return TimeUnit(kind, date(year, first, 1), date(year, last, last_day))


_YEAR = r"(?P<year>\d{4})"
_OF_YEAR = rf"(?:(?:[/ .-]|,? ?(?:cua )?/?nam ){_YEAR})?"
_MONTH = r"(?P<month>\d{1,2})"
_DAY = r"(?P<day>\d{1,2})"
_Reader = Callable[[dict[str, str], int], TimeUnit | None]
_UNITS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (rf"(?:(?:ca )?nam )?{_YEAR}(?:\.0)?", _year),  # a spreadsheet's 2024.0
        (r"(?:ca )?nam(?: nay)?", _year),
        (rf"(?:0?6|sau) thang (?P<half>dau|cuoi)(?: nam)?{_OF_YEAR}", _half),
        (rf"nua (?P<half>dau|cuoi) nam{_OF_YEAR}", _half),
        (rf"(?:0?(?P<count>[39])|(?P<word>chin|ba)) thang dau nam{_OF_YEAR}", _first_months),
        (rf"(?:qu[yi] ?|q\.? ?)(?P<quarter>i{{1,3}}|iv|[1-4]){_OF_YEAR}", _quarter),
        (rf"thang {_MONTH}{_OF_YEAR}", _month),
        (rf"{_MONTH}[/.-]{_YEAR}", _month),
        (rf"(?:ngay )?{_DAY}/{_MONTH}(?:(?:/| nam ){_YEAR})?", _day),
        (rf"(?:ngay )?{_DAY}[.-]{_MONTH}[.-]{_YEAR}", _day),
        (rf"(?:ngay )?{_DAY} thang {_MONTH}{_OF_YEAR}", _day),
        # A spreadsheet's date cell, as it is turned into text.
        (rf"{_YEAR}-{_MONTH}-{_DAY}(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?", _day),
    )
)

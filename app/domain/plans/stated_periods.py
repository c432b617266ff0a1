"""The years that a plan's title names, and whether its tasks and its days agree with them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.documents.vietnamese import fold
from app.domain.plans.time_units import YEARS

_VISION = re.compile(
    r",? ?(?:va )?(?:tam nhin|dinh huong)(?: den| toi| cho)?(?: het)?(?: nam| giai doan)?"
    r" \d{4}\b(?: ?- ?\d{4}\b)?"
)
# "Tổng kết 10 năm … (2016 - 2026)": years that are looked back on, and are no plan's.
_LOOKS_BACK = re.compile(
    r"\b(?:tong ket|so ket|ky niem|nhin lai) \d{1,3} nam\b.*?(?=$|\bnam \d{4}\b(?! ?[-)]))"
)
# A school year, a term and a season run over two years and are no whole years.
_RANGE = re.compile(
    r"(?<!nam hoc )(?<!nhiem ky )(?<!mua kho )(?<!mua mua )(?<!dong xuan )(?<!he thu )"
    r"(?<![\d/.-])(\d{4}) ?(?:-|den(?: het)?(?: nam)?) ?(\d{4})\b(?![/.-])"
)
_LISTED = re.compile(r"\bnam (\d{4})((?:(?:, ?| va )(?:nam )?\d{4})+)\b")
_ONWARDS = re.compile(r"\b(?:cac|nhung) nam (?:tiep theo|sau|ke tiep)\b")
_UNTIL = re.compile(r"\bden (?:het )?nam (\d{4})\b")
_YEAR = re.compile(r"(?<!thang \d )(?<!thang \d\d )\bnam (\d{4})\b(?! ?-| ?den)")


@dataclass(frozen=True, slots=True)
class StatedPeriod:
    """Whole years; `starts_on` is None for "đến năm 2030"."""

    starts_on: date | None
    ends_on: date


def stated_periods(title: str) -> set[StatedPeriod]:
    """All periods that a title names; several if it cites those of other documents too."""
    words = _LOOKS_BACK.sub("", _VISION.sub("", re.sub(r"[‐‑‒–—−]", "-", fold(title))))
    found = {(int(first), int(last)) for first, last in _RANGE.findall(words)}
    words = _RANGE.sub("", words)
    found |= {span for first, rest in _LISTED.findall(words) if (span := _in_a_row(first, rest))}
    words = _LISTED.sub("", words)
    until = {int(year) for year in _UNTIL.findall(words)}
    years = {int(year) for year in _YEAR.findall(_UNTIL.sub("", words))}
    spans: list[tuple[int | None, int]] = [*found, *((None, year) for year in until)]
    spans += [(year, year) for year in years]
    return {
        StatedPeriod(date(first, 1, 1) if first else None, date(last, 12, 31))
        for first, last in spans
        if last in YEARS and (first is None or first in YEARS)
    }


def _in_a_row(first: str, rest: str) -> tuple[int, int] | None:
    """ "Năm 2026, 2027": the years that follow upon one another are one period."""
    years = [int(first), *map(int, re.findall(r"\d{4}", rest))]
    return (years[0], years[-1]) if years == list(range(years[0], years[-1] + 1)) else None


def goes_on_beyond(title: str) -> bool:
    """ "Năm 2026 và những năm tiếp theo": the title names a beginning and no end."""
    return bool(_ONWARDS.search(fold(title)))


def contradicts(title: str, starts_on: date, ends_on: date, tasks_end: Iterable[date]) -> bool:
    """True if the title names other years than a plan's own, or a task is due after its end."""
    periods = stated_periods(title)
    fits = any(
        period.ends_on == ends_on and period.starts_on in {None, starts_on.replace(month=1, day=1)}
        for period in periods
    )
    return (bool(periods) and not fits) or any(day > ends_on for day in tasks_end)

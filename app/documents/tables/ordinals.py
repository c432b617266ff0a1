"""Ordinals of the STT column: "I", "3.10", "a)", "KH20_TT_N01.1"; and what each should have been
where a workbook or Word kept something else."""

import re
from dataclasses import dataclass

from app.documents.words import cleaned, folded

_ROMAN = re.compile(r"[IVXLCDM]{1,7}")
_SMALL = re.compile(r"[a-zđ]|[ivx]{2,5}")
_ORDINAL = re.compile(
    r"[(\[]?"
    r"(?:\d{1,3}|[IVXLC]{1,7}|[A-ZĐa-zđ]|[ivx]{2,5}|[A-Za-zĐđ][A-Za-zĐđ_\-]{0,12}\d[\w\-]{0,12})"
    r"(?:\.(?:\d{1,3}|[a-zđ])){0,6}[.)\]/:]{0,2}"
)
# In front of a title a lone number or letter needs its point: "5 xã" and "A Lưới" begin titles.
_LEADING = re.compile(
    r"((?:\d{1,3}|[IVXLC]{1,7})(?:\.\d{1,3}){1,5}[.):]?|(?:\d{1,3}|[IVXLC]{1,7}|[A-ZĐa-zđ])[.):])"
    r"\s+(?=\S)"
)
_PART = re.compile(
    r"(?:phan|chuong|muc tieu|nhom(?: nhiem vu| giai phap)?|linh vuc|tru cot|hop phan|chuyen de"
    r"|chu de|giai doan|khoi|noi dung|nhiem vu|giai phap|tieu chi|mang)"
    r" (?:thu )?(?:\d{1,2}|[ivx]{1,5}|[a-e])"
)
_BULLET = re.compile(r"[-+*•–—]")
_DEEPEST = 9
_DATE = re.compile(r"(\d\d)/(\d\d)/\d{4}")


@dataclass(frozen=True, slots=True)
class Level:
    """The depth of an ordinal: rows of one `family` compare by `depth`."""

    family: str
    depth: int = 1

    @property
    def is_top(self) -> bool:
        """Parts of a table stand above everything else, wherever they come in it."""
        return self.family in {"roman", "letter", "headline", "section"}


SECTION = Level("section")
"""A heading outside of the table (a paragraph, a sheet's name) heads all that follows it."""
PART = Level("part")
"""One of several pieces of work under a merged title."""
HEADLINE = Level("headline")
BULLET = Level("bullet")


def tidied(text: str) -> str:
    """ "3. 10." is "3.10"; the bracket of "a)" belongs to it."""
    return re.sub(r" ?\. ?", ".", cleaned(text)).rstrip(".:/")


def looks_like_ordinal(text: str) -> bool:
    """True if a text looks like an ordinal; bullets and codes count too. Text behind the 60th
    character is not looked at."""
    ordinal = tidied(text[:60])
    return bool(_ORDINAL.fullmatch(ordinal) or _BULLET.fullmatch(ordinal))


def split_leading(title: str) -> tuple[str, str]:
    """ "II. Nhiệm vụ chung" as ("II", "Nhiệm vụ chung"); ("", title) when it begins with none."""
    match = _LEADING.match(title)
    return (tidied(match[1]), title[match.end() :]) if match else ("", title)


def is_bullet(text: str) -> bool:
    """True for a hyphen, a dash, a plus or an asterisk alone."""
    return bool(_BULLET.fullmatch(text.strip()))


def begins_with_bullet(title: str) -> bool:
    """A hyphen, dash, plus or asterisk is a bullet too, and no space need follow it."""
    return bool(_BULLET.match(title))


def without_bullet(title: str) -> str:
    """The title of a row that has got a number in the place of its bullet."""
    return _BULLET.sub("", title, count=1).lstrip() if begins_with_bullet(title) else title


def names_part(ordinal: str) -> bool:
    """ "Mục tiêu 1", "PHẦN II", "Nhóm nhiệm vụ 3": words that count the parts of a table."""
    return bool(_PART.fullmatch(folded(ordinal)))


def level_of(ordinal: str, last_letter: str) -> Level:
    """`last_letter` is the lettered part before: after "H", the part "I" is a letter too."""
    if _BULLET.fullmatch(ordinal):
        return BULLET
    first, *rest = ordinal.strip("()[]").split(".")
    return Level(_family(first, ordinal, last_letter), 1 + min(len(rest), _DEEPEST))


def _family(first: str, ordinal: str, last_letter: str) -> str:
    if first.isdigit():
        return "bracketed" if ordinal.endswith(")") else "number"
    if len(first) == 1 and first.isupper():
        follows = bool(last_letter) and ord(first) == ord(last_letter) + 1
        return "roman" if first in "IVX" and not follows else "letter"
    if _ROMAN.fullmatch(first):
        return "roman"
    return "small" if _SMALL.fullmatch(first) else "code"


def is_first(ordinal: str) -> bool:
    """True if a count begins here: "1", "2.1", "a)", "I"."""
    return re.split(r"[.\-_]", ordinal.strip("()[]"))[-1] in {"1", "01", "a", "A", "I", "i"}


def from_number(typed: str, previous: str) -> str:
    """The ordinal that the number 3.1 is after "3.9": a workbook loses the zero of 3.10."""
    expected = _next(previous)
    return expected if expected.endswith("0") and expected.rstrip("0") == typed else typed


def from_date(shown: str, previous: str) -> str:
    """A workbook makes a day of "3.10"; undone only where the row before says which it was."""
    match = _DATE.fullmatch(shown)
    if match is None:
        return shown
    day, month = int(match[1]), int(match[2])
    expected = {_next(previous), f"{previous}.1"}
    fitting = expected & {f"{day}.{month}", f"{month}.{day}"}
    return fitting.pop() if len(fitting) == 1 else shown


def _next(ordinal: str) -> str:
    prefix, point, last = ordinal.rpartition(".")
    return f"{prefix}.{int(last) + 1}" if point and last.isdecimal() and last.isascii() else ""

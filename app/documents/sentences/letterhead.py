"""The title, the number and the day that a plan states.

A plan cites many other documents by number and day, so these are believed in two places only: the
letterhead above the title and the line under an appendix's name, "(Kèm theo Kế hoạch số … )".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.documents.files.grids import Block
from app.documents.words import cleaned, folded

_NOTATION = (
    r"(\d{1,6}[a-z]?)\s{0,9}/\s{0,9}"
    r"((?:\d{4}/)?[A-ZĐ]{2,6}(?:\s?[-–]\s?[A-ZĐ][A-Za-zĐđ0-9&]{0,14}|-[A-Za-zĐđ0-9&]{1,15}){1,4})"
)
# A paper of the Party is "12-KH/TU", one of a people's council may be too.
_OF_PARTY = r"(\d{1,6}[a-z]?)\s?[-–]\s?([A-ZĐ][A-Za-zĐđ]{1,6}/[A-ZĐ][A-Za-zĐđ0-9&-]{0,14})"
_OWN_NUMBER = re.compile(rf"Số\s{{0,3}}:?\s{{0,9}}{_NOTATION}(?![\w/-])")
_OWN_PARTY_NUMBER = re.compile(rf"Số\s{{0,3}}:?\s{{0,9}}{_OF_PARTY}(?![\w/-])")
_OWN_DAY = re.compile(
    r"[^\d,]{2,40},\s?ngày\s{0,9}(\d{1,2})(?:\s{0,9}tháng\s{0,9}|[/.-])(\d{1,2})"
    r"(?:\s{0,9}năm\s{0,9}|[/.-])(\d{4})\b"
)
_ENCLOSED = re.compile(
    r"\(?\s?(?:ban hành\s)?kèm theo (?:kế hoạch|quyết định)\ssố:?\s?(.{0,120})", re.IGNORECASE
)
_ENCLOSED_NUMBER = re.compile(rf"{_NOTATION}(?![\w/-])")
_ENCLOSED_PARTY_NUMBER = re.compile(rf"{_OF_PARTY}(?![\w/-])")
_ENCLOSED_DAY = re.compile(
    r"[^/]{0,30}(?:/[\w-]{1,30}){1,2},? ?ngày\s?"
    r"(\d{1,2})(?:\s?tháng\s?|[/.-])(\d{1,2})(?:\s?năm\s?|[/.-])(\d{4})\b",
    re.IGNORECASE,
)
_TITLE_ENDS = re.compile(r"[IVX]{1,4}\.|\d{1,2}\.|[a-zđ]\)|\(|_{2,}|-{2,}|[-*.]{3,}")
_PLAN = re.compile(r"KẾ HOẠCH(?: |$)")
_OTHER_TITLES = re.compile(
    r"PHỤ LỤC|Phụ lục(?: [\dIVX]+)?(?:$|[:.] )|CHƯƠNG TRÌNH|ĐỀ ÁN|PHƯƠNG ÁN|DANH MỤC|PHÂN CÔNG"
    r"|(?:BẢNG|BIỂU)(?: TỔNG HỢP)?(?: PHÂN CÔNG| NHIỆM VỤ| KẾ HOẠCH)|TỔNG HỢP NHIỆM VỤ"
    r"|NHIỆM VỤ .{0,100}(?:NĂM|GIAI ĐOẠN) \d"
    r"|QUYẾT ĐỊNH$"
)
# Such words name the kind of paper and not what it is about.
_NO_TITLE = re.compile(
    r"^(?:KẾ HOẠCH|(?:PHỤ LỤC|Phụ lục)(?: [\dIVX]+)?|QUYẾT ĐỊNH)\b[:. ]*"
    r"|^(?:CHƯƠNG TRÌNH(?: HÀNH ĐỘNG| CÔNG TÁC)?|ĐỀ ÁN|PHƯƠNG ÁN)$"
)
_BODY_BEGINS = ("can cu", "thuc hien", "de trien khai", "nham")
_TITLE_LINES = 8
_LOOKED_AT = 2_000
_TITLE_LINE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ReadLetterhead:
    """`disputed` when two places of the file give different numbers or days: then none is taken."""

    title: str | None
    number: str | None
    issued_on: date | None
    disputed: bool


def read_letterhead(blocks: list[Block], rows_before: Iterable[str]) -> ReadLetterhead:
    """Read the letterhead from the part before the task table: whole *blocks*, and the rows above
    its heading."""
    lines = [cleaned(line[:2000]) for line in _within(_lines(blocks), rows_before)]
    named = _place_of_title(lines)
    head = lines[:named] if named is not None else lines[:40]
    numbers = _numbers(head) | {given[0] for given in _enclosed(lines) if given[0]}
    days = _days(head) | {given[1] for given in _enclosed(lines) if given[1]}
    return ReadLetterhead(
        title=_title(lines[named:]) if named is not None else None,
        number=numbers.pop() if len(numbers) == 1 else None,
        issued_on=days.pop() if len(days) == 1 else None,
        disputed=len(numbers) > 1 or len(days) > 1,
    )


def _lines(blocks: list[Block]) -> list[str]:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
        elif not block.nested:
            lines.extend(
                line for row in block.rows for cell in row.cells for line in cell.text.split("\n")
            )
    return lines


def _within(lines: list[str], rows_before: Iterable[str]) -> list[str]:
    # A letterhead is at the beginning and an appendix's name right above its table.
    lines = [*lines, *rows_before]
    return lines if len(lines) <= 2 * _LOOKED_AT else lines[:_LOOKED_AT] + lines[-_LOOKED_AT:]


def _place_of_title(lines: list[str]) -> int | None:
    """The number of the line that names the plan as a plan; else of one that names an enclosure."""
    for begins in (_PLAN, _OTHER_TITLES):
        for at, line in enumerate(lines):
            if begins.match(line):
                return at
    return None


def _title(lines: list[str]) -> str | None:
    """The lines under "KẾ HOẠCH" (or the words behind it in the same line), as one."""
    taken = [_NO_TITLE.sub("", lines[0]).strip()]
    for line in lines[1:_TITLE_LINES]:
        if any(taken) and _ends_title(line):
            break
        taken.append(line)
    return " ".join(filter(None, taken)) or None


def _ends_title(line: str) -> bool:
    words = folded(line)
    if not words or _TITLE_ENDS.match(line) or line.endswith((":", ";")):
        return True
    starts_anew = line[:1].isupper()
    return starts_anew and (len(line) > _TITLE_LINE_LENGTH or words.startswith(_BODY_BEGINS))


def _numbers(lines: list[str]) -> set[str]:
    found = {_joined(m) for line in lines if (m := _OWN_NUMBER.match(line))}
    party = (_OWN_PARTY_NUMBER.match(line) for line in lines)
    return found | {f"{m[1]}-{m[2]}" for m in party if m}


def _joined(notation: re.Match[str]) -> str:
    """ "123 /KH - SNV" as it is cited: "123/KH-SNV"."""
    symbol = re.sub(r"\s?[-–]\s?", "-", notation[2])
    return f"{notation[1]}/{symbol}"


def _days(lines: list[str]) -> set[date]:
    # Both halves of a letterhead may stand in one line.
    rests = (
        _OWN_PARTY_NUMBER.sub("", _OWN_NUMBER.sub("", line, count=1), count=1).strip()
        for line in lines
    )
    found = {_day(match) for rest in rests if (match := _OWN_DAY.fullmatch(rest))}
    return {day for day in found if day is not None}


def _enclosed(lines: list[str]) -> list[tuple[str | None, date | None]]:
    found = []
    for line in lines:
        if match := _ENCLOSED.match(line):
            said = match[1]
            number, party = _ENCLOSED_NUMBER.match(said), _ENCLOSED_PARTY_NUMBER.match(said)
            # Right behind the number, or it is the day of something the plan carries out.
            day = _ENCLOSED_DAY.match(said)
            own = _joined(number) if number else f"{party[1]}-{party[2]}" if party else None
            found.append((own, _day(day)))
    return found


def _day(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None

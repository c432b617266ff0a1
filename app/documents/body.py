"""What a plan says outside of its table: who issues it, who follows it up, what it is based on."""

import re
from collections.abc import Iterable, Iterator

from app.documents.grids import Block, Table
from app.documents.plan_rows import PlanBody
from app.documents.words import cleaned

_LONGEST_LINE = 4_000
_MOST_LINES = 3_000
_LONGEST_SECTION = 20_000
_ISSUER = re.compile(r"(?:ỦY|UỶ) BAN NHÂN DÂN|UBND |SỞ |BAN |CÔNG AN|HỘI ĐỒNG NHÂN DÂN|TỈNH ỦY")
_SECTION = re.compile(r"([IVX]{1,4})\.\s*(?=\S)")
_BASIS = re.compile(
    r"(?:Căn cứ|Thực hiện) (?:.{0,40}?)(?:Luật|Nghị|Quyết định|Chỉ thị|Kết luận|Thông)"
)
_FOLLOWS_UP = re.compile(
    r"(?:[Gg]iao )(?P<who>[^.;:]{3,200}?)(?:,? là (?:cơ quan|đơn vị)[^,.;]{0,40})?"
    r",? (?:chủ trì|có trách nhiệm|theo dõi|hướng dẫn|đôn đốc)\b(?P<what>[^.]{0,400})"
)
_FOLLOWING = re.compile(r"theo dõi|đôn đốc")
_OVERSEES = re.compile(
    r"[Đđ]ề nghị (?P<who>.{3,400}?) (?:chỉ đạo|kiểm tra|giám sát|định hướng|phối hợp|tăng cường|"
    r"tham gia|tổ chức|quan tâm)\b(?P<what>.{0,600})"
)
_RECIPIENTS = re.compile(r"Nơi nhận\s*:?$")


def read_body(blocks: Iterable[Block]) -> PlanBody:
    """From the lines of a file outside of its task tables."""
    lines = list(_lines(blocks))
    followed = (match for line in lines for match in _FOLLOWS_UP.finditer(line))
    charged = next((one["who"] for one in followed if _FOLLOWING.search(one[0])), None)
    asked = (match for line in lines for match in _OVERSEES.finditer(line))
    overseers = next((one["who"] for one in asked if "giám sát" in one[0]), None)
    return PlanBody(
        issuer=next((line for line in lines[:12] if _ISSUER.match(line)), None),
        coordinator=charged and charged.strip(" ,"),
        overseers=overseers and overseers.strip(" ,"),
        bases=tuple(_bases(lines)),
        recipients=tuple(_recipients(lines)),
        sections=tuple(_sections(lines)),
    )


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    count = 0
    for block in blocks:
        texts = [block] if isinstance(block, str) else _small(block)
        for line in (cleaned(line[:_LONGEST_LINE]) for text in texts for line in text.split("\n")):
            count += bool(line)
            if count > _MOST_LINES:
                return
            if line:
                yield line


def _small(table: Table) -> list[str]:
    """Letterheads and signatures stand in tables of one row or two, two cells each."""
    is_small = len(table.rows) <= 3 and table.width <= 3 and not table.nested
    return [cell.text for row in table.rows for cell in row.cells] if is_small else []


def _bases(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if _SECTION.match(line) and line.upper() == line:
            return
        if _BASIS.match(line):
            yield line.rstrip(";., ")


def _recipients(lines: list[str]) -> Iterator[str]:
    at = next((at for at, line in enumerate(lines) if _RECIPIENTS.match(line)), len(lines))
    for line in lines[at + 1 :]:
        if not line.startswith(("-", "–", "+")):
            if line.isupper():
                return
            continue
        name = line.strip("-–+ ;.")
        if not name.startswith("Lưu"):
            yield name


def _sections(lines: list[str]) -> Iterator[tuple[str, str]]:
    heading, text = "", list[str]()
    for line in lines:
        if _SECTION.match(line) and line.upper() == line:
            if heading:
                yield heading, "\n".join(text)[:_LONGEST_SECTION]
            heading, text = line, []
        elif _RECIPIENTS.match(line):
            break
        elif heading:
            text.append(line)
    if heading:
        yield heading, "\n".join(text)[:_LONGEST_SECTION]

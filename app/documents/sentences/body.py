"""The parts of a plan outside of its table: its issuer, its coordinator, its legal bases."""

import re
from collections.abc import Iterable, Iterator, Sequence

from app.documents.files.grids import Block, GridTable
from app.documents.sentences.prose import charged_with_following_up
from app.documents.sentences.prose_sentences import name_of
from app.documents.tables.plan_rows import PlanProse
from app.documents.words import cleaned

_LONGEST_LINE = 4_000
_MOST_LINES = 3_000
_LONGEST_SECTION = 20_000
_ISSUER = re.compile(r"(?:ỦY|UỶ) BAN NHÂN DÂN|UBND |SỞ |BAN |CÔNG AN|HỘI ĐỒNG NHÂN DÂN|TỈNH ỦY")
_PLACE = re.compile(r"(?:TỈNH|THÀNH PHỐ|HUYỆN|THỊ XÃ|XÃ|PHƯỜNG|ĐẶC KHU) ")
_SECTION = re.compile(r"(?P<roman>[IVX]{1,4})\.\s*[A-ZĐÀ-Ỹ]|[A-ZĐ]\.\s*\S|PHẦN ")
_LONGEST_HEADING = 150
_BASIS = re.compile(
    r"Căn cứ |(?:Thực hiện|Triển khai) (?:.{0,40}?)(?:Luật|Nghị|Quyết định|Chỉ thị|Kết luận|Thông"
    r"|Kế hoạch số|Chương trình số|Công văn|Hướng dẫn|Pháp lệnh)"
)
_OVERSEES = re.compile(r"[Đđ]ề nghị (?P<text>.{3,1000})")
_RECIPIENTS = re.compile(r"Nơi nhận\s*:?$")


def read_body(blocks: Sequence[Block]) -> PlanProse:
    """The parts of a plan in the lines of a file outside of its task tables."""
    lines = list(_lines(blocks))
    asked = (match["text"] for line in lines for match in _OVERSEES.finditer(line))
    overseers = next((name_of(text) for text in asked if "giám sát" in text), None)
    return PlanProse(
        issuer=_issuer(lines[:12]),
        coordinator=charged_with_following_up(lines),
        overseers=overseers,
        bases=tuple(_bases(lines)),
        recipients=tuple(_recipients(lines)),
        sections=tuple(_sections(lines)),
    )


def _issuer(lines: list[str]) -> str | None:
    """The last of the bodies at the top, since an office names the one over it first; its place may
    stand in a line of its own."""
    at = next((at for at, line in enumerate(lines) if _ISSUER.match(line)), None)
    if at is None:
        return None
    while at + 1 < len(lines) and lines[at + 1].isupper() and _ISSUER.match(lines[at + 1]):
        at += 1
    place = lines[at + 1] if at + 1 < len(lines) and _PLACE.match(lines[at + 1]) else ""
    return f"{lines[at]} {place}".strip()


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


def _small(table: GridTable) -> list[str]:
    """Letterheads and signatures stand in tables of one row or two, two cells each."""
    is_small = len(table.rows) <= 3 and table.width <= 3 and not table.nested
    return [cell.text for row in table.rows for cell in row.cells] if is_small else []


def _is_section(line: str) -> bool:
    """ "II. NỘI DUNG" and "II. Nội dung", which is no sentence."""
    found = _SECTION.match(line)
    if found is None:
        return False
    return line == line.upper() or bool(
        found["roman"] and len(line) <= _LONGEST_HEADING and not line.endswith((".", ";", ","))
    )


def _bases(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if _is_section(line):
            return
        # A title says what is carried out as well; a reason is followed by something.
        if _BASIS.match(line) and not (line.startswith("Triển khai") and line[-1].isalnum()):
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
        if _is_section(line):
            if heading:
                yield heading, "\n".join(text)[:_LONGEST_SECTION]
            heading, text = line, []
        elif _RECIPIENTS.match(line):
            break
        elif heading:
            text.append(line)
    if heading:
        yield heading, "\n".join(text)[:_LONGEST_SECTION]

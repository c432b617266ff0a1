"""Writing an official letter as a Word file, by the layout of NĐ 30/2020/NĐ-CP, Phụ lục I.

A4 with margins of 20, 20, 30 and 15 mm, Times New Roman 14; the number of the page stands in the
middle of the top margin from the second page on. All letters of the service are written here: one
letterhead, one signature block.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain

from app.documents.word import markup
from app.documents.word.letter import (
    Appendix,
    Letter,
    LetterBasis,
    Letterhead,
    LetterHeading,
    LetterPart,
    LetterProse,
    LetterTable,
    Picture,
)
from app.documents.word.markup import (
    BODY,
    HEADING,
    NOTE,
    PROSE,
    SMALL,
    TINY,
    ParagraphLook,
    paragraph,
    twips,
)
from app.documents.word.package import DECLARED, HEADER_ID, NAMESPACES, write_package
from app.documents.word.pictures import Pictures
from app.official_words import ROMAN, day_words

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
HEAD_WIDTHS, END_WIDTHS = (6.0, 10.5), (7.5, 9.0)
BOLD = ParagraphLook(bold=True, align="center")
BASIS = ParagraphLook(italic=True, align="both", before=6, first_line=1.27)
NUMBERED_APART = '<w:pgNumType w:start="1"/>'
STANDS_OFF = ParagraphLook(size=TINY)


def write_letter(letter: Letter) -> bytes:
    """The letter as a .docx; characters that XML can't hold are replaced by U+FFFD. The same letter
    is always the same bytes."""
    file, pictures = io.BytesIO(), Pictures()
    body = chain(opening(letter), letter_body(letter.body, pictures), ending(letter))
    ends = _section(is_last=not letter.appendices)
    appended = chain((ends,), appendices(letter.appendices, pictures))
    text = (f"{DECLARED}<w:document {NAMESPACES}><w:body>",)
    write_package(file, chain(text, body, appended, ("</w:body></w:document>",)), pictures.drawn)
    return file.getvalue()


def opening(letter: Letter) -> Iterator[str]:
    """The paragraphs above the body: letterhead, kind, subject, addressee."""
    yield letterhead(letter.letterhead, "" if letter.type_name else letter.subject)
    if letter.type_name:
        yield paragraph(
            letter.type_name.upper(), ParagraphLook(bold=True, align="center", before=12)
        )
        yield paragraph(letter.subject, BOLD)
        yield markup.line(6.5)
    yield paragraph(f"Kính gửi: {letter.addressee}", ParagraphLook(align="center", before=6))


def letterhead(head: Letterhead, about: str) -> str:
    """The sender on the left, the state on the right; *about* is the subject of a công văn."""
    small = ParagraphLook(size=SMALL, align="center")
    left = [paragraph(head.superior.upper(), small)] if head.superior else []
    left += [
        paragraph(name.upper(), ParagraphLook(size=SMALL, bold=True, align="center"))
        for name in head.agency
    ]
    left += [markup.line(1.9), paragraph(f"Số: {head.number}", small)]
    left += [paragraph(about, ParagraphLook(size=NOTE, align="center", before=6))] if about else []
    written = ", ".join(part for part in (head.place, day_line(head.day)) if part)
    right = [
        paragraph(STATE, ParagraphLook(size=SMALL, bold=True, align="center")),
        paragraph(MOTTO, BOLD),
        markup.line(2.0),
        paragraph(written, ParagraphLook(italic=True, align="center")),
    ]
    return markup.columns(HEAD_WIDTHS, (left, right))


def day_line(day: date | None) -> str:
    """A day as letterheads write it: days under 10 and the months 1 and 2 with a zero; dots where
    it is open."""
    if day is None:
        return "ngày … tháng … năm …"
    number, month, year = day_words(day).split("/")
    return f"ngày {number} tháng {month} năm {year}"


def letter_body(parts: Iterable[LetterPart], pictures: Pictures) -> Iterator[str]:
    """The parts of the body, of which the last ends with “./.”."""
    held = list(parts)
    for number, part in enumerate(held):
        yield from body_part(part, pictures, is_last=number == len(held) - 1)


def body_part(part: LetterPart, pictures: Pictures, *, is_last: bool = False) -> Iterator[str]:
    """One part of a body."""
    if isinstance(part, LetterHeading):
        yield paragraph(part.text, HEADING)
    elif isinstance(part, LetterBasis):
        yield paragraph(part.text, BASIS)
    elif isinstance(part, Picture):
        yield pictures.paragraph(part)
    elif isinstance(part, LetterProse):
        lines = [line for line in part.text.splitlines() if line.strip()]
        for number, line in enumerate(lines):
            ends = is_last and number == len(lines) - 1
            yield paragraph(f"{line.rstrip().rstrip('.')}./." if ends else line, PROSE)
    else:
        yield from markup.table(part)
        # Whatever follows a table stands off from it.
        yield paragraph("", STANDS_OFF)


def ending(letter: Letter) -> Iterator[str]:
    """The recipients on the left, the signature block on the right."""
    title = ParagraphLook(size=NOTE, bold=True, italic=True, before=12)
    left = [paragraph("Nơi nhận:", title), *recipients(letter.recipients)]
    signature = letter.signature
    right = [
        paragraph(
            line.upper(), ParagraphLook(bold=True, align="center", before=0 if number else 12)
        )
        for number, line in enumerate(signature.lines)
    ]
    # Room for the signature and the seal.
    right.append(
        paragraph(signature.name or "", ParagraphLook(bold=True, align="center", before=70))
    )
    yield markup.columns(END_WIDTHS, (left, right))


def recipients(names: Iterable[str]) -> Iterator[str]:
    """The receivers of the letter, a line each."""
    return (paragraph(f"- {name}", ParagraphLook(size=TINY)) for name in names)


def appendices(found: Sequence[Appendix], pictures: Pictures) -> Iterator[str]:
    """Each appendix on pages that lie across and are numbered apart; the last one's pages end the
    text."""
    for number, appendix in enumerate(found):
        name = f"Phụ lục {ROMAN[number]}" if len(found) > 1 else "Phụ lục"
        yield paragraph(name, ParagraphLook(bold=True, align="center", level=0))
        yield paragraph(appendix.title.upper(), BOLD)
        yield paragraph(
            f"({appendix.goes_with})",
            ParagraphLook(size=BODY, italic=True, align="center", after=6),
        )
        *parts, last = appendix.body
        for part in parts:
            yield from body_part(part, pictures)
        # Nothing has to stand off below the last one.
        yield from (
            markup.table(last) if isinstance(last, LetterTable) else body_part(last, pictures)
        )
        yield _section(is_last=number == len(found) - 1, is_appendix=True)


def _section(*, is_last: bool, is_appendix: bool = False) -> str:
    """The page settings of the text before it; those of the last section stand at the end of the
    text."""
    wide, high = (297, 210) if is_appendix else (210, 297)
    lies = ' w:orient="landscape"' if is_appendix else ""
    header = "" if is_appendix else f'<w:headerReference w:type="default" r:id="{HEADER_ID}"/>'
    pages = (
        f'<w:sectPr>{header}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{twips(wide / 10)}" w:h="{twips(high / 10)}"{lies}/>'
        f'<w:pgMar w:top="{twips(2)}" w:right="{twips(1.5)}" w:bottom="{twips(2)}"'
        f' w:left="{twips(3)}" w:header="{twips(1)}" w:footer="{twips(1)}" w:gutter="0"/>'
        f"{NUMBERED_APART * is_appendix}<w:titlePg/></w:sectPr>"
    )
    # The paragraph below the last table or picture takes no room: their page may be full.
    small = '<w:spacing w:line="20" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr>'
    if is_last:
        return f"<w:p><w:pPr>{small}</w:pPr></w:p>{pages}"
    return f"<w:p><w:pPr>{small}{pages}</w:pPr></w:p>"

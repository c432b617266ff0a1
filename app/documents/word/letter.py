"""The parts of an official letter (NĐ 30/2020/NĐ-CP, Phụ lục I): its contents, not its layout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
"""The media type of a letter as a file."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The head of a letter: the superior body, if it is named, the agency in its lines, number and
    day.

    A letter that was not signed has no number yet, and no day: both are left open.
    """

    superior: str | None
    agency: Sequence[str]
    number: str
    place: str
    day: date | None


@dataclass(frozen=True, slots=True)
class LetterHeading:
    """A numbered heading of the body, in bold."""

    text: str


@dataclass(frozen=True, slots=True)
class LetterBasis:
    """A document on which the letter is based, in italics above the body."""

    text: str


@dataclass(frozen=True, slots=True)
class LetterProse:
    """A text of the body; each of its lines is a paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class LetterTable:
    """A table of the body: the heads of its columns, their widths in centimetres, and its rows.

    A row of one text spans all columns, as a heading of those below it. *centred* are the columns
    that hold numbers or days. Rows are read once, one after another: they may be made as they come;
    those of a short table that *is whole* stay on one page.
    """

    head: Sequence[str]
    widths: Sequence[float]
    rows: Iterable[Sequence[str]]
    centred: frozenset[int] = frozenset()
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of our own as SVG, as wide as the text; *words* describe it."""

    svg: str
    words: str
    width: float = 16.5


LetterPart = LetterBasis | LetterHeading | LetterProse | LetterTable | Picture


@dataclass(frozen=True, slots=True)
class Appendix:
    """An appendix, on pages of its own that lie across and are numbered apart; *goes_with* says
    with which letter it goes."""

    title: str
    goes_with: str
    body: Sequence[LetterPart]


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """The authority and the position in which somebody signs; the name is left open without
    *name*."""

    lines: Sequence[str]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: its kind, its subject, its addressee, its body. With a *type_name* it is of Mẫu
    1.4; without one a công văn (Mẫu 1.5), whose subject stands under its number."""

    letterhead: Letterhead
    type_name: str
    subject: str
    addressee: str
    body: Sequence[LetterPart]
    signature: SignatureBlock
    recipients: Sequence[str]
    appendices: Sequence[Appendix] = ()

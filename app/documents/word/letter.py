"""The parts of an official letter (NĐ 30/2020/NĐ-CP, Phụ lục I): what it bears, not its layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the superior body, if it is named, the agency in its lines, number and day.

    A letter that was not signed has no number yet, and no day: both are left open.
    """

    superior: str | None
    agency: Sequence[str]
    number: str
    place: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading of the body, in bold."""

    text: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A text of the body; each of its lines is a paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the body: the heads of its columns, their widths in centimetres, and its rows.

    A row of one text spans all columns, as a heading of those below it. *centred* are the columns
    that hold numbers or days.
    """

    head: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]
    centred: frozenset[int] = frozenset()


Part = Heading | Prose | Table


@dataclass(frozen=True, slots=True)
class Appendix:
    """An appendix, on pages of its own that lie across and are numbered apart; *goes_with* says
    with which letter it goes."""

    title: str
    goes_with: str
    body: Sequence[Part]


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """By whose authority and in which position somebody signs; the name is left open without
    *name*."""

    lines: Sequence[str]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter with a type name (Mẫu 1.4): what it is, about what, to whom, its body."""

    letterhead: Letterhead
    type_name: str
    subject: str
    addressee: str
    body: Sequence[Part]
    signature: SignatureBlock
    recipients: Sequence[str]
    appendices: Sequence[Appendix] = ()

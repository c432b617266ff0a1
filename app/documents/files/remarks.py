"""Remarks beside the text of a file: comments, notes of cells, footnotes.

They are no part of the plan's rows; a warning names them, so that nobody need wonder whether they
were read as rows.
"""

from app.documents.agency_names import is_person
from app.documents.confined.limits import FileAllowance
from app.documents.files.xml_parts import PartReader, attribute
from app.documents.tables.people import PERSON_HIDDEN, without_people
from app.documents.words import cleaned, composed

_LONGEST = 200  # characters of a remark that a person needs to find it
_MODERN = "[Threaded comment]"
_HELD = frozenset({"comment", "footnote", "endnote"})


class Remarks(PartReader):
    """A part with the comments, footnotes or endnotes of a file: by their ids, or in a workbook by
    the reference of their cell."""

    def __init__(self, allowance: FileAllowance) -> None:
        super().__init__(allowance)
        self.texts: dict[str, str] = {}
        self._key = ""
        self._text: list[str] = []
        self._reading = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name in _HELD:
            self._key = attribute(attributes, "ref") or attribute(attributes, "id") or ""
            self._text = []
        elif name in {"br", "p"} and self._text:
            self._text.append("\n")
        self._reading = name == "t"

    def closed(self, name: str) -> None:
        self._reading = False
        if name in _HELD and (text := "".join(self._text).strip()):
            self.texts[self._key] = text

    def data(self, data: str) -> None:
        if self._reading:
            self.allowance.text(len(data))
            self._text.append(data)


def shown_remark(text: str) -> str:
    """One line without people: Excel begins a note with its author's name and a colon."""
    if text.startswith(_MODERN):
        text = text.partition("Comment:")[2]
    first, line, rest = composed(text).strip().partition("\n")
    if line and first.rstrip().endswith(":"):
        text = rest
    lines = (cleaned(one) for one in composed(text).split("\n"))
    shown = (PERSON_HIDDEN if is_person(one) else without_people(one) for one in lines if one)
    return " ".join(shown)[:_LONGEST]

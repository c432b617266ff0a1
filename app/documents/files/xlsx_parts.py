"""The parts of a workbook to which its sheets refer: their names, its shared texts and its
styles."""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from app.documents.confined.limits import FileAllowance
from app.documents.files.file_kinds import OfficeFile
from app.documents.files.packages import Relation
from app.documents.files.xlsx_styles import Styles, is_on
from app.documents.files.xml_parts import PartReader, attribute, read_part
from app.documents.words import cleaned, verbatim

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Said(NamedTuple):
    """The text that stands, and that which is struck through."""

    text: str
    struck: str = ""


@dataclass(slots=True)
class Workbook:
    """The strings and styles that the cells of every sheet refer to."""

    texts: list[Said] = field(default_factory=list)
    styles: Styles | None = None
    from_1904: bool = False
    calculates: bool = False  # whoever opens it: values that stand in it are then none


def shared_parts(file: OfficeFile, relations: list[Relation], listing: "SheetListing") -> Workbook:
    """The shared texts and styles by the workbook's own relations; a missing part is taken as
    empty."""
    workbook = Workbook(from_1904=listing.from_1904, calculates=listing.calculates)
    for relation in relations:
        if relation.part not in file.archive:
            continue
        if relation.kind == "sharedStrings":
            texts = SharedTexts(file.allowance)
            read_part(file.archive, relation.part, texts)
            workbook.texts = texts.texts
        elif relation.kind == "styles":
            workbook.styles = Styles(file.allowance)
            read_part(file.archive, relation.part, workbook.styles)
    return workbook


class SheetListing(PartReader):
    """workbook.xml: the sheets in their order, each with its relation and whether it is hidden."""

    def __init__(self, allowance: FileAllowance) -> None:
        super().__init__(allowance)
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = self.calculates = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attribute(attributes, "date1904") in {"1", "true"}
        elif name == "calcPr":
            self.calculates = attribute(attributes, "fullCalcOnLoad") in {"1", "true"}
        elif name == "sheet":
            hidden = attribute(attributes, "state") in {"hidden", "veryHidden"}
            sheet_name = cleaned((attribute(attributes, "name") or "")[:100])
            self.sheets.append((sheet_name, attribute(attributes, "id") or "", hidden))


class XlsxTexts(PartReader):
    """Collects the text of <t>, leaving out the reading aids (<rPh>) of East Asian files; text that
    a run (<r>) strikes through is collected apart."""

    def __init__(self, allowance: FileAllowance) -> None:
        super().__init__(allowance)
        self._text: list[str] = []
        self._struck_text: list[str] = []
        self._wanted = self._aid = self._struck = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        super().opened(name, attributes)
        if name == "rPh":
            self._aid = True
        elif name == "strike":
            self._struck = is_on(attributes)
        self._wanted = name in {"t", "v"} and not self._aid

    def closed(self, name: str) -> None:
        if name == "rPh":
            self._aid = False
        elif name in {"r", "si"}:
            self._struck = False
        self._wanted = False

    def data(self, data: str) -> None:
        if self._wanted:
            self.allowance.text(len(data))
            (self._struck_text if self._struck else self._text).append(data)

    def taken(self) -> Said:
        said = Said("".join(self._text), "".join(self._struck_text))
        self._text, self._struck_text = [], []
        return said


class SharedTexts(XlsxTexts):
    """sharedStrings.xml: the texts that cells name by their place in it."""

    def __init__(self, allowance: FileAllowance) -> None:
        super().__init__(allowance)
        self.texts: list[Said] = []

    def closed(self, name: str) -> None:
        super().closed(name)
        if name == "si":
            self.texts.append(Said(*map(plain, self.taken())))


def plain(text: str) -> str:
    """A text as a person sees it, without Excel's way of writing control characters."""

    def unescaped(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        # Only control characters are written so; a half of a surrogate pair is no text at all.
        return chr(code) if code < 0x20 else match[0]

    return verbatim(_ESCAPED.sub(unescaped, text))

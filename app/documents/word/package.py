"""The parts of a Word file beside its text: which there are, styles, the page number, pictures."""

import zipfile
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from app.documents.word.markup import BORDERS

# The same letter is the same bytes, whenever it is written.
PACKED_AT = (1980, 1, 1, 0, 0, 0)
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMESPACES = (
    f'{W} xmlns:r="{OFFICE}/relationships"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
"""The namespaces of the text's own part."""
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CONTENT_TYPES = (
    f'{DECLARED}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="png" ContentType="image/png"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD_TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{WORD_TYPE}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{WORD_TYPE}.settings+xml"/>'
    f'<Override PartName="/word/header1.xml" ContentType="{WORD_TYPE}.header+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
ROOT_RELATIONS = (
    f'{DECLARED}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/relationships/officeDocument"'
    ' Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/></Relationships>'
)
CORE = (
    f'{DECLARED}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:language>vi-VN</dc:language>'
    "</cp:coreProperties>"
)
SETTINGS = (
    f'{DECLARED}<w:settings {W}><w:defaultTabStop w:val="720"/><w:compat>'
    '<w:compatSetting w:name="compatibilityMode"'
    ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
)
FONT = "Times New Roman"
STYLES = (
    f"{DECLARED}<w:styles {W}><w:docDefaults><w:rPrDefault><w:rPr>"
    f'<w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
    '<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault>'
    "<w:pPrDefault/></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    f'<w:qFormat/><w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}"'
    f' w:cs="{FONT}"/><w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>'
    '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    "</w:style>"
    '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
    f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{BORDERS}</w:tblBorders></w:tblPr>'
    "</w:style></w:styles>"
)
HEADER = (
    f'{DECLARED}<w:hdr {W}><w:p><w:pPr><w:jc w:val="center"/></w:pPr>'
    '<w:fldSimple w:instr="PAGE"><w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>2</w:t></w:r>'
    "</w:fldSimple></w:p></w:hdr>"
)
HEADER_ID = "rId3"
_OWN = (("styles", "styles.xml"), ("settings", "settings.xml"), ("header", "header1.xml"))


def picture_id(number: int) -> str:
    """The id by which the text names its picture of this number, from 1."""
    return f"rId{len(_OWN) + number}"


def write_package(file: BinaryIO, text: Iterable[str], pictures: Sequence[bytes]) -> None:
    """Pack a letter: *text* is its main part, piece by piece, and fills *pictures* as it comes."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", ROOT_RELATIONS),
            ("docProps/core.xml", CORE),
            ("word/settings.xml", SETTINGS),
            ("word/styles.xml", STYLES),
            ("word/header1.xml", HEADER),
        ):
            archive.writestr(member(name), content)
        write_text(archive, "word/document.xml", text)
        archive.writestr(member("word/_rels/document.xml.rels"), _relations(len(pictures)))
        for number, picture in enumerate(pictures, 1):
            archive.writestr(member(f"word/media/image{number}.png"), picture)


def write_text(archive: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> None:
    """Write a part as it comes."""
    with archive.open(member(name), "w") as part:
        for piece in pieces:
            part.write(piece.encode())


def member(name: str) -> zipfile.ZipInfo:
    """The entry of a part, of always the same moment."""
    entry = zipfile.ZipInfo(name, PACKED_AT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _relations(pictures: int) -> str:
    images = [("image", f"media/image{number}.png") for number in range(1, pictures + 1)]
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/relationships/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate((*_OWN, *images), 1)
    )
    return f'{DECLARED}<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'

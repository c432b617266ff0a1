"""Our own pictures in a letter: as PNG, as wide as the text, with words for who does not see."""

import struct
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

from app.documents.svg.png import png_of
from app.documents.word.letter import Picture
from app.documents.word.package import picture_id
from app.documents.word.texts import writable

EMU_A_CM = 360_000
PNG = "http://schemas.openxmlformats.org/drawingml/2006/picture"


class Pictures:
    """The pictures of a letter in their order, drawn when the text comes to them."""

    def __init__(self, id_of: Callable[[int], str] = picture_id) -> None:
        self._id_of = id_of
        self.drawn: list[bytes] = []

    def paragraph(self, picture: Picture) -> str:
        """The paragraph that shows the picture."""
        content = png_of(picture.svg)
        self.drawn.append(content)
        number = len(self.drawn)
        # The header of a PNG: its width and height stand at fixed places.
        wide, high = struct.unpack(">II", content[16:24])
        across = round(picture.width * EMU_A_CM)
        down = round(across * high / wide)
        named = f'id="{number}" name="Biểu đồ {number}" descr={quoteattr(writable(picture.words))}'
        size = f'cx="{across}" cy="{down}"'
        return (
            '<w:p><w:pPr><w:spacing w:before="120" w:after="120"/><w:jc w:val="center"/></w:pPr>'
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f"<wp:extent {size}/><wp:docPr {named}/>"
            f'<a:graphic><a:graphicData uri="{PNG}"><pic:pic><pic:nvPicPr>'
            f'<pic:cNvPr id="{number}" name="image{number}.png"/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{self._id_of(number)}"/>'
            "<a:stretch><a:fillRect/></a:stretch></pic:blipFill>"
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )

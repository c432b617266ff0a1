"""Files made to do harm, in the formats that are not archives of ours to look into."""

import zlib
from collections.abc import Sequence
from functools import cache, reduce
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from tests.support.plan_files import HEADING

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODT = "application/vnd.oasis.opendocument.text"
NAMES = "urn:oasis:names:tc:opendocument:xmlns"
ROWS = (HEADING, ("1", "Việc một", "Sở Nội vụ", "", "Năm 2026"))


def pdf(content: bytes, *, filters: bytes = b"/FlateDecode", catalog: bytes = b"") -> bytes:
    """A PDF of one page; *content* is its stream as it stands, *catalog* more of its root."""
    stream = b"<</Length %d/Filter %s>>stream\n%s\nendstream" % (len(content), filters, content)
    return pdf_of(
        [
            b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
            b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>",
            stream,
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>"
            b"/Length 12>>stream\n/X Do /X Do \nendstream",
        ]
    )


def pdf_of(objects: Sequence[bytes]) -> bytes:
    """A PDF of these objects, of which the first is the root."""
    made, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    count = len(objects) + 1
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(made))
    return made + head + entries + trailer


@cache
def blanks(megabytes: int) -> bytes:
    """So many megabytes of blanks, deflated: one of them, again and again."""
    packed, one = zlib.compressobj(9), b" " * (1 << 20)
    first = packed.compress(one) + packed.flush(zlib.Z_FULL_FLUSH)
    # The bytes after a full flush do not look back, so they stand as often as one likes.
    again = packed.compress(one) + packed.flush(zlib.Z_FULL_FLUSH)
    end = packed.flush()[:-4]
    total = reduce(lambda sum_so_far, _: zlib.adler32(one, sum_so_far), range(megabytes), 1)
    return first + again * (megabytes - 1) + end + total.to_bytes(4)


def html(head: str, body: str) -> bytes:
    """A page with a task table and what else is given."""
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in ROWS)
    table = f"<table>{lines}</table>"
    head = f"<head><meta charset=utf-8>{head}</head>"
    return f"<html>{head}<body>{body}{table}</body></html>".encode()


def rtf(before: str) -> bytes:
    """An RTF with a task table behind what is given."""
    cells = "\\cellx900\\cellx3000\\cellx5000\\cellx7000\\cellx9000"
    rows = "".join(
        f"\\trowd{cells} " + "".join(f"{_escaped(cell)}\\cell " for cell in row) + "\\row "
        for row in ROWS
    )
    return f"{{\\rtf1\\ansi {before}{rows}\\pard\\par}}".encode("ascii")


def _escaped(text: str) -> str:
    return "".join(one if one.isascii() else f"\\u{ord(one)}?" for one in text)


def odt(before: str) -> bytes:
    """An OpenDocument text with a task table behind what is given."""
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in ROWS
    )
    spaces = " ".join(
        f'xmlns:{name}="{NAMES}:{path}:1.0"'
        for name, path in (
            *(("office", "office"), ("text", "text"), ("table", "table")),
            *(("draw", "drawing"), ("svg", "svg-compatible")),
        )
    )
    content = (
        f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' office:version="1.2"><office:body><office:text>{before}<table:table>'
        f'<table:table-column table:number-columns-repeated="{len(HEADING)}"/>{rows}'
        "</table:table></office:text></office:body></office:document-content>"
    )
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", ODT), ("content.xml", "text/xml"))
    )
    manifest = f'<manifest:manifest xmlns:manifest="{NAMES}:manifest:1.0">{files}'
    return opened_as(ODT, content, manifest + "</manifest:manifest>")


def opened_as(kind: str, content: str, manifest: str) -> bytes:
    """An OpenDocument archive, whose first member says what it is."""
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, compress_type=0)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return buffer.getvalue()

"""Small PDF files of ruled tables, written by hand; their font knows no Vietnamese marks."""

import re
from collections.abc import Sequence

EDGES = (40, 80, 280, 400, 500, 560)
_ROW_HEIGHT = 30
_TOP = 800

Rows = Sequence[Sequence[str]]


def pdf_of(*pages: Rows, above: Sequence[str] = ()) -> bytes:
    """A table a page, under the lines `above` on the first one."""
    contents = [_page(rows, above if at == 0 else ()) for at, rows in enumerate(pages)]
    count = len(contents)
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, content in enumerate(contents):
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 850] "
            f"/Resources << /Font << /F 3 0 R >> >> /Contents {5 + 2 * at} 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    return _file(objects)


def _page(rows: Rows, above: Sequence[str]) -> str:
    drawn = [_text(EDGES[0], _TOP - 20 * at, line) for at, line in enumerate(above)]
    top = _TOP - 20 * len(above)
    for row in rows:
        for at, text in enumerate(row):
            left, width = EDGES[at], EDGES[at + 1] - EDGES[at]
            drawn.append(f"{left} {top - _ROW_HEIGHT} {width} {_ROW_HEIGHT} re S")
            drawn += [
                _text(left + 3, top - 12 * (place + 1), line)
                for place, line in enumerate(text.split("\n"))
            ]
        top -= _ROW_HEIGHT
    return "\n".join(drawn)


def _text(left: int, bottom: int, text: str) -> str:
    escaped = re.sub(r"([()\\])", r"\\\1", text)
    return f"BT /F 9 Tf {left} {bottom} Td ({escaped}) Tj ET"


def _file(objects: Sequence[str]) -> bytes:
    written, places = "%PDF-1.4\n", list[int]()
    for number, one in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(written)
    return (
        f"{written}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF"
    ).encode()

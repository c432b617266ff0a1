"""Handing out files that others sent: a browser saves them and makes nothing of them."""

import re
import unicodedata
from urllib.parse import quote

from app.documents.vietnamese import fold

_UNSAFE = re.compile(r'[\\/:*?"<>|]')
_EDGES = re.compile(r"^[\s.]+|[\s.]+$")
_LONGEST = 150
NAMELESS = "tep"


def attachment_headers(file_name: str) -> dict[str, str]:
    """The headers under which a browser saves a file by its name, whatever the name is
    (RFC 6266: for old programs in plain letters as well)."""
    name = _safe(file_name)
    # A name of accents alone leaves no plain letter.
    plain = re.sub(r"[^a-z0-9._ -]", "_", fold(name)).replace(" ", "-") or NAMELESS
    return {
        "Content-Disposition": (
            f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        ),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }


def _safe(file_name: str) -> str:
    """The name without a path, and without signs that hide its ending."""
    seen = "".join(one for one in file_name if unicodedata.category(one)[0] != "C")
    name = _EDGES.sub("", _UNSAFE.sub("_", unicodedata.normalize("NFC", seen))) or NAMELESS
    return shortened(name, _LONGEST)


def shortened(file_name: str, longest: int) -> str:
    """A name of at most so many characters, which keeps its ending: by that a file is known."""
    stem, point, ending = file_name.rpartition(".")
    if len(file_name) <= longest or not point or len(ending) > 10:
        return file_name[:longest]
    return f"{stem[: longest - len(ending) - 1]}.{ending}"

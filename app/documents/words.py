"""Vietnamese text as it comes out of files: composed, folded for comparison, cleaned to show."""

import re
import unicodedata

# Normalising sorts combining marks by insertion, so a run of a million of them takes hours.
# No Vietnamese word holds such a run: it is left as it is.
_LONG_RUN = re.compile(r"(\W{64,})")
_ARTEFACT = re.compile(r"\[bookmark:[^\[\]]{0,200}\]", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MARKS = re.compile("[\u0300-\u036f]+")
_NO_LETTERS = re.compile(r"[\W_]+")
_COMPARED = 300


def composed(text: str) -> str:
    """NFC, in linear time for any input."""
    if text.isascii():
        return text
    if not _LONG_RUN.search(text):
        return unicodedata.normalize("NFC", text)
    pieces = _LONG_RUN.split(text)
    return "".join(
        piece if _LONG_RUN.fullmatch(piece) else unicodedata.normalize("NFC", piece)
        for piece in pieces
    )


def folded(text: str) -> str:
    """Lower case, no marks, single spaces for all else: "Cơ quan\\nCHỦ TRÌ:" is "co quan chu tri".

    Only the beginning is compared: what this is for (headings, letterheads) is short.
    """
    letters = _MARKS.sub("", unicodedata.normalize("NFD", text[:_COMPARED]))
    return _NO_LETTERS.sub(" ", letters).strip().lower().replace("đ", "d")


def cleaned(text: str) -> str:
    """One line to show: no artefacts of conversion, no breaks, single ordinary spaces."""
    return " ".join(_INVISIBLE.sub("", _ARTEFACT.sub("", text)).split())


def verbatim(text: str) -> str:
    """The words of a cell as they stand; empty lines round them are layout, not words."""
    text = composed(text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip("\n") if text.strip() else ""

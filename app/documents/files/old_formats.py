"""Formats that offices still have and that must be converted before they are read."""

from dataclasses import dataclass

from app.documents.files.archives import protected
from app.errors import Text

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ODF = b"mimetypeapplication/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class OldFormat:
    """A format that is converted: its name, and the format that it becomes."""

    ending: str
    name: Text
    media_type: str
    becomes: str


DOC = OldFormat(".doc", Text("tệp Word kiểu cũ", "an old Word file"), "application/msword", ".docx")
XLS = OldFormat(
    ".xls", Text("tệp Excel kiểu cũ", "an old Excel file"), "application/vnd.ms-excel", ".xlsx"
)
ODT = OldFormat(
    ".odt",
    Text("tệp văn bản OpenDocument", "an OpenDocument text"),
    "application/vnd.oasis.opendocument.text",
    ".docx",
)
ODS = OldFormat(
    ".ods",
    Text("bảng tính OpenDocument", "an OpenDocument spreadsheet"),
    "application/vnd.oasis.opendocument.spreadsheet",
    ".xlsx",
)
RTF = OldFormat(".rtf", Text("tệp RTF", "an RTF file"), "application/rtf", ".docx")
HTML = OldFormat(".html", Text("trang HTML", "an HTML page"), "text/html", ".docx")
OLD_FORMATS = (DOC, XLS, ODT, ODS, RTF, HTML)


def format_of(content: bytes) -> OldFormat | None:
    """The format that must be converted, by the content alone; None for any other."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise protected()
        is_sheet = "Workbook".encode("utf-16-le") in content and (
            "WordDocument".encode("utf-16-le") not in content
        )
        return XLS if is_sheet else DOC
    if content.startswith(b"{\\rtf"):
        return RTF
    if content.startswith(b"PK") and _ODF in content[:120]:
        return ODS if b"opendocument.spreadsheet" in content[:120] else ODT
    head = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    begins = head.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<body"))
    return HTML if begins or (head.startswith(b"<?xml") and b"<html" in head) else None

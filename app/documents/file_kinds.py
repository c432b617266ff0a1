"""The true kind of a file, found from its content; its name must say the same."""

import enum
from dataclasses import dataclass

from app.documents.archives import Archive, protected
from app.documents.limits import MAX_FILE_BYTES, Allowance
from app.documents.packages import content_types, relations_of
from app.errors import FileTooLargeError, Text, UnreadableFileError


class FileKind(enum.StrEnum):
    """The values are the endings that file names must have, whatever their case."""

    DOCX = ".docx"
    XLSX = ".xlsx"
    TEXT = ".txt"


MEDIA_TYPES = {
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.TEXT: "text/plain",
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAIN_TYPES = {
    "wordprocessingml.document.main": FileKind.DOCX,
    "spreadsheetml.sheet.main": FileKind.XLSX,
}
_FOREIGN = (
    (b"%PDF-", Text("tệp PDF", "a PDF file")),
    (b"\x89PNG", Text("ảnh PNG", "a PNG picture")),
    (b"\xff\xd8\xff", Text("ảnh JPEG", "a JPEG picture")),
    (b"GIF8", Text("ảnh GIF", "a GIF picture")),
    (b"{\\rtf", Text("tệp RTF", "an RTF file")),
    (b"Rar!", Text("tệp nén RAR", "a RAR archive")),
    (b"7z\xbc\xaf", Text("tệp nén 7-Zip", "a 7-Zip archive")),
    (b"\x1f\x8b", Text("tệp nén gzip", "a gzip archive")),
)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose kind is settled, and what it may still ask of us."""

    kind: FileKind
    content: bytes
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class OfficeFile(OpenedFile):
    """`main_part` is the archive's path of the document or workbook, as its relations give it."""

    archive: Archive
    main_part: str


def opened_file(content: bytes, *, file_name: str) -> OpenedFile:
    """An `OfficeFile` for a .docx or .xlsx. Raises `FileTooLargeError` beyond a limit and
    `UnreadableFileError` if empty, damaged, protected, of another kind or named as another kind."""
    if len(content) > MAX_FILE_BYTES:
        megabytes = MAX_FILE_BYTES // (1024 * 1024)
        raise FileTooLargeError(
            Text(
                f"Tệp lớn hơn {megabytes} MB, vượt quá giới hạn cho phép.",
                f"The file is larger than {megabytes} MB.",
            )
        )
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise UnreadableFileError(Text("Tệp rỗng, không có nội dung.", "The file is empty."))
    _refuse_foreign(content)
    opened = _opened(content)
    _check_ending(opened.kind, file_name)
    return opened


def _opened(content: bytes) -> OpenedFile:
    allowance = Allowance()
    if not content.startswith(b"PK"):
        return OpenedFile(FileKind.TEXT, content, allowance)
    archive = Archive(content)
    kind, part = _main_part(archive, allowance)
    return OfficeFile(kind, content, allowance, archive, part)


def _main_part(archive: Archive, allowance: Allowance) -> tuple[FileKind, str]:
    types = content_types(archive, allowance)
    for relation in relations_of(archive, "", allowance):
        if relation.kind != "officeDocument" or relation.part not in archive:
            continue
        for marker, kind in _MAIN_TYPES.items():
            if marker in types.get(relation.part, ""):
                return kind, relation.part
    raise UnreadableFileError(
        Text(
            "Tệp nén này không phải là văn bản Word (.docx) hay bảng tính Excel (.xlsx) thông "
            "thường.",
            "This archive is not an ordinary Word (.docx) or Excel (.xlsx) file.",
        )
    )


def _refuse_foreign(content: bytes) -> None:
    if content.startswith(_OLE):
        raise (
            protected()
            if _ENCRYPTED in content
            else _unsupported(
                Text("tệp Office kiểu cũ (.doc, .xls)", "an old Office file (.doc, .xls)")
            )
        )
    for start, name in _FOREIGN:
        if content.startswith(start):
            raise _unsupported(name)


def _unsupported(name: Text) -> UnreadableFileError:
    return UnreadableFileError(
        Text(
            f"Đây là {name.vi}; hệ thống chỉ đọc tệp .docx, .xlsx và .txt.",
            f"This is {name.en}; only .docx, .xlsx and .txt files are read.",
        )
    )


def _check_ending(kind: FileKind, file_name: str) -> None:
    if file_name.lower().endswith(kind.value):
        return
    raise UnreadableFileError(
        Text(
            f"Nội dung là tệp {kind.value} nhưng tên tệp không có đuôi {kind.value}, "
            "hãy đổi lại tên cho đúng.",
            f"The content is a {kind.value} file, but its name does not end in {kind.value}.",
        )
    )

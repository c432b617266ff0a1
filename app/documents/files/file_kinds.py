"""The true kind of a file, found from its content; its name must say the same."""

import enum
from dataclasses import dataclass

from app.documents.confined.limits import MAX_FILE_BYTES, FileAllowance, too_large
from app.documents.files.archives import Archive
from app.documents.files.old_formats import format_of
from app.documents.files.packages import content_types, relations_of
from app.documents.word.letter import DOCX
from app.errors import Text, UnreadableFileError


class FileKind(enum.StrEnum):
    """The values are the endings that file names must have, whatever their case."""

    DOCX = ".docx"
    XLSX = ".xlsx"
    PDF = ".pdf"
    TEXT = ".txt"


MEDIA_TYPES = {
    FileKind.DOCX: DOCX,
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PDF: "application/pdf",
    FileKind.TEXT: "text/plain",
}

_MAIN_TYPES = {
    "wordprocessingml.document.main": FileKind.DOCX,
    "spreadsheetml.sheet.main": FileKind.XLSX,
}
_FOREIGN = (
    (b"\x89PNG", Text("ảnh PNG", "a PNG picture")),
    (b"\xff\xd8\xff", Text("ảnh JPEG", "a JPEG picture")),
    (b"GIF8", Text("ảnh GIF", "a GIF picture")),
    (b"II*\0", Text("ảnh TIFF", "a TIFF picture")),
    (b"MM\0*", Text("ảnh TIFF", "a TIFF picture")),
    (b"Rar!", Text("tệp nén RAR", "a RAR archive")),
    (b"7z\xbc\xaf", Text("tệp nén 7-Zip", "a 7-Zip archive")),
    (b"\x1f\x8b", Text("tệp nén gzip", "a gzip archive")),
)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose kind is settled, and the allowance that it has left."""

    kind: FileKind
    content: bytes
    allowance: FileAllowance


@dataclass(frozen=True, slots=True)
class OfficeFile(OpenedFile):
    """`main_part` is the archive's path of the document or workbook, as its relations give it."""

    archive: Archive
    main_part: str


def opened_file(content: bytes, *, file_name: str) -> OpenedFile:
    """An `OfficeFile` for a .docx or .xlsx. Raises `FileTooLargeError` beyond a limit and
    `UnreadableFileError` if empty, damaged, protected, of another kind or named as another kind."""
    if len(content) > MAX_FILE_BYTES:
        raise too_large()
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise UnreadableFileError(Text("Tệp rỗng, không có nội dung.", "The file is empty."))
    _refuse_foreign(content)
    opened = _opened(content)
    _check_ending(opened.kind, file_name)
    return opened


def _opened(content: bytes) -> OpenedFile:
    allowance = FileAllowance()
    if b"%PDF-" in content[:1024]:
        return OpenedFile(FileKind.PDF, content, allowance)
    if not content.startswith(b"PK"):
        return OpenedFile(FileKind.TEXT, content, allowance)
    archive = Archive(content)
    kind, part = _main_part(archive, allowance)
    return OfficeFile(kind, content, allowance, archive, part)


def _main_part(archive: Archive, allowance: FileAllowance) -> tuple[FileKind, str]:
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
    old = format_of(content)
    if old is not None:  # it comes here only where nothing has converted it
        raise _unsupported(old.name)
    for start, name in _FOREIGN:
        if content.startswith(start):
            raise _unsupported(name)
    if b"\0" in content[:1000] and not content.startswith((b"PK", b"%PDF-", *_UTF_16)):
        raise _unsupported(Text("tệp không rõ loại", "a file of an unknown kind"))


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def _unsupported(name: Text) -> UnreadableFileError:
    return UnreadableFileError(
        Text(
            f"Đây là {name.vi}, không đọc được thành kế hoạch; hãy lấy tệp gốc, lưu thành .docx "
            "hoặc .xlsx rồi gửi lại.",
            f"This is {name.en}, which is not read as a plan; take the file it came from, save it "
            "as .docx or .xlsx and send it again.",
        )
    )


_TEXTS = {
    ".csv": Text("tệp CSV", "a CSV file"),
    ".tsv": Text("tệp TSV", "a TSV file"),
    ".md": Text("tệp Markdown", "a Markdown file"),
    ".json": Text("tệp JSON", "a JSON file"),
    ".xml": Text("tệp XML", "an XML file"),
}


def _check_ending(kind: FileKind, file_name: str) -> None:
    name = file_name.lower()
    if name.endswith(kind.value):
        return
    if kind is FileKind.TEXT:
        ending = next((one for one in _TEXTS if name.endswith(one)), None)
        raise _other_text(_TEXTS[ending] if ending else _PLAIN_TEXT)
    called = "PDF (.pdf)" if kind is FileKind.PDF else kind.value
    raise UnreadableFileError(
        Text(
            f"Nội dung là tệp {called} nhưng tên tệp không có đuôi {kind.value}, "
            "hãy đổi lại tên cho đúng.",
            f"The content is a {called} file, but its name does not end in {kind.value}.",
        )
    )


_PLAIN_TEXT = Text("văn bản không định dạng", "plain text")


def _other_text(name: Text) -> UnreadableFileError:
    return UnreadableFileError(
        Text(
            f"Đây là {name.vi}, không đọc được thành kế hoạch với đuôi tệp này; hãy mở bằng Word "
            "hoặc Excel, lưu thành .docx hoặc .xlsx rồi gửi lại.",
            f"This is {name.en}, which is not read as a plan under this name; open it in Word or "
            "Excel, save it as .docx or .xlsx and send it again.",
        )
    )

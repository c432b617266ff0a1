"""Opening an Office file (a zip of XML parts) without trusting anything in it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from app.errors import FileTooLargeError, Text, UnreadableFileError

MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_PART_BYTES = 40 * 1024 * 1024
# Office's own parts pack to about a thirtieth; a bomb to a thousandth.
MAX_RATIO = 200
RATIO_COUNTS_FROM_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 64 * 1024

_CENTRAL_ENTRY = b"PK\x01\x02"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,  # zipfile's answer to an encrypted member
)


class Archive:
    """The parts of an Office file, each read in bounded pieces and never written to disk."""

    def __init__(self, content: bytes) -> None:
        # Counted before zipfile builds an object for each: 20 MB have room for 400,000 of them.
        if content.count(_CENTRAL_ENTRY) > MAX_MEMBERS:
            raise _too_many_members()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN as error:
            raise broken() from error
        self._members = {member.filename: member for member in self._zip.infolist()}
        self._check()

    def __contains__(self, name: str) -> bool:
        return name in self._members

    @property
    def names(self) -> list[str]:
        """The paths of its parts, in the archive's order; only ever keys into the archive."""
        return list(self._members)

    def _check(self) -> None:
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise _too_many_members()
        if len(self._members) != len(members):
            raise _harmful("có hai thành phần trùng tên", "holds two parts of one name")
        if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
            raise bomb()
        for member in members:
            _check_member(member)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of one part; the unpacked bytes are counted here too, for headers may lie."""
        size = 0
        try:
            with self._zip.open(self._members[name]) as part:
                while chunk := part.read(CHUNK_BYTES):
                    size += len(chunk)
                    if size > MAX_PART_BYTES:
                        raise bomb()
                    yield chunk
        except KeyError as error:
            raise broken() from error
        except _BROKEN as error:
            raise broken() from error


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.orig_filename.replace("\\", "/")
    if name.startswith("/") or ":" in name or "\0" in name or ".." in name.split("/"):
        raise _harmful(
            "có đường dẫn trỏ ra ngoài tệp", "holds a path that leads out of the archive"
        )
    if member.flag_bits & 0x1:
        raise protected()
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _harmful("dùng kiểu nén lạ", "uses an unusual compression")
    if (
        member.file_size > RATIO_COUNTS_FROM_BYTES
        and member.file_size > MAX_RATIO * member.compress_size
    ):
        raise bomb()


def broken() -> UnreadableFileError:
    """The error for the caller to raise where an archive, a part or its XML cannot be read to its
    end."""
    return UnreadableFileError(
        Text(
            "Tệp bị hỏng hoặc chưa được tải lên đầy đủ, hãy mở lại, lưu và gửi lại.",
            "The file is damaged or incomplete; open it, save it again and send it anew.",
        )
    )


def protected() -> UnreadableFileError:
    """The error for the caller to raise: the password may be on the file or on one member of its
    zip."""
    return UnreadableFileError(
        Text(
            "Tệp được bảo vệ bằng mật khẩu, hãy bỏ mật khẩu rồi gửi lại.",
            "The file is protected by a password; remove it and send the file again.",
        )
    )


def _harmful(vi: str, en: str) -> UnreadableFileError:
    return UnreadableFileError(
        Text(f"Tệp {vi}, không phải tệp Office bình thường.", f"The file {en}; it is refused.")
    )


def _too_many_members() -> FileTooLargeError:
    return FileTooLargeError(
        Text(
            f"Tệp nén chứa hơn {MAX_MEMBERS} thành phần, vượt quá giới hạn cho phép.",
            f"The file packs more than {MAX_MEMBERS} parts.",
        )
    )


def bomb() -> FileTooLargeError:
    """The error for the caller to raise: the unpacked bytes, or the claimed ones, are beyond the
    limits above."""
    return FileTooLargeError(
        Text(
            "Nội dung tệp sau khi giải nén quá lớn, hệ thống không đọc.",
            "What the file unpacks to is too large.",
        )
    )

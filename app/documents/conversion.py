"""Files that LibreOffice turns into .docx or .xlsx first: .doc, .odt, .rtf, .html, .xls, .ods."""

import asyncio
import os
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.documents.archives import protected
from app.documents.limits import too_much_work
from app.errors import Text, UnreadableFileError

CPU_SECONDS = 60
SECONDS = 120  # by the clock
_MEMORY_KILOBYTES = 4 * 1024 * 1024
_FILE_BLOCKS = 100 * 1024  # of 1,024 bytes: what it may write at once
# A network of its own, where the kernel lets an ordinary user have one; in most containers not.
_ALONE = "unshare --map-root-user --net --"
_WRITER = "--infilter='HTML (StarWriter)'"  # else it makes a page for a browser of it
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ODF = b"mimetypeapplication/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class OldFormat:
    """A format that is converted: what it is called, and what it becomes."""

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


@dataclass(frozen=True, slots=True)
class Source:
    """The bytes to read; `media_type` is that of the file they were made of, if they were."""

    content: bytes
    file_name: str
    media_type: str | None = None


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


async def converted(content: bytes, *, file_name: str) -> Source:
    """The file itself, or what LibreOffice makes of it; raises `UnreadableFileError` where the name
    says another format, where LibreOffice is not installed, or where it can't read the file."""
    old = format_of(content)
    if old is None:
        return Source(content, file_name)
    _require_ending(old, file_name)
    if shutil.which("soffice") is None:
        raise _not_installed(old)
    with tempfile.TemporaryDirectory(prefix="tiendo-") as folder:
        made = await _convert(Path(folder), content, old)
    return Source(made, f"plan{old.becomes}", old.media_type)


async def _convert(folder: Path, content: bytes, old: OldFormat) -> bytes:
    """It gets a folder of its own as its home, no network, and limits on all it may use."""
    source, target = folder / f"plan{old.ending}", folder / f"plan{old.becomes}"
    source.write_bytes(content)
    limits = f"ulimit -t {CPU_SECONDS} -v {_MEMORY_KILOBYTES} -f {_FILE_BLOCKS} -c 0"
    soffice = (
        f"soffice -env:UserInstallation=file://{folder}/profile --headless --norestore "
        f"--nolockcheck {_WRITER if old is HTML else ''} --convert-to {target.suffix[1:]} "
        f"--outdir {folder} {source}"
    )
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", f"{limits}; {_ALONE} true && alone={_ALONE!r}; exec $alone {soffice}"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        await asyncio.wait_for(process.wait(), SECONDS)
    except TimeoutError:
        raise too_much_work() from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if not target.exists():
        raise _unreadable(old)
    return target.read_bytes()


def _require_ending(old: OldFormat, file_name: str) -> None:
    endings = (old.ending, ".htm") if old is HTML else (old.ending,)
    if not file_name.lower().endswith(endings):
        raise UnreadableFileError(
            Text(
                f"Đây là {old.name.vi} ({old.ending}) nhưng tên tệp ghi đuôi khác; hãy mở bằng "
                f"Word hoặc Excel, lưu thành {old.becomes} rồi gửi lại.",
                f"This is {old.name.en} ({old.ending}) under another name; open it in Word or "
                f"Excel, save it as {old.becomes} and send it again.",
            )
        )


def _not_installed(old: OldFormat) -> UnreadableFileError:
    package = "calc" if old.becomes == ".xlsx" else "writer"
    return UnreadableFileError(
        Text(
            f"Đây là {old.name.vi} ({old.ending}), máy chủ chưa cài LibreOffice để đọc; hãy lưu "
            f"thành {old.becomes} rồi gửi lại, hoặc cài trên máy chủ: "
            f"`apt-get install libreoffice-{package}-nogui`.",
            f"This is {old.name.en} ({old.ending}), and the server lacks LibreOffice to read it; "
            f"save it as {old.becomes} and send it again, or install it on the server: "
            f"apt-get install libreoffice-{package}-nogui.",
        )
    )


def _unreadable(old: OldFormat) -> UnreadableFileError:
    return UnreadableFileError(
        Text(
            f"Đây là {old.name.vi} ({old.ending}) nhưng không đọc được; hãy mở lại, lưu thành "
            f"{old.becomes} rồi gửi lại.",
            f"This is {old.name.en} ({old.ending}) that cannot be read; open it, save it as "
            f"{old.becomes} and send it again.",
        )
    )

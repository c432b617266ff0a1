"""Files that LibreOffice turns into .docx or .xlsx first: .doc, .odt, .rtf, .html, .xls, .ods."""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.documents.confined.limited_process import limited_process
from app.documents.confined.limits import MAX_ROWS, too_much_work
from app.documents.files.office_profile import write_profile
from app.documents.files.old_formats import HTML, RTF, OldFormat, format_of
from app.errors import Text, UnreadableFileError

CPU_SECONDS = 20
SECONDS = 45  # by the clock
_MEMORY_KILOBYTES = 3 * 1024 * 1024
_FILE_BLOCKS = 100 * 1024  # of 1,024 bytes: what it may write at once
# A network of its own, where the kernel lets an ordinary user have one; in most containers not.
_ALONE = "unshare --map-root-user --net --"
_PICTURE = re.compile(rb"\\bin(\d{1,12})")
_DEEP = re.compile(rb"(?:\{[^{}]{0,40}+){300}")
_WRITER = "--infilter='HTML (StarWriter)'"  # else it makes a page for a browser of it


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """The bytes to read; `media_type` is that of the file they were made of, if they were."""

    content: bytes
    file_name: str
    media_type: str | None = None


async def converted(content: bytes, *, file_name: str) -> ReadableFile:
    """The file itself, or LibreOffice's conversion of it; raises `UnreadableFileError` where the
    name is of another format, where LibreOffice is not installed, or where it can't read the
    file."""
    old = format_of(content)
    if old is None:
        return ReadableFile(content, file_name)
    _require_ending(old, file_name)
    if old is RTF:
        _require_readable(content)
    if shutil.which("soffice") is None:
        raise _not_installed(old)
    with tempfile.TemporaryDirectory(prefix="tiendo-") as folder:
        made = await _convert(Path(folder), content, old)
    return ReadableFile(made, f"plan{old.becomes}", old.media_type)


def _require_readable(content: bytes) -> None:
    """Raises `FileTooLargeError` for an RTF that would keep the office busy until its time is over:
    very many rows, groups within groups without end, or a picture that is longer than the file."""
    claimed = max((int(size) for size in _PICTURE.findall(content)), default=0)
    if claimed > len(content) or content.count(b"\\row") > 2 * MAX_ROWS or _DEEP.search(content):
        raise too_much_work()


async def _convert(folder: Path, content: bytes, old: OldFormat) -> bytes:
    """It gets a folder of its own as its home, no network, and limits on all it may use."""
    source, target = folder / f"plan{old.ending}", folder / f"plan{old.becomes}"
    source.write_bytes(content)
    write_profile(folder / "profile")
    limits = f"ulimit -t {CPU_SECONDS} -v {_MEMORY_KILOBYTES} -f {_FILE_BLOCKS} -c 0"
    soffice = (
        f"soffice -env:UserInstallation=file://{folder}/profile --headless --norestore "
        f"--nolockcheck {_WRITER if old is HTML else ''} --convert-to {target.suffix[1:]} "
        f"--outdir {folder} {source}"
    )
    shell = f"{limits}; {_ALONE} true && alone={_ALONE!r}; exec $alone {soffice}"
    async with limited_process(
        *("/bin/sh", "-c", shell), seconds=SECONDS, environment={"HOME": str(folder)}
    ) as process:
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

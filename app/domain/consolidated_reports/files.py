"""The files of a consolidated report, made of its frozen content alone."""

import asyncio
import enum
from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.domain.consolidated_reports.book import book_of
from app.domain.consolidated_reports.content import ReportContent
from app.domain.consolidated_reports.freeze import SigningOff, read_content
from app.domain.consolidated_reports.letter import letter_of
from app.models import ConsolidatedReport
from app.threads import in_thread

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class FileForm(enum.StrEnum):
    """The forms in which a report is written out."""

    DOCX = "docx"
    XLSX = "xlsx"


class ReportFile(NamedTuple):
    """A file with its name and media type."""

    name: str
    media_type: str
    content: bytes


_ONE_AT_A_TIME = asyncio.Semaphore(1)


async def file_of(text: str, report: ConsolidatedReport, form: FileForm) -> ReportFile:
    """The report with this content as a file; the same in the same state is always the same bytes.

    It holds no connection meanwhile.
    """
    # Loading and writing take their time: in a thread of its own that holds up no other request.
    # One after another: the largest plans take some hundreds of megabytes each.
    async with _ONE_AT_A_TIME:
        return await in_thread(_read_and_write, text, report, form)


def _read_and_write(text: str, report: ConsolidatedReport, form: FileForm) -> ReportFile:
    signing = None
    if report.number and report.signed_on and report.signer:
        signing = SigningOff(report.number, report.signed_on, report.signer)
    return write_file(read_content(text, report), signing, form)


def write_file(content: ReportContent, signing: SigningOff | None, form: FileForm) -> ReportFile:
    """A content as a file, signed or not; it takes its time."""
    when = content.period or f"{content.data_from:%Y%m%d}-{content.data_to:%Y%m%d}"
    name = f"bao-cao-tong-hop-{when}-lan-{content.version}.{form}"
    return ReportFile(name, MEDIA_TYPES[form], WRITERS[form](content, signing))


def _docx(content: ReportContent, signing: SigningOff | None) -> bytes:
    from app.documents.word.writer import write_letter  # noqa: PLC0415 - loaded when first needed

    return write_letter(letter_of(content, signing))


def _xlsx(content: ReportContent, _: SigningOff | None) -> bytes:
    from app.documents.excel.writer import write_workbook  # noqa: PLC0415 - loaded when first needed

    return write_workbook(book_of(content))


Writer = Callable[[ReportContent, SigningOff | None], bytes]
WRITERS: Mapping[FileForm, Writer] = {FileForm.DOCX: _docx, FileForm.XLSX: _xlsx}
MEDIA_TYPES = {FileForm.DOCX: DOCX, FileForm.XLSX: XLSX}

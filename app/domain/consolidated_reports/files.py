"""The files of a consolidated report, made of its frozen content alone, in a process of its own."""

import asyncio
from pathlib import Path
from typing import NamedTuple

from app.documents.confined.processes import EndedError, run_module
from app.domain.consolidated_reports.content import SigningOff
from app.domain.consolidated_reports.forms import (
    BROKEN,
    MEDIA_TYPES,
    FileAsked,
    FileForm,
    name_of,
)
from app.domain.consolidated_reports.freeze import BrokenReportError
from app.errors import FileNotWrittenError, Text
from app.models import ConsolidatedReport
from app.queries.consolidated_reports import reports as queries
from app.reading import Sql

WRITER = "app.domain.consolidated_reports.write_alone"
SECONDS = 300  # by the clock; of CPU it has less


TOO_LONG = Text(
    "Báo cáo quá dài nên không ghi được thành tệp; hãy lấy nội dung đã chốt của báo cáo.",
    "The report is too long to be written as a file: read its frozen content.",
)


class ReportFile(NamedTuple):
    """A file with its name and media type."""

    name: str
    media_type: str
    content: bytes


_ONE_AT_A_TIME = asyncio.Semaphore(1)


async def file_of(
    sql: Sql, report: ConsolidatedReport, form: FileForm, template: Path | None
) -> ReportFile:
    """The report as a file, its letter in the province's template where there is one; the same
    report in the same state is always the same bytes.

    One after another, for the longest take some hundreds of megabytes each. Raises
    `BrokenReportError` and `FileNotWrittenError`.
    """
    signing = None
    if report.number and report.signed_on and report.signer:
        signing = SigningOff(report.number, report.signed_on, report.signer)
    asked = FileAsked(form=form, sha256=report.sha256, signing=signing, template=template)
    header = asked.model_dump_json().encode()
    async with _ONE_AT_A_TIME:
        text = await queries.content_bytes(sql, report.id)
        try:
            content = await run_module(WRITER, header, b"\n", text, seconds=SECONDS)
        except EndedError as error:
            if error.code == BROKEN:
                raise BrokenReportError() from None
            raise FileNotWrittenError(TOO_LONG) from None
    return ReportFile(name_of(report, form), MEDIA_TYPES[form], content)

"""The forms in which a consolidated report is written out, and the names of its files."""

import enum
from datetime import date
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from app.documents.word.letter import DOCX
from app.domain.consolidated_reports.content import SigningOff

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FileForm(enum.StrEnum):
    """The forms in which a report is written out."""

    DOCX = "docx"
    XLSX = "xlsx"


MEDIA_TYPES = {FileForm.DOCX: DOCX, FileForm.XLSX: XLSX}


BROKEN = 3
"""The exit code of the process that writes a file, where the content does not have the frozen
hash."""


class FileAsked(BaseModel):
    """The file to be written: its form, the hash of the content, the signature or None, and the
    template or None."""

    form: FileForm
    sha256: str
    signing: SigningOff | None
    template: Path | None


class NamedReport(Protocol):
    """The parts of a report file's name, which both the report's row and its content have."""

    @property
    def period(self) -> str | None: ...
    @property
    def data_from(self) -> date: ...
    @property
    def data_to(self) -> date: ...
    @property
    def version(self) -> int: ...


def name_of(report: NamedReport, form: FileForm) -> str:
    """The name of a report's file."""
    when = report.period or f"{report.data_from:%Y%m%d}-{report.data_to:%Y%m%d}"
    return f"bao-cao-tong-hop-{when}-lan-{report.version}.{form}"

"""The forms in which a consolidated report is written out, and what its files are called."""

import enum
from datetime import date
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel

from app.domain.consolidated_reports.content import SigningOff

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class FileForm(enum.StrEnum):
    """The forms in which a report is written out."""

    DOCX = "docx"
    XLSX = "xlsx"


MEDIA_TYPES = {FileForm.DOCX: DOCX, FileForm.XLSX: XLSX}


BROKEN = 3
"""How the process that writes a file ends where the content is not what was frozen."""


class FileAsked(BaseModel):
    """Which file is asked for, of a content with this hash, signed in this way or not, and the
    template in which it is written."""

    form: FileForm
    sha256: str
    signing: SigningOff | None
    template: Path | None


class Reported(Protocol):
    """What names a report's files: its row and its content both have it."""

    @property
    def period(self) -> str | None: ...
    @property
    def data_from(self) -> date: ...
    @property
    def data_to(self) -> date: ...
    @property
    def version(self) -> int: ...


def name_of(report: Reported, form: FileForm) -> str:
    """The name of a report's file."""
    when = report.period or f"{report.data_from:%Y%m%d}-{report.data_to:%Y%m%d}"
    return f"bao-cao-tong-hop-{when}-lan-{report.version}.{form}"

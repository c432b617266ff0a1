"""Letters as LibreOffice opens and renders them: the numbers of pages, appendices that lie across,
and whatever somebody typed."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pypdfium2 import PdfDocument, PdfPage

from app.documents.word.writer import write_letter
from app.domain.consolidated_reports.content import ReportNotes
from app.domain.consolidated_reports.letter import letter_of
from benchmarks.report_files import content_of

NEEDS_OFFICE = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)
HOSTILE = "<w:p>&lt; ]]> =cmd|' /C calc'!A0 \u202eđảo\u202c 😀 \x01\x0b {{so}} %n"
LONG = "Từ dài " * 14_000

pytestmark = NEEDS_OFFICE


async def rendered(content: Any, folder: Path) -> Path:
    """The letter as PDF."""
    file = folder / "letter.docx"
    file.write_bytes(await asyncio.to_thread(write_letter, letter_of(content, None)))
    command = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(folder), str(file)]
    await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True, timeout=240)
    return folder / "letter.pdf"


@contextmanager
def opened(file: Path) -> Iterator[list[PdfPage]]:
    """Its pages, as PDFium reads them: to lay each letter in its place takes a hundred times as
    long."""
    with PdfDocument(file) as pdf:
        yield list(pdf)


def words_of(page: PdfPage, *, top: float | None = None) -> str:
    """The words on the page, or within so many points of its upper edge, between single
    spaces."""
    lowest = 0 if top is None else page.get_height() - top
    text = page.get_textpage().get_text_bounded(bottom=lowest)
    return " ".join(text.split())


async def test_it_renders_with_numbered_pages_and_appendices_across(tmp_path: Path) -> None:
    content = content_of(120, 200)
    notes = ReportNotes(**dict.fromkeys(ReportNotes.model_fields, HOSTILE))
    file = await rendered(content.model_copy(update={"notes": notes}), tmp_path)
    with opened(file) as pages:
        across = [page.get_width() > page.get_height() for page in pages]
        tops = [words_of(page, top=54) for page in pages]
        first = across.index(True)
        # Whichever font stands in for the letter's: where its lines break is not looked at.
        words = " ".join(words_of(page) for page in pages[:first])

    assert 2 <= first < len(across) - 1
    assert all(across[first:])
    # The number stands in the top margin from the second page on; appendices count anew.
    assert tops[:first] == ["", *(str(number) for number in range(2, first + 1))]
    assert tops[first : first + 2] == ["", "2"]
    for part in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "BÁO CÁO", "=cmd|' /C calc'!A0", "{{so}}"):
        assert part in words


async def test_a_hundred_thousand_characters_break_nothing(tmp_path: Path) -> None:
    content = content_of(2, 100)
    notes = content.notes.model_copy(update={"situation": LONG})
    file = await rendered(content.model_copy(update={"notes": notes}), tmp_path)
    with opened(file) as pages:
        assert len(pages) > 20
        assert sum(words_of(page).count("Từ dài") for page in pages) > 13_000

"""Letters as LibreOffice opens and renders them: the numbers of pages, appendices that lie across,
and whatever somebody typed."""

import asyncio
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pdfplumber
import pytest

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


async def test_it_renders_with_numbered_pages_and_appendices_across(tmp_path: Path) -> None:
    content = content_of(120, 200)
    notes = ReportNotes(**dict.fromkeys(ReportNotes.model_fields, HOSTILE))
    file = await rendered(content.model_copy(update={"notes": notes}), tmp_path)
    with pdfplumber.open(file) as pdf:
        across = [page.width > page.height for page in pdf.pages]
        tops = [
            (page.crop((0, 0, page.width, 54)).extract_text() or "").strip() for page in pdf.pages
        ]
        first = across.index(True)
        # Whichever font stands in for the letter's: where its lines break is not looked at.
        words = " ".join(" ".join(page.extract_text().split()) for page in pdf.pages[:first])

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
    with pdfplumber.open(file) as pdf:
        assert len(pdf.pages) > 20
        assert sum(page.extract_text().count("Từ dài") for page in pdf.pages) > 13_000

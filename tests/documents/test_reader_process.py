"""Files are read in a process of their own, which has little time, no files and no network."""

import asyncio
import shutil
import time

import pytest

from app.documents.archives import MAX_RATIO
from app.documents.conversion import format_of
from app.documents.plan_rows import PlanDocument
from app.documents.reader_process import read_plan_apart, run_limited
from app.errors import FileTooLargeError, TrackerError, UnreadableFileError
from tests.support.plan_files import DOCX, HEADING, TEXT, docx, paragraph, row, table, with_members
from tests.support.plan_readings import PLANS

NEEDS_OFFICE = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)
FORMS = PLANS / "forms"


def told(document: PlanDocument) -> list[tuple[object, ...]]:
    def line(text: str | None) -> str:
        return " ".join((text or "").split())

    return [
        (row.kind, row.ordinal, row.title, *map(line, (row.lead, row.coordinating, row.time_frame)))
        for row in document.rows
    ]


@pytest.mark.parametrize("name", ["plan.txt", "plan.pdf"])
async def test_the_sample_is_read_alike_in_every_format_that_needs_no_office(name: str) -> None:
    content = TEXT if name.endswith("txt") else (FORMS / "sample.pdf").read_bytes()

    other = await read_plan_apart(content, file_name=name)
    word = await read_plan_apart(DOCX, file_name="plan.docx")

    assert told(other) == told(word)
    assert other.title == word.title
    assert len(other.rows) == 35


@NEEDS_OFFICE
@pytest.mark.parametrize("ending", [".doc", ".odt", ".rtf", ".html"])
async def test_libreoffice_lends_its_formats(ending: str) -> None:
    content = (FORMS / f"sample{ending}").read_bytes()

    other = await read_plan_apart(content, file_name=f"plan{ending}")

    assert told(other) == told(await read_plan_apart(DOCX, file_name="plan.docx"))
    assert other.media_type != "application/zip"
    assert "wordprocessingml" not in other.media_type


async def test_without_libreoffice_the_refusal_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.documents.conversion.shutil.which", lambda _: None)

    with pytest.raises(UnreadableFileError) as refused:
        await read_plan_apart(b"{\\rtf1 x}", file_name="plan.rtf")

    assert "apt-get install libreoffice-writer-nogui" in refused.value.detail.vi
    assert ".docx" in refused.value.detail.en


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.doc", b"<html><body><table></table></body></html>", "HTML"),
        ("plan.csv", b"STT,Nhi\xe1\xbb\x87m v\xe1\xbb\xa5\n1,A", "CSV"),
        ("plan.md", b"# K\xe1\xba\xbf ho\xe1\xba\xa1ch", "Markdown"),
        ("plan.docx", bytes(range(256)) * 8, "không rõ loại"),
        ("plan.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "ảnh PNG"),
        ("plan.docx", b"{\\rtf1 x}", "RTF"),
        ("plan.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Word kiểu cũ"),
    ],
)
async def test_a_refusal_says_what_the_file_is_and_what_to_do(
    name: str, content: bytes, said: str
) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        await read_plan_apart(content, file_name=name)

    assert said in refused.value.detail.vi
    assert "lưu thành .docx" in refused.value.detail.vi
    assert "gửi lại" in refused.value.detail.vi


async def test_a_scan_is_recognised() -> None:
    with pytest.raises(UnreadableFileError) as refused:
        await read_plan_apart((FORMS / "scan.pdf").read_bytes(), file_name="plan.pdf")

    assert "bản quét" in refused.value.detail.vi


HOSTILE = {
    "bomb.docx": with_members({"x": b"\0" * (MAX_RATIO * 60_000)}),
    "cut.pdf": b"%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >>",
    "loop.pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>",
    "deep.pdf": b"%PDF-1.7\n1 0 obj " + b"[" * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_and_does_no_harm(name: str) -> None:
    with pytest.raises((UnreadableFileError, FileTooLargeError)):
        await read_plan_apart(HOSTILE[name], file_name=name)


@NEEDS_OFFICE
@pytest.mark.parametrize(
    "content",
    [
        b'{\\rtf1 {\\field{\\*\\fldinst INCLUDEPICTURE "http://127.0.0.1:9/x.png"}}}',
        b"{\\rtf1 {\\object\\objemb{\\*\\objdata 0105000002000000}}}",
        b"{\\rtf1 " + b"{" * 100_000,
    ],
)
async def test_a_hostile_rtf_is_refused(content: bytes) -> None:
    with pytest.raises(TrackerError):
        await read_plan_apart(content, file_name="plan.rtf")


def many_names(rows: int, names: int) -> bytes:
    cells = ["; ".join(f"Trung tâm {at} số {one}" for one in range(names)) for at in range(rows)]
    written = (row(str(at), f"Việc {at}", cell, "", "2026") for at, cell in enumerate(cells))
    return docx(paragraph("KẾ HOẠCH") + table(row(*HEADING), *written))


@pytest.mark.parametrize(("rows", "names"), [(4899, 26), (1900, 26)])
async def test_very_many_names_are_refused_early(rows: int, names: int) -> None:
    content = many_names(rows, names)

    with pytest.raises(FileTooLargeError):
        await read_plan_apart(content, file_name="plan.docx")


async def test_a_process_that_does_not_end_is_killed() -> None:
    begun = time.monotonic()

    with pytest.raises(FileTooLargeError):
        await run_limited(["/bin/sh", "-c", "sleep 60"], b"", seconds=0.5)

    assert time.monotonic() - begun < 30


async def test_others_are_served_while_a_file_is_read() -> None:
    reading = asyncio.create_task(read_plan_apart(DOCX, file_name="plan.docx"))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0.01)
        turns += 1

    assert len(reading.result().rows) == 35
    assert turns > 5


def test_old_office_files_are_told_apart_by_their_content() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    book = format_of(ole + "Workbook".encode("utf-16-le"))
    text = format_of(ole + "WordDocument".encode("utf-16-le"))

    assert (book and book.ending, text and text.ending) == (".xls", ".doc")
    assert format_of(b"PK\x03\x04") is None

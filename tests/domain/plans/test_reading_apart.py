"""Files are read in a process of their own, which has little time, no files and no network."""

import asyncio
import shutil
from datetime import date
from typing import Any

import pytest

from app.documents.confined.limited_process import limited_process
from app.documents.files.old_formats import format_of
from app.documents.words import cleaned
from app.domain.plans.reading_apart import DayNames, Understood, understand_apart
from app.errors import FileTooLargeError, UnreadableFileError
from tests.support.patience import PATIENCE
from tests.support.plan_files import DOCX, HEADING, TEXT, docx, paragraph, row, table
from tests.support.plan_readings import DAY, PLANS
from tests.support.sample_names import known_names

NEEDS_OFFICE = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed"
)
FORMS = PLANS / "forms"


async def names_on(day: date) -> DayNames:
    names = known_names(day=str(day))
    return DayNames(names, {one.code: one.name for one in names})


async def read_apart(content: bytes, *, file_name: str) -> Understood:
    return await understand_apart(
        content, file_name=file_name, as_of=None, today=DAY, names_on=names_on
    )


def in_lines(node: Any) -> Any:
    """A reading without what each format has of its own: where lines break inside of a cell, and
    the marks that a dump of a file makes of its bookmarks."""
    if isinstance(node, dict):
        return {name: in_lines(value) for name, value in node.items()}
    if isinstance(node, list):
        return [in_lines(value) for value in node]
    return cleaned(node) if isinstance(node, str) else node


@pytest.fixture(scope="module")
async def word() -> Understood:
    return await read_apart(DOCX, file_name="plan.docx")


async def assert_read_as(word: Understood, content: bytes, name: str) -> Understood:
    """The same in every field: words, groups, time frames, agencies, suggestions, warnings."""
    other = await read_apart(content, file_name=name)
    assert in_lines(other.reading) == in_lines(word.reading)
    assert other.groups == word.groups
    return other


@pytest.mark.parametrize("name", ["plan.txt", "plan.pdf"])
async def test_the_sample_is_read_alike_in_every_format_that_needs_no_office(
    word: Understood, name: str
) -> None:
    content = TEXT if name.endswith("txt") else (FORMS / "sample.pdf").read_bytes()

    await assert_read_as(word, content, name)


@NEEDS_OFFICE
@pytest.mark.parametrize("ending", [".doc", ".odt", ".rtf", ".html"])
async def test_libreoffice_lends_its_formats(word: Understood, ending: str) -> None:
    content = (FORMS / f"sample{ending}").read_bytes()

    other = await assert_read_as(word, content, f"plan{ending}")

    assert other.media_type != "application/zip"
    assert "wordprocessingml" not in other.media_type


async def test_without_libreoffice_the_refusal_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.documents.files.conversion.shutil.which", lambda _: None)

    with pytest.raises(UnreadableFileError) as refused:
        await read_apart(b"{\\rtf1 x}", file_name="plan.rtf")

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
        await read_apart(content, file_name=name)

    assert said in refused.value.detail.vi
    assert "lưu thành .docx" in refused.value.detail.vi
    assert "gửi lại" in refused.value.detail.vi


async def test_a_scan_is_recognised() -> None:
    with pytest.raises(UnreadableFileError) as refused:
        await read_apart((FORMS / "scan.pdf").read_bytes(), file_name="plan.pdf")

    assert "bản quét" in refused.value.detail.vi


def many_names(rows: int, names: int) -> bytes:
    cells = ["; ".join(f"Trung tâm {at} số {one}" for one in range(names)) for at in range(rows)]
    written = (row(str(at), f"Việc {at}", cell, "", "2026") for at, cell in enumerate(cells))
    return docx(paragraph("KẾ HOẠCH") + table(row(*HEADING), *written))


@pytest.mark.parametrize(("rows", "names"), [(4899, 26), (1900, 26)])
async def test_very_many_names_are_refused_early(rows: int, names: int) -> None:
    content = many_names(rows, names)

    with pytest.raises(FileTooLargeError):
        await read_apart(content, file_name="plan.docx")


async def test_a_process_that_does_not_end_is_killed() -> None:
    endless = ("/bin/sh", "-c", "sleep infinity")

    async with asyncio.timeout(PATIENCE):
        with pytest.raises(FileTooLargeError):
            async with limited_process(*endless, seconds=0.5, environment={}) as process:
                await process.wait()


async def test_others_are_served_while_a_file_is_read() -> None:
    reading = asyncio.create_task(read_apart(DOCX, file_name="plan.docx"))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0.01)
        turns += 1

    assert len(reading.result().reading["rows"]) == 35
    assert turns > 5


def test_old_office_files_are_told_apart_by_their_content() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    book = format_of(ole + "Workbook".encode("utf-16-le"))
    text = format_of(ole + "WordDocument".encode("utf-16-le"))

    assert (book and book.ending, text and text.ending) == (".xls", ".doc")
    assert format_of(b"PK\x03\x04") is None

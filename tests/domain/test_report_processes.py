"""Files of reports are written in a process of their own: others are served meanwhile, and what is
not what was frozen is written by nobody."""

import asyncio
import json
from io import BytesIO
from typing import Any

import docx
import openpyxl
import pytest

from app.documents.confined.processes import EndedError, run_module
from app.documents.excel import writer
from app.domain.consolidated_reports.book import book_of
from app.domain.consolidated_reports.content import ReportContent, canonical, digest
from app.domain.consolidated_reports.files import WRITER
from app.domain.consolidated_reports.forms import BROKEN, FileAsked, FileForm
from benchmarks.report_files import content_of

CONTENT = canonical(content_of(40, 100))


async def written(form: FileForm, sha256: str = digest(CONTENT)) -> bytes:
    asked = (
        FileAsked(form=form, sha256=sha256, signing=None, template=None).model_dump_json().encode()
    )
    return await run_module(WRITER, asked, b"\n", CONTENT.encode(), seconds=60)


async def test_others_are_served_while_a_file_is_written() -> None:
    writing = asyncio.create_task(written(FileForm.DOCX))
    turns = 0
    while not writing.done():
        await asyncio.sleep(0.01)
        turns += 1

    document = docx.Document(BytesIO(writing.result()))
    assert len(document.tables[-3].rows) == 1 + 1 + 1 + 40
    assert turns > 5


def test_what_an_earlier_version_froze_is_read() -> None:
    content = content_of(3, 9)
    frozen = content.model_dump(mode="json")
    del frozen["own"], frozen["with_plans"]
    del frozen["plan"]["coordinator"], frozen["plan"]["bases"]
    content = content.model_copy(update={"plan": content.plan.model_copy(update={"bases": []})})
    for group in frozen["results"]:
        del group["plan"]

    assert ReportContent.read(json.dumps(frozen)) == content


async def test_what_is_not_what_was_frozen_is_not_written() -> None:
    with pytest.raises(EndedError) as ended:
        await written(FileForm.DOCX, "0" * 64)

    assert ended.value.code == BROKEN


async def test_a_long_workbook_is_laid_on_the_disk_and_says_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sheets = book_of(content_of(40, 100))
    held = writer.write_workbook(sheets)
    monkeypatch.setattr(writer, "MANY_ROWS", 1)
    laid = writer.write_workbook(sheets)

    books: list[Any] = [openpyxl.load_workbook(BytesIO(file)) for file in (held, laid)]
    first, second = books
    for one, other in zip(first, second, strict=True):
        assert list(one.values) == list(other.values)
        assert len(one._charts) == len(other._charts)

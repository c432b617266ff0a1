"""`tiendo report`: a plan's report as files, with nothing stored."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.support.commands import Terminal, terminal
from tests.support.sample import fill, issue_sample_plan, load_registry


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A database with an issued plan."""
    with terminal(tmp_path_factory.mktemp("home") / "secrets") as term:
        asyncio.run(fill(term.url, load_registry, issue_sample_plan))
        yield term


def test_it_writes_both_files_with_progress_and_stores_nothing(
    term: Terminal, tmp_path: Path
) -> None:
    out = tmp_path / "bao-cao"
    done = term.run("report", "MAU-01/KH-MAU", "--period", "2024", "--out", str(out))

    names = [f"bao-cao-tong-hop-2024-lan-1.{form}" for form in ("docx", "xlsx")]
    assert done.code == 0, done.stdout
    assert done.stdout.splitlines() == [
        "  0 % đang tổng hợp / adding up",
        f" 50 % {out / names[0]}",
        f"100 % {out / names[1]}",
    ]
    letter = docx.Document(BytesIO((out / names[0]).read_bytes()))
    assert "Kết quả thực hiện kế hoạch năm 2024" in [line.text for line in letter.paragraphs]
    book = openpyxl.load_workbook(out / names[1])
    assert book["Nhiệm vụ"].max_row > 100
    assert term.rows("select count(*) from consolidated_report") == [(0,)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("99/KH-KHONG", "--period", "2024"), "0 kế hoạch đã ban hành"),
        (("MAU-01/KH-MAU", "--period", "2024-W99"), "Kế hoạch không có kỳ báo cáo này."),
    ],
)
def test_what_there_is_not_is_said(term: Terminal, given: tuple[str, ...], said: str) -> None:
    done = term.run("report", *given)

    assert done.code == 1
    assert said in done.stdout + done.stderr

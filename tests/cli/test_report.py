"""`tiendo report`: a plan's report as files, with nothing stored."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.support.commands import Terminal, terminal
from tests.support.sample import with_issued_plan


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A database with an issued plan."""
    folder = tmp_path_factory.mktemp("home") / "secrets"
    with terminal(folder, like=with_issued_plan()) as term:
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


def province(folder: Path, *paragraphs: str) -> Path:
    """A province's own template."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    file = folder / "mau.docx"
    document.save(str(file))
    return file


def test_it_writes_in_the_provinces_own_template(term: Terminal, tmp_path: Path) -> None:
    file = province(tmp_path, "UBND TỈNH", "{{trich_yeu}}", "{{ket_qua}}")
    asked = ("MAU-01/KH-MAU", "--period", "2024", "--out", str(tmp_path))
    done = term.run("report", *asked, "--template", str(file))

    assert done.code == 0, done.stdout
    letter = docx.Document(str(tmp_path / "bao-cao-tong-hop-2024-lan-1.docx"))
    words = [line.text for line in letter.paragraphs]
    assert words[:2] == ["UBND TỈNH", "Kết quả thực hiện kế hoạch năm 2024"]
    assert "Căn cứ Nghị quyết số 47/NQ-CP ngày 15/4/2024;" not in words


def test_a_template_is_checked_and_what_it_misnames_is_said(term: Terminal, tmp_path: Path) -> None:
    good = term.run("template", str(province(tmp_path, "Số {{so}}", "{{noi_dung}}")))
    bad = term.run("template", str(province(tmp_path, "{{trich_yueu}}")))

    assert (good.code, good.stdout.split()) == (0, ["{{so}}", "{{noi_dung}}"])
    assert bad.code == 1
    assert "{{trich_yueu}}" in bad.stdout + bad.stderr

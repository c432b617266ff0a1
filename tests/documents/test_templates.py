"""A province's own template: everything in its place, and what it misnames refused by name."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.word.template import Template
from app.documents.word.texts import writable
from app.domain.consolidated_reports.content import SigningOff
from app.domain.consolidated_reports.places import BLOCKS, TEXTS, check, write_in
from app.errors import InvalidError, TrackerError
from benchmarks.report_files import DAY, content_of

SIGNED = SigningOff("12/BC-STTTT", DAY, "Nguyễn Văn Mẫu")


def template(*paragraphs: str, cells: Iterable[str] = (), header: str = "") -> bytes:
    document = docx.Document()
    if header:
        document.sections[0].header.paragraphs[0].text = header
    for text in paragraphs:
        document.add_paragraph(text)
    for text in cells:
        document.add_table(rows=1, cols=1).rows[0].cells[0].text = text
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def read(file: bytes) -> Any:
    return docx.Document(BytesIO(file))


def test_everything_stands_in_its_place() -> None:
    file = template(
        "TỈNH CỦA CHÚNG TÔI", "Số: {{so}}, {{ dia_danh }}, {{ngay_thang}}", "{{trich_yeu}}",
        "{{mo_dau}}", "{{ket_qua}}", "{{kien_nghi}}", "{{nguoi_ky}}", "{{phu_luc}}", "",
    )  # fmt: skip
    document = read(write_in(Template(file), content_of(3, 50), SIGNED))

    words = [one.text for one in document.paragraphs]
    assert words[:3] == [
        "TỈNH CỦA CHÚNG TÔI",
        "Số: 12/BC-STTTT, Hà Tĩnh, ngày 14 tháng 12 năm 2025",
        "Kết quả thực hiện kế hoạch năm 2025",
    ]
    assert "II. KẾT QUẢ THỰC HIỆN" in words
    assert "III. ĐÁNH GIÁ CHUNG" not in words
    assert "Nguyễn Văn Mẫu" in words
    assert "Phụ lục I" in words
    assert not any("{{" in one for one in words)
    first, *others = document.sections
    assert round(first.page_width.mm) < round(first.page_height.mm)
    assert {round(one.page_width.mm) for one in others} == {297}
    assert len(document.inline_shapes) == 2
    pictures = [part for part in document.part.package.iter_parts() if "tiendo" in part.partname]
    assert len(pictures) == 2


def test_a_place_that_word_has_cut_into_runs_is_found_and_keeps_its_look() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for text, bold in (
        ("Số: {", False),
        ("{s", True),
        ("o}} ngày {{ngay", False),
        ("_thang}}.", True),
    ):
        paragraph.add_run(text).bold = bold
    file = BytesIO()
    document.save(file)
    found = read(write_in(Template(file.getvalue()), content_of(1, 9), SIGNED)).paragraphs[0]

    assert found.text == "Số: 12/BC-STTTT ngày ngày 14 tháng 12 năm 2025."
    assert [run.text for run in found.runs] == [
        "Số: 12/BC-STTTT", "", " ngày ngày 14 tháng 12 năm 2025", ".",
    ]  # fmt: skip


def test_places_stand_in_headers_too_and_the_same_text_in_several() -> None:
    file = template("{{so}}", "{{noi_dung}}", header="{{co_quan}}, số {{so}}")
    document = read(write_in(Template(file), content_of(1, 9), SIGNED))

    assert check(Template(file)) == ["so", "noi_dung", "co_quan"]
    [header] = document.sections[0].header.paragraphs
    assert header.text == "Sở, số 12/BC-STTTT"
    assert document.paragraphs[0].text == "12/BC-STTTT"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: template("{{trich_yueu}}"), "{{trich_yueu}}"),
        (lambda: template("Nội dung: {{noi_dung}}"), "{{noi_dung}}"),
        (lambda: template("{{so}}", cells=["{{ket_qua}}"]), "{{ket_qua}}"),
        (lambda: template("{{phu_luc}}", "{{nguoi_ky}}"), "{{phu_luc}}"),
        (lambda: template("Không có chỗ điền"), "không có chỗ điền nào"),
        (lambda: template("Số: {{so}", "{{noi_dung}}"), "{{so}"),
        (lambda: template("{{noi_dung}}", "so}} ngày"), "so}}"),
        (lambda: template("{{noi_dung}}", "{{noi_dung}}"), "{{noi_dung}} chỉ được đứng một lần"),
        (
            lambda: template("{{ket_qua}}", "{{noi_dung}}"),
            "{{ket_qua}} chỉ được đứng một lần, và không cùng",
        ),
        (lambda: template("{{noi_dung}}", header="{{sooo}}"), "{{sooo}}"),
        (lambda: template("{{so}}", header="{{noi_dung}}"), "{{noi_dung}}"),
    ],
)
def test_what_is_misnamed_or_misplaced_is_refused_by_name(
    made: Callable[[], bytes], said: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        check(Template(made()))

    assert said in refused.value.faults[0].detail.vi


def test_every_place_is_taken() -> None:
    in_parts = [name for name in BLOCKS if name != "noi_dung"]
    file = template(*(f"{{{{{name}}}}}" for name in (*TEXTS, *in_parts)))

    assert check(Template(file)) == [*TEXTS, *in_parts]
    assert check(Template(template("{{noi_dung}}"))) == ["noi_dung"]
    assert "phu_luc" not in "".join(
        one.text for one in read(write_in(Template(file), content_of(1, 9), None)).paragraphs
    )


def zipped(**parts: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


DOCUMENT = "word/document.xml"
HOSTILE = {
    "no zip": b"no zip",
    "another": zipped(x=b"y"),
    "macros": zipped(**{DOCUMENT: b"<x/>", "word/vbaProject.bin": b""}),
    "entities": zipped(**{DOCUMENT: b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
    "no body": zipped(**{DOCUMENT: b"<x/>"}),
    "path": zipped(**{"../../etc/passwd": b"x"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_word_file_is_refused(name: str) -> None:
    with pytest.raises(TrackerError):
        check(Template(HOSTILE[name]))


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_is_typed_stands_as_it_was_typed(text: str) -> None:
    content = content_of(1, 9).model_copy(update={"title": text})
    file = write_in(Template(template("[{{trich_yeu}}]")), content, None)

    xml = ZipFile(BytesIO(file)).read("word/document.xml")
    root: Any = parse_xml(xml)
    found = "".join(node.text or "" for node in root.iter() if node.tag.endswith("}t"))
    assert found == f"[{writable(text)}]"

"""Files that are broken, mislabelled or made to do harm: one refusal, in one sentence."""

import io
import struct
import zipfile

import pytest

from tests.support.plan_files import (
    DOCX,
    HEADING,
    MAIN,
    PACKAGE,
    TEXT,
    W,
    docx,
    package,
    paragraph,
    raw_xlsx,
    refusal,
    relations,
    row,
    table,
    with_members,
    xlsx,
    zipped,
)

XLSX = xlsx([HEADING, [1, "Việc", "Sở A", "", "2024"]])
TASKS = table(row(*HEADING), row("1", "Việc", "Sở A", "", "2024"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
LOCKED = OLE + "EncryptedPackage".encode("utf-16-le")
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 1000 + '">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def claiming_less(content: bytes, name: str, size: int) -> bytes:
    """The same archive, its directory telling a smaller size for one member."""
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


@pytest.mark.parametrize("name", ["plan.docx", "plan.xlsx", "plan.txt", "plan"])
@pytest.mark.parametrize("content", [b"", b" \n\t ", b"\0" * 100, b"\xef\xbb\xbf"])
def test_empty_files(content: bytes, name: str) -> None:
    assert refusal(content, name).detail.vi == "Tệp rỗng, không có nội dung."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n...", "PNG"),
        (b"\xff\xd8\xff\xe0...", "JPEG"),
        (b"{\\rtf1 ...}", "RTF"),
        (OLE, "kiểu cũ"),
        (LOCKED, "mật khẩu"),
        (zipped({"content.xml": "<office/>"}), "không phải"),
        (zipped({}), "không phải"),
    ],
)
@pytest.mark.parametrize("name", ["plan.docx", "plan.xlsx", "plan.txt"])
def test_what_a_file_truly_is_decides(content: bytes, said: str, name: str) -> None:
    assert said in refusal(content, name).detail.vi


@pytest.mark.parametrize(
    ("content", "name"),
    [
        *((DOCX, name) for name in ("plan.xlsx", "plan.txt", "plan.doc", "plan", "docx", "")),
        *((XLSX, name) for name in ("plan.docx", "plan.xls", "plan.txt")),
        *((TEXT, name) for name in ("plan.docx", "plan.csv", "plan.txt.docx")),
    ],
)
def test_a_readable_file_under_another_kinds_name_is_refused(content: bytes, name: str) -> None:
    assert "đuôi" in refusal(content, name).detail.vi


def test_a_file_with_macros_is_no_ordinary_document() -> None:
    types = f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/word/document.xml" '
    types += 'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    parts = {"[Content_Types].xml": types, "word/document.xml": f'<w:document xmlns:w="{W}"/>'}

    refusal(zipped(parts | {"_rels/.rels": relations("officeDocument", "word/document.xml")}))


@pytest.mark.parametrize("prolog", [LAUGHS, OUTSIDE, "<!DOCTYPE x>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_any_doctype_is_refused_before_it_is_followed(prolog: str, encoding: str) -> None:
    body = f'{prolog}<w:document xmlns:w="{W}"><w:body><w:t>&a;</w:t></w:body></w:document>'
    buffer = io.BytesIO(package({}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("word/document.xml", body.encode(encoding))

    assert "DOCTYPE" in refusal(buffer.getvalue()).detail.vi


def test_a_doctype_in_a_workbook_is_refused_too() -> None:
    content = zipped(
        {"[Content_Types].xml": f"{LAUGHS}<Types/>", "_rels/.rels": "<r/>", "xl/a": ""}
    )

    assert "DOCTYPE" in refusal(content, "plan.xlsx").detail.vi


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "word/../../x", "..\\x", "C:\\x", "c:x"]
)
def test_members_that_lead_out_of_the_archive_are_refused(name: str) -> None:
    assert "đường dẫn" in refusal(with_members({name: "x"})).detail.vi


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused() -> None:
    assert "trùng tên" in refusal(with_members({"word/document.xml": "<x/>"})).detail.vi


def test_a_member_under_a_password_is_refused() -> None:
    at = DOCX.rindex(b"PK\x01\x02", 0, DOCX.rindex(b"word/document.xml"))
    locked = DOCX[: at + 8] + b"\x01\x00" + DOCX[at + 10 :]

    assert "mật khẩu" in refusal(locked).detail.vi


def test_an_unusual_compression_is_refused() -> None:
    buffer = io.BytesIO(docx(TASKS))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/other.xml", "<x/>")

    assert "nén" in refusal(buffer.getvalue()).detail.vi


@pytest.mark.parametrize("kept", [4, 30, 1_000, 20_000, len(DOCX) - 30, len(DOCX) - 1])
def test_a_truncated_archive_is_refused(kept: int) -> None:
    refusal(DOCX[:kept])


def test_a_member_larger_than_its_header_says_is_refused() -> None:
    content = claiming_less(docx(TASKS + paragraph("x" * 100_000)), "word/document.xml", 500)

    refusal(content)


def test_tables_nested_without_end_are_refused() -> None:
    nested, closed = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"

    assert "hỏng" in refusal(docx(nested * 25 + TASKS + closed * 25)).detail.vi


@pytest.mark.parametrize(("far", "said"), [("A1048576", "bảng nhiệm vụ"), ("XFD1", "100 cột")])
def test_a_claim_of_the_last_row_or_column_costs_nothing(far: str, said: str) -> None:
    sheet = f'<row r="{far.lstrip("AXFD")}"><c r="{far}"><v>1</v></c></row>'

    assert said in refusal(raw_xlsx(sheet), "plan.xlsx").detail.vi


def test_the_content_type_of_a_document_is_the_one_tested() -> None:
    assert MAIN.encode() in zipfile.ZipFile(io.BytesIO(DOCX)).read("[Content_Types].xml")

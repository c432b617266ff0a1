"""Odd files, built where they are needed: Word from raw XML, workbooks by openpyxl."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from app.documents.tables.plan_table import PlanDocument, PlanRow, read_plan_document
from app.errors import FileTooLargeError, TrackerError, UnreadableFileError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADING = ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện")


ROOT = Path(__file__).parents[2]
DOCX = (ROOT / "app" / "sample" / "ke-hoach-thong-tin-doi-ngoai.docx").read_bytes()
TEXT = (ROOT / "app" / "sample" / "ke-hoach-thong-tin-doi-ngoai.txt").read_bytes()


def paragraph(text: str, properties: str = "") -> str:
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in text.split("\n"))
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r>{lines}</w:r></w:p>"


def cell(text: str = "", properties: str = "", *, inner: str | None = None) -> str:
    content = paragraph(text) if inner is None else inner
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


def span(count: int, text: str = "") -> str:
    return cell(text, f'<w:gridSpan w:val="{count}"/>')


def top(text: str) -> str:
    return cell(text, '<w:vMerge w:val="restart"/>')


def below(text: str = "") -> str:
    return cell(text, "<w:vMerge/>")


def row(*cells: str, properties: str = "") -> str:
    """A row of texts, or of cells already written as XML."""
    written = (each if each.startswith("<") else cell(each) for each in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(written)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def docx(body: str, *, numbering: str = "", stored: bool = False) -> bytes:
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    parts = {"word/document.xml": document}
    if numbering:
        parts["word/numbering.xml"] = f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'
        parts["word/_rels/document.xml.rels"] = relations("numbering", "numbering.xml")
    return package(parts, stored=stored)


def relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{R}/{kind}" Target="{target}"/></Relationships>'
    )


def package(
    parts: dict[str, str], *, main: str = "word/document.xml", stored: bool = False
) -> bytes:
    kind = MAIN if main.startswith("word") else MAIN.replace("wordprocessing", "spreadsheet")
    kind = kind.replace("spreadsheetml.document", "spreadsheetml.sheet")
    types = (
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Override PartName="/{main}" ContentType="{kind}"/></Types>'
    )
    common = {"[Content_Types].xml": types, "_rels/.rels": relations("officeDocument", main)}
    return zipped(common | parts, stored=stored)


def zipped(parts: Mapping[str, str | bytes], *, stored: bool = False) -> bytes:
    buffer = io.BytesIO()
    method = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def raw_xlsx(sheet: str, *, shared: str = "") -> bytes:
    """A workbook of one sheet, its parts as raw XML."""
    listing = (
        f'<workbook xmlns="{SHEET}" xmlns:r="urn:r"><sheets><sheet name="A" r:id="s"/>'
        "</sheets></workbook>"
    )
    links = relations("sharedStrings", "shared.xml").replace(
        "</Relationships>",
        '<Relationship Id="s" Type="x/worksheet" Target="a.xml"/></Relationships>',
    )
    parts = {
        "xl/workbook.xml": listing,
        "xl/_rels/workbook.xml.rels": links,
        "xl/shared.xml": f'<sst xmlns="{SHEET}">{shared}</sst>',
        "xl/a.xml": f'<worksheet xmlns="{SHEET}">{sheet}</worksheet>',
    }
    return package(parts, main="xl/workbook.xml")


def xlsx(rows: Sequence[Sequence[object]], *, merged: Sequence[str] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    fill(workbook.worksheets[0], rows, merged)
    return saved(workbook)


def fill(sheet: Worksheet, rows: Sequence[Sequence[object]], merged: Sequence[str] = ()) -> None:
    for values in rows:
        sheet.append(list(values))
    for reference in merged:
        sheet.merge_cells(reference)


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def workbook_of(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """A workbook of these sheets, by their names."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        fill(workbook.create_sheet(name), rows)
    return saved(workbook)


def read_docx(*rows: str, before: str = "", after: str = "", numbering: str = "") -> PlanDocument:
    body = before + table(*rows) + after
    return read_plan_document(docx(body, numbering=numbering), file_name="plan.docx")


def read_rows(*rows: Sequence[str]) -> PlanDocument:
    return read_docx(*(row(*cells) for cells in rows))


def read_xlsx(rows: Sequence[Sequence[object]], *, merged: Sequence[str] = ()) -> PlanDocument:
    return read_plan_document(xlsx(rows, merged=merged), file_name="plan.xlsx")


def read_text(text: str) -> PlanDocument:
    return read_plan_document(text.encode(), file_name="plan.txt")


def outline(plan: PlanDocument) -> list[tuple[str, str, str]]:
    return [(row.kind.value, row.ordinal, row.title) for row in plan.rows]


def codes(row: PlanRow | PlanDocument) -> list[str]:
    return [warning.code for warning in row.warnings]


def with_members(members: dict[str, bytes | str]) -> bytes:
    """A sound document with more members in its archive."""
    sound = docx(table(row(*HEADING), row("1", "Việc", "Sở A", "", "2024")))
    buffer = io.BytesIO(sound)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def refusal(content: bytes, name: str = "plan.docx") -> TrackerError:
    """The refusal of a file, checked to be one sentence in each language."""
    with pytest.raises((UnreadableFileError, FileTooLargeError)) as refused:
        read_plan_document(content, file_name=name)
    for sentence in refused.value.detail:
        assert sentence.endswith(".")
        assert "\n" not in sentence
        assert sentence.count(". ") == 0
    return refused.value

"""Odd files, built where they are needed: Word from raw XML, workbooks by openpyxl."""

import io
import zipfile
from collections.abc import Sequence

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from app.documents.plan_table import PlanDocument, PlanRow, read_plan_document

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
HEADING = ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện")


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


def docx(body: str, *, numbering: str = "", prolog: str = "") -> bytes:
    document = f'{prolog}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    parts = {"word/document.xml": document}
    if numbering:
        parts["word/numbering.xml"] = f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'
        parts["word/_rels/document.xml.rels"] = relations("numbering", "numbering.xml")
    return package(parts)


def relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{R}/{kind}" Target="{target}"/></Relationships>'
    )


def package(parts: dict[str, str], *, main: str = "word/document.xml") -> bytes:
    kind = MAIN if main.startswith("word") else MAIN.replace("wordprocessing", "spreadsheet")
    kind = kind.replace("spreadsheetml.document", "spreadsheetml.sheet")
    types = (
        f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Override PartName="/{main}" ContentType="{kind}"/></Types>'
    )
    common = {"[Content_Types].xml": types, "_rels/.rels": relations("officeDocument", main)}
    return zipped(common | parts)


def zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


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


def read_docx(*rows: str, before: str = "", after: str = "", numbering: str = "") -> PlanDocument:
    body = before + table(*rows) + after
    return read_plan_document(docx(body, numbering=numbering), file_name="plan.docx")


def read_xlsx(rows: Sequence[Sequence[object]], *, merged: Sequence[str] = ()) -> PlanDocument:
    return read_plan_document(xlsx(rows, merged=merged), file_name="plan.xlsx")


def read_text(text: str) -> PlanDocument:
    return read_plan_document(text.encode(), file_name="plan.txt")


def outline(plan: PlanDocument) -> list[tuple[str, str, str]]:
    return [(row.kind.value, row.ordinal, row.title) for row in plan.rows]


def codes(row: PlanRow | PlanDocument) -> list[str]:
    return [warning.code for warning in row.warnings]

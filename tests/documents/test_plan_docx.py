"""Word's ways of writing a table."""

import io

import pytest
from docx import Document

from app.documents.tables.plan_table import read_plan_document
from tests.support.plan_files import (
    HEADING,
    below,
    cell,
    codes,
    docx,
    outline,
    paragraph,
    read_docx,
    row,
    span,
    table,
    top,
)

LISTED = '<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
NUMBERING = (
    '<w:abstractNum w:abstractNumId="7">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/>'
    '</w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%2"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
)


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def numbered(level: int) -> str:
    return cell(inner=paragraph("", LISTED.format(level=level)))


def test_a_vertically_merged_lead_and_time_apply_to_each_of_their_rows() -> None:
    plan = read_docx(
        row(*HEADING),
        row("1", "Việc một", top("Sở Y tế"), "", top("2024")),
        row("2", "Việc hai", below(), "Sở Tài chính", below()),
        row("3", "Việc ba", "Sở Nội vụ", "", below()),
    )

    assert [each.lead for each in plan.rows] == ["Sở Y tế", "Sở Y tế", "Sở Nội vụ"]
    assert [each.time_frame for each in plan.rows] == ["2024", "2024", "2024"]
    assert plan.rows[1].cells[2] == ("Cơ quan chủ trì", "Sở Y tế")


def test_a_document_that_python_docx_wrote() -> None:
    document = Document()
    letter = document.add_table(1, 2)
    letter.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nTỈNH HÀ TĨNH\nSố: 46/KH-UBND"
    letter.cell(0, 1).text = "Hà Tĩnh, ngày 30 tháng 01 năm 2024"
    document.add_paragraph("KẾ HOẠCH")
    document.add_paragraph("Thông tin đối ngoại năm 2024")
    tasks = document.add_table(4, 5)
    for column, text in enumerate(("TT", "Nhiệm vụ", "Cơ quan thực hiện", "", "Thời hạn")):
        tasks.cell(0, column).text = text
    tasks.cell(1, 2).text, tasks.cell(1, 3).text = "Chủ trì", "Phối hợp"
    tasks.cell(0, 2).merge(tasks.cell(0, 3))
    for column in (0, 1, 4):
        tasks.cell(0, column).merge(tasks.cell(1, column))
    tasks.cell(2, 0).merge(tasks.cell(2, 4)).text = "I. Nhóm một"
    for column, text in enumerate(("1", "Việc một", "Sở A", "Sở B", "2024")):
        tasks.cell(3, column).text = text
    buffer = io.BytesIO()
    document.save(buffer)

    plan = read_plan_document(buffer.getvalue(), file_name="plan.docx")

    assert (plan.number, plan.title) == ("46/KH-UBND", "Thông tin đối ngoại năm 2024")
    assert outline(plan) == [("group", "I", "Nhóm một"), ("task", "1", "Việc một")]
    assert (plan.rows[1].lead, plan.rows[1].coordinating) == ("Sở A", "Sở B")
    assert plan.warnings == ()


def test_a_group_may_fill_its_row() -> None:
    plan = read_docx(
        row(*HEADING),
        row(span(5, "I. NHIỆM VỤ CHUNG")),
        row("1", "Việc một", "Sở Y tế", "", "2024"),
        row("II", span(4, "Nhiệm vụ riêng")),
        row("1", "Việc hai", "Sở Nội vụ", "", "2025"),
    )

    assert outline(plan) == [
        ("group", "I", "NHIỆM VỤ CHUNG"),
        ("task", "1", "Việc một"),
        ("group", "II", "Nhiệm vụ riêng"),
        ("task", "1", "Việc hai"),
    ]
    assert plan.rows[0].cells[0] == ("Nhiệm vụ", "I. NHIỆM VỤ CHUNG")
    assert all(each.warnings == () for each in plan.rows)


def test_cells_skipped_at_the_beginning_of_a_row_do_not_shift_it() -> None:
    plan = read_docx(
        row(*HEADING),
        row(
            *("Việc một", "Sở Y tế", "", "2024"),
            properties='<w:gridBefore w:val="1"/>',
        ),
    )

    (only,) = plan.rows
    assert (only.title, only.lead, only.time_frame) == ("Việc một", "Sở Y tế", "2024")


def test_insertions_are_read_and_deletions_are_not() -> None:
    lead = (
        "<w:p><w:del><w:r><w:delText>Sở Cũ</w:delText></w:r></w:del>"
        f"<w:ins>{run('Sở Mới')}</w:ins><w:moveFrom>{run('dời đi')}</w:moveFrom>"
        f"<w:moveTo>{run(' dời đến')}</w:moveTo></w:p>"
    )
    plan = read_docx(
        row(*HEADING),
        row("1", "Việc bị xóa", "Sở A", "", "2024", properties="<w:del/>"),
        row("2", "Việc mới", cell(inner=lead), "", "2024", properties="<w:ins/>"),
    )

    assert [(each.ordinal, each.lead) for each in plan.rows] == [("2", "Sở Mới dời đến")]


def test_a_deleted_paragraph_break_joins_its_paragraphs() -> None:
    lead = paragraph("Sở Thông tin ", "<w:rPr><w:del/></w:rPr>") + paragraph("và Truyền thông")
    plan = read_docx(row(*HEADING), row("1", "Việc", cell(inner=lead), "", "2024"))

    assert plan.rows[0].lead == "Sở Thông tin và Truyền thông"


def test_how_a_cell_was_before_a_tracked_change_does_not_count() -> None:
    changed = '<w:tcPrChange><w:tcPr><w:gridSpan w:val="3"/></w:tcPr></w:tcPrChange>'
    plan = read_docx(row(*HEADING), row("1", cell("Việc", changed), "Sở A", "", "2024"))

    assert plan.rows[0].lead == "Sở A"


def test_content_controls_round_text_cells_and_rows_hide_nothing() -> None:
    def control(inner: str) -> str:
        return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"

    inline = cell(inner=f"<w:p>{control(run('Sở A'))}</w:p>")
    controlled = control(cell("Việc"))
    plan = read_docx(
        row(*HEADING),
        row("1", controlled, inline, "Sở B", "2024"),
        control(row("2", "Việc hai", "Sở C", "", "2025")),
    )

    assert [(r.title, r.lead, r.coordinating, r.time_frame) for r in plan.rows] == [
        ("Việc", "Sở A", "Sở B", "2024"),
        ("Việc hai", "Sở C", "", "2025"),
    ]


def test_automatic_numbers_are_counted_again_and_pointed_out() -> None:
    plan = read_docx(
        row(*HEADING),
        row(numbered(0), "Nhóm", "", "", ""),
        row(numbered(1), "Việc một", "Sở A", "", "2024"),
        row(numbered(1), "Việc hai", "Sở A", "", "2024"),
        row(numbered(0), "Nhóm hai", "", "", ""),
        row(numbered(1), "Việc ba", "Sở A", "", "2024"),
        numbering=NUMBERING,
    )

    assert [each.ordinal for each in plan.rows] == ["I", "1", "2", "II", "1"]
    assert [each.kind.value for each in plan.rows] == ["group", "task", "task", "group", "task"]
    assert all("ordinal_from_numbering" in codes(each) for each in plan.rows)


def test_a_bullet_is_no_number() -> None:
    plan = read_docx(
        row(*HEADING),
        row("1", "Việc một", "Sở A", "", "2024"),
        row(numbered(0), "Việc hai", "Sở A", "", "2024"),
        numbering=NUMBERING.replace("upperRoman", "bullet").replace("%1.", "o"),
    )

    assert [each.ordinal for each in plan.rows] == ["1", ""]


def test_a_column_without_any_number_is_numbered_by_its_rows() -> None:
    plan = read_docx(
        row(*HEADING),
        row(numbered(0), "Việc một", "Sở A", "", "2024"),
        row(numbered(0), "Việc hai", "Sở B", "", "2024"),
    )

    assert [each.ordinal for each in plan.rows] == ["1", "2"]
    assert codes(plan.rows[0]) == ["ordinal_from_row_order"]


def test_a_table_in_a_cell_is_part_of_its_words() -> None:
    inner = paragraph("Gồm:") + table(row("Sở A", "Sở B")) + paragraph("")
    plan = read_docx(
        row(*HEADING), row("1", "Việc", cell(inner=inner), "", "2024"), row("2", "Hai", "C", "", "")
    )

    assert [each.lead for each in plan.rows] == ["Gồm:\nSở A\tSở B", "C"]


def test_a_table_of_tasks_inside_a_task_is_no_table_of_its_own() -> None:
    inner = table(row("TT", "Nhiệm vụ", "Chủ trì"), row("1", "Việc nhỏ", "Sở B"))
    title = cell(inner=paragraph("Việc") + inner + paragraph(""))
    plan = read_docx(row("STT", "Nhiệm vụ", "Chủ trì"), row("1", title, "Sở A"))

    assert [each.lead for each in plan.rows] == ["Sở A"]
    assert plan.warnings == ()


def test_a_merge_ends_at_the_first_cell_of_its_own() -> None:
    plan = read_docx(
        row("STT", "Nhiệm vụ", "Chủ trì"),
        row("1", "Việc một", top("Sở A")),
        row("2", "Việc hai", "Sở B"),
        row("3", "Việc ba", below("Sở C")),
    )

    assert [each.lead for each in plan.rows] == ["Sở A", "Sở B", "Sở C"]


def test_a_task_table_inside_a_frame_is_found() -> None:
    framed = table(row(*HEADING), row("1", "Việc", "Sở A", "", "2024"))
    body = table(row(cell(inner=paragraph("KẾ HOẠCH") + framed + paragraph(""))))

    plan = read_plan_document(docx(body), file_name="plan.docx")

    assert outline(plan) == [("task", "1", "Việc")]


def test_the_second_copy_of_a_drawing_is_not_read_twice() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    drawn = (
        f"<w:p><mc:AlternateContent {mc}><mc:Choice>{run('Sở A')}</mc:Choice>"
        f"<mc:Fallback>{run('Sở A')}</mc:Fallback></mc:AlternateContent></w:p>"
    )
    plan = read_docx(row(*HEADING), row("1", "Việc", cell(inner=drawn), "", "2024"))

    assert plan.rows[0].lead == "Sở A"


def test_decomposed_letters_are_composed() -> None:
    plan = read_docx(
        row("STT", "Nhie\u0323\u0302m vu\u0323", "Cơ quan chu\u0309 tri\u0300"),
        row("1", "Vie\u0323\u0302c", "So\u031b\u0309 A"),
    )

    assert (plan.rows[0].title, plan.rows[0].lead) == ("Việc", "Sở A")


@pytest.mark.parametrize("count", ["999999999", "-1", "nhiều", "0"])
def test_a_monstrous_span_is_not_believed(count: str) -> None:
    wide = cell("Việc", f'<w:gridSpan w:val="{count}"/>')
    plan = read_docx(row(*HEADING), row("1", wide, "Sở A", "", "2024"))

    assert plan.rows[0].title == "Việc"

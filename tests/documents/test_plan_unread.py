"""The contents of a file beside the words of its rows, and the words that rows lack: nobody may
wonder."""

from collections.abc import Callable, Mapping

import openpyxl
import pytest
from openpyxl.comments import Comment

from app.documents.agency_names import NameBook
from app.documents.tables.plan_table import PlanDocument, read_plan_document
from app.domain.plans.readings import PlanReading, read_plan
from tests.support.costs import times_as_dear
from tests.support.plan_files import (
    HEADING,
    SHEET,
    R,
    W,
    cell,
    codes,
    package,
    raw_xlsx,
    relations,
    row,
    saved,
    table,
    xlsx,
)
from tests.support.plan_readings import DAY
from tests.support.sample_names import known_names


def with_formulas(*rows: tuple[str, ...], notes: Mapping[str, str] | None = None) -> PlanDocument:
    """A workbook whose formulas nobody has calculated; `notes` by the cells they are on."""
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for values in (HEADING, *rows):
        sheet.append(values)
    for place, text in (notes or {}).items():
        sheet[place].comment = Comment(text, "Ai đó")
    return read_plan_document(saved(workbook), file_name="plan.xlsx")


def noted(plan: PlanDocument, code: str) -> list[str]:
    """The words that the warnings of one code quote, row by row."""
    said = (one.detail.vi for each in plan.rows for one in each.warnings if one.code == code)
    return [text.partition(": ")[2].rstrip(".").strip("“”") for text in said]


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ('="Quý I/2026"', "Quý I/2026"),
        ('="Quý "&"I"&"/"&2026', "Quý I/2026"),
        ('="Quý ""I""/2026"', 'Quý "I"/2026'),
        ("=2026", "2026"),
        ("=E2", "2025"),
        ("=$E$2", "2025"),
        ("=E2+1", "2026"),
        ("=DATE(2026, 6, 30)", "30/06/2026"),
    ],
)
def test_a_formula_that_is_plainly_a_value_is_that_value(formula: str, said: str) -> None:
    plan = with_formulas(("1", "Một", "Sở A", "", "2025"), ("=ROW()-1", "Hai", "=C2", "", formula))

    second = plan.rows[1]
    assert (second.ordinal, second.lead, second.time_frame) == ("2", "Sở A", said)
    assert codes(second) == []


@pytest.mark.parametrize(
    "formula", ["=VLOOKUP(B3,Y!A:B,2,0)", "=TODAY()", "=E9", "=DATE(2026,13,1)"]
)
def test_a_formula_without_a_value_is_named_with_its_cell(formula: str) -> None:
    plan = with_formulas(("1", "Một", "Sở A", "", "2025"), ("2", "Hai", "Sở A", "", formula))

    assert plan.rows[1].time_frame == ""
    assert noted(plan, "formula_not_calculated") == [f"E3 ({formula})"]


def test_ordinals_that_count_on_are_counted() -> None:
    rows = [(f"=A{at}+1", f"Việc {at}", "Sở A", "", "2025") for at in range(2, 40)]

    plan = with_formulas(("1", "Một", "Sở A", "", "2025"), *rows)

    assert [each.ordinal for each in plan.rows] == [str(number) for number in range(1, 40)]


def test_texts_that_double_from_row_to_row_are_not_followed() -> None:
    rows = [(str(at), f"=B{at - 1}&B{at - 1}", "Sở A", "", "2025") for at in range(3, 60)]

    plan = with_formulas(("1", "Việc", "Sở A", "", "2025"), *rows)

    assert max(len(each.title) for each in plan.rows) <= 1_000
    assert plan.rows[-1].title == ""
    assert noted(plan, "formula_not_calculated")[-1] == "B59 (=B58&B58)"


@pytest.mark.parametrize("column", [1, 2, 4])
def test_texts_that_grow_over_all_rows_cost_little_more_than_others(column: int) -> None:
    growing = reading_of_formulas(column, "a" * 700, '&"a"')
    others = reading_of_formulas(column, "a", "")

    assert times_as_dear(growing, others) < 2.1
    rows = growing().rows
    assert len(rows) == 399
    assert "formula_not_calculated" in [one.code for one in rows[-1].warnings]


def reading_of_formulas(column: int, word: str, added: str) -> Callable[[], PlanReading]:
    """What reads 399 rows: a column begins with the word, and each row adds to the row before."""
    rows = [[str(at), "Việc", "Sở Nội vụ", "Sở Y tế", "2025"] for at in range(1, 400)]
    rows[0][column] = word
    for at, cells in enumerate(rows[1:], 3):
        cells[column] = f"={'ABCDE'[column]}{at - 1}{added}"
    content = xlsx([HEADING, *rows])

    def read() -> PlanReading:
        names = NameBook(known_names(day=str(DAY)))  # its own, since so many texts use one up
        return read_plan(read_plan_document(content, file_name="plan.xlsx"), names, as_of=DAY)

    return read


def test_a_row_counts_once_however_many_formulas_begin_it() -> None:
    rows = [(f"=A{at}+1", f'="Việc "&{at}', "=C2", "=D2", "=E2") for at in range(2, 1802)]

    plan = with_formulas(("1", "Việc", "Sở A", "Sở B", "2025"), *rows)

    assert len(plan.rows) == 1801


def test_formulas_that_refer_to_one_another_are_named() -> None:
    plan = with_formulas(("1", "Một", "=D2", "=C2", "2025"))

    assert noted(plan, "formula_not_calculated") == ["C2 (=D2); D2 (=C2)"]


def test_a_row_of_nothing_but_formulas_is_left_out_and_named() -> None:
    plan = with_formulas(("1", "Một", "Sở A", "", "2025"), ("=A9", "=IF(A9,1,2)", "", "", ""))

    assert [each.title for each in plan.rows] == ["Một"]
    assert [(one.number, one.text, one.reason.code) for one in plan.left_out] == [
        (3, "A3 (=A9); B3 (=IF(A9,1,2))", "formulas_not_calculated")
    ]


HEAD = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADING)


def written(value: str) -> PlanDocument:
    """A sheet whose last cell is a formula with what some program wrote beside it."""
    first = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in ("1", "Một", "Sở A"))
    last = f'<c r="E2" {value}</c>'
    rows = f"<sheetData><row>{HEAD}</row><row>{first}{last}</row></sheetData>"
    return read_plan_document(raw_xlsx(rows), file_name="plan.xlsx")


@pytest.mark.parametrize(
    ("value", "said", "named"),
    [
        ("><f>F(1)</f><v>2026</v>", "2026", []),
        ('t="str"><f>F(1)</f><v>Quý I</v>', "Quý I", []),
        ('t="str"><f>F(1)</f><v></v>', "", []),
        ("><f>F(1)</f><v></v>", "", ["E2 (=F(1))"]),
        ('><f t="shared" si="0"/>', "", ["E2 (công thức)"]),
        ('t="e"><f>F(1)</f><v>#REF!</v>', "#REF!", ["E2 (#REF!)"]),
    ],
)
def test_what_was_calculated_counts(value: str, said: str, named: list[str]) -> None:
    plan = written(value)

    assert plan.rows[0].time_frame == said
    assert noted(plan, "formula_not_calculated") == named


def test_a_nought_is_no_value_where_the_file_asks_to_be_calculated() -> None:
    parts = {
        "xl/workbook.xml": (
            f'<workbook xmlns="{SHEET}" xmlns:r="{R}">'
            '<sheets><sheet name="A" r:id="rId1"/></sheets><calcPr fullCalcOnLoad="1"/></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": relations("worksheet", "a.xml"),
        "xl/a.xml": (
            f'<worksheet xmlns="{SHEET}"><sheetData><row>{HEAD}</row><row>'
            '<c r="B2" t="inlineStr"><is><t>Một</t></is></c>'
            '<c r="C2"><f>F(1)</f><v>0</v></c></row></sheetData></worksheet>'
        ),
    }

    plan = read_plan_document(package(parts, main="xl/workbook.xml"), file_name="plan.xlsx")

    assert plan.rows[0].lead == ""
    assert noted(plan, "formula_not_calculated") == ["C2 (=F(1))"]


FIRST = ("1", "Một", "Sở A", "", "2025")


@pytest.mark.parametrize(
    ("note", "shown"),
    [
        ("Hỏi lại Sở Tài chính", "Hỏi lại Sở Tài chính"),
        ("Nguyễn Văn An:\nHỏi lại\nSở Tài chính", "Hỏi lại Sở Tài chính"),
        ("Gọi lại số 0912345678", "Gọi lại số [số điện thoại]"),
        ("Nguyễn Văn An", "[họ tên]"),
        ("[Threaded comment]\n\nYour version…\n\nComment:\n    Xem lại", "Xem lại"),
    ],
)
def test_a_note_on_a_cell_is_named_with_its_row(note: str, shown: str) -> None:
    plan = with_formulas(FIRST, ("2", "Hai", "Sở A", "", "2025"), notes={"B3": note})

    assert codes(plan.rows[0]) == []
    assert noted(plan, "row_commented") == [shown]


@pytest.mark.parametrize(
    ("kind", "code"),
    [("comment", "row_commented"), ("footnote", "row_footnoted"), ("endnote", "row_footnoted")],
)
def test_what_is_written_beside_a_row_of_word_is_named(kind: str, code: str) -> None:
    said = "<w:p><w:r><w:t>Chỉ một năm</w:t></w:r></w:p><w:p><w:r><w:t>đầu</w:t></w:r></w:p>"
    part = f'<w:{kind}s xmlns:w="{W}"><w:{kind} w:id="7">{said}</w:{kind}></w:{kind}s>'
    run = f'<w:r><w:{kind}Reference w:id="7"/></w:r>'
    noted_cell = cell(inner=f"<w:p><w:r><w:t>2025</w:t></w:r>{run}</w:p>")
    body = table(row(*HEADING), row("1", "Một", "Sở A", "", noted_cell), row("2", *FIRST[1:]))
    parts = {
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        f"word/{kind}s.xml": part,
        "word/_rels/document.xml.rels": relations(f"{kind}s", f"{kind}s.xml"),
    }

    plan = read_plan_document(package(parts), file_name="plan.docx")

    assert [codes(each) for each in plan.rows] == [[code], []]
    assert noted(plan, code) == ["Chỉ một năm đầu"]
    assert plan.rows[0].time_frame == "2025"


def deleted(*texts: str, wrapped: bool = True) -> str:
    """A row that a tracked change deleted."""
    gone, stands = "<w:del><w:r><w:delText>{}</w:delText></w:r></w:del>", "<w:r><w:t>{}</w:t></w:r>"
    run = gone if wrapped else stands
    cells = (cell(inner=f"<w:p>{run.format(text)}</w:p>") for text in texts)
    return row(*cells, properties="<w:del/>")


@pytest.mark.parametrize(
    "gone",
    [
        deleted("2", "Việc bỏ", "Sở B", "", "2026"),
        deleted("2", "Việc bỏ", "Sở B", "", "2026", wrapped=False),
        # The words are deleted and the row itself stays, empty.
        deleted("2", "Việc bỏ", "Sở B", "", "2026").replace("<w:trPr><w:del/></w:trPr>", ""),
    ],
)
def test_a_row_that_a_tracked_change_deleted_is_named_with_its_words(gone: str) -> None:
    body = table(row(*HEADING), row(*FIRST), gone, row("2", "Ba", "Sở A", "", "2025"))
    parts = {"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'}

    plan = read_plan_document(package(parts), file_name="plan.docx")

    assert [each.title for each in plan.rows] == ["Một", "Ba"]
    assert [(one.text, one.reason.code) for one in plan.left_out] == [
        ("2 | Việc bỏ | Sở B | 2026", "row_deleted")
    ]
    assert plan.rows_seen == 3


def test_what_a_change_deleted_in_a_row_that_stays_is_no_part_of_it() -> None:
    gone = "<w:del><w:r><w:delText>2024</w:delText></w:r></w:del>"
    time = cell(inner=f"<w:p>{gone}<w:r><w:t>2025</w:t></w:r></w:p>")
    body = table(row(*HEADING), row("1", "Một", "Sở A", "", time))
    parts = {"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'}

    plan = read_plan_document(package(parts), file_name="plan.docx")

    assert plan.rows[0].time_frame == "2025"
    assert codes(plan) == ["changes_tracked"]

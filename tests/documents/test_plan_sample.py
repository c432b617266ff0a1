"""The real plan of Hà Tĩnh, in both forms it is kept in."""

import re
import unicodedata
from pathlib import Path

import pytest

from app.documents.tables.plan_table import PlanDocument, RowKind, read_plan_document

SAMPLES = Path(__file__).parents[2] / "app" / "sample"
NAME = "ke-hoach-thong-tin-doi-ngoai"
HEADINGS = ("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện")
ORDINALS = [
    *("1", "1.1", "1.2"),
    *("2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"),
    *("3", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9"),
    *("3.10", "3.11", "3.12", "3.13"),
    *("4", "4.1", "4.2", "4.3", "4.4"),
    *("5", "5.1", "5.2", "5.3", "5.4", "5.5"),
]


def read(ending: str) -> PlanDocument:
    path = SAMPLES / f"{NAME}{ending}"
    return read_plan_document(path.read_bytes(), file_name=path.name)


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(params=[".docx", ".txt"])
def plan(request: pytest.FixtureRequest) -> PlanDocument:
    return read(request.param)


def test_its_groups_and_tasks_come_in_the_plans_order(plan: PlanDocument) -> None:
    kinds = {row.ordinal: row.kind for row in plan.rows}

    assert [row.ordinal for row in plan.rows] == ORDINALS
    assert [o for o in ORDINALS if kinds[o] is RowKind.GROUP] == ["1", "2", "3", "4", "5"]
    assert sum(kind is RowKind.TASK for kind in kinds.values()) == 30
    assert [row.number for row in plan.rows] == list(range(2, 37))


def test_it_says_what_it_is_and_no_number_that_it_only_cites(plan: PlanDocument) -> None:
    assert plan.title is not None
    assert plan.title.startswith("Triển khai thực hiện Nghị quyết số 47/NQ-CP ngày 15/4/2024 của")
    assert plan.title.endswith("công tác thông tin đối ngoại trong tình hình mới")
    assert "  " not in plan.title
    assert (plan.number, plan.issued_on) == (None, None)


def test_titles_are_clean(plan: PlanDocument) -> None:
    for title in (row.title for row in plan.rows):
        assert title
        assert title == unicodedata.normalize("NFC", one_line(title))
        assert not re.search(r"\[|bookmark|[\n\t\u00a0]| {2}", title)


def test_nothing_in_it_is_doubtful(plan: PlanDocument) -> None:
    assert plan.warnings == ()
    assert [row.ordinal for row in plan.rows if row.warnings] == []


def test_every_row_keeps_its_five_cells_under_their_headings(plan: PlanDocument) -> None:
    for row in plan.rows:
        assert tuple(heading for heading, _ in row.cells) == HEADINGS
        assert [text for _, text in row.cells][2:] == [row.lead, row.coordinating, row.time_frame]


def test_the_words_of_every_cell_are_those_of_the_file() -> None:
    table = (SAMPLES / f"{NAME}.txt").read_text().partition("\tThời gian thực hiện\n")[2]
    cells = [cell.strip("\n") for cell in table.split("\t")[1:]]

    read_cells = [text for row in read(".txt").rows for _, text in row.cells]

    assert read_cells == cells


def test_verbatim_words_keep_breaks_and_odd_spaces(plan: PlanDocument) -> None:
    rows = {row.ordinal: row for row in plan.rows}

    assert rows["2.1"].lead == "Sở Thông tin và\nTruyền thông"
    assert rows["2.1"].time_frame == "2024 "
    assert "\u00a0Xúc tiến đầu tư" in rows["3.10"].lead
    assert rows["4.4"].coordinating.count("\n") == 1


def test_both_forms_read_alike() -> None:
    docx, text = read(".docx"), read(".txt")

    assert (docx.title, docx.number, docx.issued_on) == (text.title, text.number, text.issued_on)
    assert len(docx.rows) == len(text.rows)
    for ours, theirs in zip(docx.rows, text.rows, strict=True):
        assert (ours.number, ours.kind, ours.ordinal) == (
            theirs.number,
            theirs.kind,
            theirs.ordinal,
        )
        assert ours.title == theirs.title
        for field in ("lead", "coordinating", "time_frame"):
            assert one_line(getattr(ours, field)) == one_line(getattr(theirs, field))


def test_the_text_form_survives_an_editor_that_strips_ends_of_lines() -> None:
    text = (SAMPLES / f"{NAME}.txt").read_text()
    stripped = "\n".join(line.rstrip() for line in text.split("\n"))

    plan = read_plan_document(stripped.encode(), file_name="plan.txt")

    def told(plan: PlanDocument) -> list[tuple[str, ...]]:
        return [
            (r.ordinal, r.title, *map(one_line, (r.lead, r.coordinating, r.time_frame)))
            for r in plan.rows
        ]

    assert told(plan) == told(read(".txt"))


def test_the_true_media_type_is_given() -> None:
    assert read(".docx").media_type.endswith("wordprocessingml.document")
    assert read(".txt").media_type == "text/plain"

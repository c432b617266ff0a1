"""Words that Word hides, and changes that nobody has accepted yet: what is seen is what counts."""

import pytest

from app.documents.tables.plan_rows import PlanDocument
from tests.support.plan_files import HEADING, cell, codes, read_docx, row

FIRST = ("1", "Việc một", "Sở Nội vụ", "", "Quý I/2026")


def runs(*texts: tuple[str, str]) -> str:
    """A cell of runs, each of its text and the properties of its font."""
    written = (
        f'<w:r><w:rPr>{font}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
        for text, font in texts
    )
    return cell(inner=f"<w:p>{''.join(written)}</w:p>")


VANISH = "<w:vanish/>"


@pytest.mark.parametrize(
    ("lead", "seen", "unseen"),
    [
        (runs(("Sở Y tế, ", VANISH), ("Sở Nội vụ", "")), "Sở Nội vụ", "Sở Y tế,"),
        (runs(("Sở Nội vụ", ""), ("; Công an tỉnh", VANISH)), "Sở Nội vụ", "; Công an tỉnh"),
        (runs(("Công an tỉnh", VANISH)), "", "Công an tỉnh"),
    ],
)
def test_hidden_words_of_a_row_lead_nothing_and_are_named(
    lead: str, seen: str, unseen: str
) -> None:
    plan = read_docx(row(*HEADING), row("1", "Việc một", lead, "", "Quý I/2026"))

    [task] = plan.rows
    assert task.lead == seen
    [said] = [one.detail.vi for one in task.warnings if one.code == "words_hidden"]
    assert f"“{unseen}”" in said


def test_fonts_that_do_not_hide_change_nothing() -> None:
    shown = runs(("Sở Nội vụ", '<w:vanish w:val="0"/>'))

    [task] = read_docx(row(*HEADING), row("1", "Việc một", shown, "", "Quý I/2026")).rows

    assert (task.lead, codes(task)) == ("Sở Nội vụ", [])


def changed(kind: str) -> PlanDocument:
    text = (
        "<w:r><w:delText>cũ</w:delText></w:r>"
        if kind in {"del", "moveFrom"}
        else ("<w:r><w:t>mới</w:t></w:r>")
    )
    title = cell(inner=f'<w:p><w:r><w:t>Việc</w:t></w:r><w:{kind} w:id="1">{text}</w:{kind}></w:p>')
    return read_docx(row(*HEADING), row("1", title, *FIRST[2:]))


@pytest.mark.parametrize("kind", ["ins", "del", "moveFrom", "moveTo"])
def test_tracked_changes_of_a_table_are_pointed_out(kind: str) -> None:
    assert "changes_tracked" in codes(changed(kind))


@pytest.mark.parametrize("mark", ["<w:del/>", "<w:ins/>"])
def test_rows_that_come_or_go_by_a_tracked_change_are_pointed_out(mark: str) -> None:
    second = row("2", "Việc hai", "Sở Y tế", "", "Quý I/2026", properties=mark)

    assert "changes_tracked" in codes(read_docx(row(*HEADING), row(*FIRST), second))


def test_a_table_without_changes_says_nothing_of_them() -> None:
    assert "changes_tracked" not in codes(read_docx(row(*HEADING), row(*FIRST)))

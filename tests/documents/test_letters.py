"""The letter of a report: where its pages end, what stays together, what groups are called."""

from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn

from app.documents.word.letter import LetterTable
from app.documents.word.markup import table
from app.documents.word.writer import write_letter
from app.domain.consolidated_reports.letter import letter_of
from app.domain.consolidated_reports.words import group_words, standing
from benchmarks.report_files import content_of

CONTENT = content_of(3, 50)
GROUP = CONTENT.lead.by_group[0]


def test_an_appendix_that_fills_its_page_takes_no_other_one() -> None:
    """Below its last table stands nothing but the end of its pages, a point high."""
    document = docx.Document(BytesIO(write_letter(letter_of(CONTENT, None))))
    body = list(document.element.body)
    ends = [n for n, one in enumerate(body) if one.xpath("./w:pPr/w:sectPr | self::w:sectPr")]
    assert len(ends) > 2
    for number in ends[1:]:
        last = body[number] if body[number].tag == qn("w:p") else body[number - 1]
        assert last.xpath("./w:pPr/w:spacing/@w:line") == ["20"]
        assert last.getprevious().tag == qn("w:tbl")


def test_the_rows_of_a_whole_table_stay_together() -> None:
    def kept(is_whole: bool) -> list[bool]:
        rows = list(
            table(LetterTable(("a", "b"), (1, 1), [("c", "d"), ("e", "f")], is_whole=is_whole))
        )
        return ["<w:keepNext/>" in row for row in rows[1:-1]]

    assert kept(is_whole=True) == [True] * 3
    assert kept(is_whole=False) == [False] * 3


def test_groups_of_nothing_are_not_told_and_those_without_a_name_are_said() -> None:
    def group(total: int, waiting: int) -> Any:
        now = {"total": total, "awaiting_handover": waiting}
        return GROUP.model_copy(update={"label": None, "statistics": {"by_current_deadline": now}})

    assert standing([GROUP, group(0, 0)]) == [GROUP]
    assert [group_words(one) for one in (GROUP, group(3, 3), group(3, 1))] == [
        "Nhóm nhiệm vụ 0",
        "Chờ bàn giao",
        "Không thuộc nhóm",
    ]

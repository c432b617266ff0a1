"""A plan's own number and day, and never those of what it cites."""

from datetime import date

import pytest

from app.documents.plan_table import PlanDocument, read_plan_document
from tests.support.plan_files import HEADING, codes, docx, paragraph, row, table

TASKS = table(row(*HEADING), row("1", "Việc", "Sở A", "", "2024"))
CITING = "Tiếp tục thực hiện Kế hoạch số 46/KH-UBND ngày 30/01/2024 của Ủy ban nhân dân tỉnh."


def letter(number: str, day: str) -> str:
    return table(
        row(
            f"ỦY BAN NHÂN DÂN\nTỈNH HÀ TĨNH\n{number}",
            f"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n{day}",
        )
    )


def read(*paragraphs: str, before: str = "") -> PlanDocument:
    body = before + "".join(paragraph(text) for text in paragraphs) + TASKS
    return read_plan_document(docx(body), file_name="plan.docx")


@pytest.mark.parametrize(
    ("number", "day", "expected"),
    [
        (
            "Số: 46/KH-UBND",
            "Hà Tĩnh, ngày 30 tháng 01 năm 2024",
            ("46/KH-UBND", date(2024, 1, 30)),
        ),
        (
            "Số:  123 / QĐ-UBND",
            "Hà Tĩnh, ngày 5 tháng 10 năm 2024",
            ("123/QĐ-UBND", date(2024, 10, 5)),
        ),
        (
            "Số: 46/KH-UBND      Hà Tĩnh, ngày 30 tháng 01 năm 2024",
            "",
            ("46/KH-UBND", date(2024, 1, 30)),
        ),
        ("Theo công văn Số: 12/UBND-VX2", "Theo văn bản tại Hà Tĩnh, ngày 3 tháng 1", (None, None)),
        ("Số:        /KH-UBND", "Hà Tĩnh, ngày      tháng     năm 2024", (None, None)),
        ("Số: …/KH-UBND", "Hà Tĩnh, ngày … tháng … năm 2024", (None, None)),
        ("Số: 7/KH-STTTT", "Hà Tĩnh, ngày 31 tháng 02 năm 2024", ("7/KH-STTTT", None)),
    ],
)
def test_the_letterhead_gives_number_and_day(
    number: str, day: str, expected: tuple[str | None, date | None]
) -> None:
    plan = read("KẾ HOẠCH", "Thông tin đối ngoại", "", CITING, before=letter(number, day))

    assert (plan.number, plan.issued_on) == expected
    assert plan.title == "Thông tin đối ngoại"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "(Kèm theo Kế hoạch số 46/KH-UBND ngày 30/01/2024 của UBND tỉnh)",
            ("46/KH-UBND", date(2024, 1, 30)),
        ),
        (
            "(Ban hành kèm theo Quyết định số: 12/2024/QĐ-UBND ngày 01 tháng 02 năm 2024)",
            ("12/2024/QĐ-UBND", date(2024, 2, 1)),
        ),
        ("(Kèm theo Kế hoạch số       /KH-UBND ngày     tháng    năm 2024)", (None, None)),
        ("(Kèm theo Kế hoạch số  /KH-UBND thực hiện NQ 47/NQ-CP ngày 15/4/2024)", (None, None)),
        (CITING, (None, None)),
        ("Số: 46/KH-UBND được tiếp tục thực hiện", (None, None)),
    ],
)
def test_an_appendix_names_the_plan_it_belongs_to(
    line: str, expected: tuple[str | None, date | None]
) -> None:
    plan = read("KẾ HOẠCH", "Thông tin đối ngoại", "", "I. MỤC TIÊU", line)

    assert (plan.number, plan.issued_on) == expected


def test_two_different_numbers_give_none_and_a_warning() -> None:
    plan = read(
        "KẾ HOẠCH",
        "Thông tin đối ngoại",
        "(Kèm theo Kế hoạch số 47/KH-UBND ngày 30/01/2024)",
        before=letter("Số: 46/KH-UBND", "Hà Tĩnh, ngày 30 tháng 01 năm 2024"),
    )

    assert (plan.number, plan.issued_on) == (None, date(2024, 1, 30))
    assert codes(plan) == ["number_uncertain"]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            ("KẾ HOẠCH", "Chuyển đổi số", "tỉnh Hà Tĩnh", "", "Căn cứ Luật"),
            "Chuyển đổi số tỉnh Hà Tĩnh",
        ),
        (("KẾ HOẠCH", "Chuyển đổi số", "Căn cứ Luật Công nghệ thông tin"), "Chuyển đổi số"),
        (("KẾ HOẠCH", "Chuyển đổi số", "________", "Nội dung"), "Chuyển đổi số"),
        (("KẾ HOẠCH", "Chuyển đổi số", "với các nội dung sau:", "Một"), "Chuyển đổi số"),
        (("KẾ HOẠCH", "Chuyển đổi số", "I. MỤC TIÊU"), "Chuyển đổi số"),
        (("KẾ HOẠCH", "", "Chuyển đổi số", "", "Nội dung"), "Chuyển đổi số"),
        (("KẾ HOẠCH CHUYỂN ĐỔI SỐ", "(Kèm theo Công văn)"), "CHUYỂN ĐỔI SỐ"),
        (("KẾ HOẠCH\nChuyển đổi số\u00a0 năm 2024", ""), "Chuyển đổi số năm 2024"),
        (("Kế hoạch", "này được thực hiện"), None),
        (("PHỤ LỤC", "DANH MỤC NHIỆM VỤ"), None),
    ],
)
def test_the_title_is_what_stands_under_the_name_of_the_document(
    lines: tuple[str, ...], title: str | None
) -> None:
    assert read(*lines).title == title

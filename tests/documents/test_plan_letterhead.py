"""A plan's own number and day, and never those of what it cites."""

from datetime import date

import pytest

from app.documents.tables.plan_table import PlanDocument, read_plan_document
from tests.support.plan_files import HEADING, codes, docx, paragraph, row, table
from tests.support.plan_readings import reading_of

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
        # A paper of the Party, and symbols with spaces in them.
        (
            "Số: 12-KH/TU",
            "Hà Tĩnh, ngày 05 tháng 01 năm 2026",
            ("12-KH/TU", date(2026, 1, 5)),
        ),
        ("Số 45 - CTr/HU", "Kỳ Anh, ngày 05/01/2026", ("45-CTr/HU", date(2026, 1, 5))),
        ("Số: 123 /KH - SNV", "Hà Tĩnh, ngày 5/1/2026", ("123/KH-SNV", date(2026, 1, 5))),
        ("Số: 15 / KH – UBND", "Hà Tĩnh, ngày 5/1/2026", ("15/KH-UBND", date(2026, 1, 5))),
        ("Số:     -KH/TU", "Hà Tĩnh, ngày     tháng 01 năm 2026", (None, None)),
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
        (
            "(Kèm theo Kế hoạch số 12-KH/TU ngày 05/01/2026 của Tỉnh ủy)",
            ("12-KH/TU", date(2026, 1, 5)),
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
        (("PHỤ LỤC", "DANH MỤC NHIỆM VỤ"), "DANH MỤC NHIỆM VỤ"),
        (("Phụ lục II", "Phân công nhiệm vụ", "(Kèm theo Kế hoạch)"), "Phân công nhiệm vụ"),
        (("CHƯƠNG TRÌNH HÀNH ĐỘNG", "Thực hiện Nghị quyết 57"), "Thực hiện Nghị quyết 57"),
        (
            ("QUYẾT ĐỊNH", "Về việc ban hành Kế hoạch năm 2026"),
            "Về việc ban hành Kế hoạch năm 2026",
        ),
    ],
)
def test_the_title_is_what_stands_under_the_name_of_the_document(
    lines: tuple[str, ...], title: str | None
) -> None:
    assert read(*lines).title == title


@pytest.mark.parametrize("number", ["Số: 12/KH-UBND", "Số 12/KH-UBND", "Số : 12 /KH-UBND"])
@pytest.mark.parametrize("day", ["ngày 05 tháng 01 năm 2026", "ngày 5/1/2026", "ngày 05.01.2026"])
def test_number_and_day_in_other_forms(number: str, day: str) -> None:
    plan = read(number, f"Hà Tĩnh, {day}", "KẾ HOẠCH", "Công tác năm 2026")

    assert (plan.number, str(plan.issued_on)) == ("12/KH-UBND", "2026-01-05")


@pytest.mark.parametrize(
    ("title", "life", "quarter"),
    [
        ("Chuyển đổi số năm 2026, định hướng đến năm 2030", "2026-01-01 2026-12-31", "2026-03-31"),
        ("Cải cách từ nay đến năm 2030", "None 2030-12-31", "None"),
        # A quarter of several years: nobody can tell of which year it is.
        ("Cải cách hai năm 2026, 2027", "2026-01-01 2027-12-31", "None"),
        ("Cải cách các năm 2026 và 2027", "2026-01-01 2027-12-31", "None"),
        ("Kế hoạch 5 năm (2026 - 2030)", "2026-01-01 2030-12-31", "None"),
        ("Phổ cập giáo dục năm học 2026-2027", "None None", "None"),
    ],
)
def test_the_years_of_a_title_in_other_words(title: str, life: str, quarter: str) -> None:
    rows = table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", "Quý I"))
    body = paragraph("KẾ HOẠCH") + paragraph(title) + rows

    reading = reading_of(docx(body), "plan.docx")

    [only] = reading.rows
    assert only.time_frame
    assert f"{reading.starts_on} {reading.ends_on}" == life
    assert str(only.time_frame.ends_on) == quarter


@pytest.mark.parametrize(
    ("issued", "time", "ends_on"),
    [
        ("05 tháng 01 năm 2026", "Quý I", "2026-03-31"),
        ("20 tháng 12 năm 2025", "Quý I", "None"),
        ("20 tháng 12 năm 2025", "Quý I/2025", "2025-03-31"),
    ],
)
def test_a_day_without_a_year_is_never_before_the_day_of_issue(
    issued: str, time: str, ends_on: str
) -> None:
    rows = table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", time))
    lines = ("Số: 12/KH-UBND", f"Hà Tĩnh, ngày {issued}", "KẾ HOẠCH", "Cải cách thủ tục")

    [only] = reading_of(docx("".join(map(paragraph, lines)) + rows), "plan.docx").rows

    assert only.time_frame
    assert str(only.time_frame.ends_on) == ends_on


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("BIỂU TỔNG HỢP NHIỆM VỤ NĂM 2026", "BIỂU TỔNG HỢP NHIỆM VỤ NĂM 2026"),
        ("BẢNG PHÂN CÔNG NHIỆM VỤ NĂM 2026", "BẢNG PHÂN CÔNG NHIỆM VỤ NĂM 2026"),
        ("NHIỆM VỤ TRỌNG TÂM NĂM 2026", "NHIỆM VỤ TRỌNG TÂM NĂM 2026"),
        ("Phụ lục I: DANH MỤC NHIỆM VỤ NĂM 2026", "DANH MỤC NHIỆM VỤ NĂM 2026"),
        ("PHỤ LỤC 2. NHIỆM VỤ NĂM 2026", "NHIỆM VỤ NĂM 2026"),
    ],
)
def test_an_appendix_is_named_in_many_ways_and_its_year_serves(line: str, title: str) -> None:
    tasks = table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", "Quý I"))

    reading = reading_of(docx(paragraph(line) + tasks), "plan.docx")

    assert reading.document.title == title
    [task] = reading.rows
    assert task.time_frame is not None
    assert task.time_frame.ends_on == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("title", "life"),
    [
        # Years that are looked back on.
        ("Tổng kết 10 năm thực hiện Chỉ thị số 05-CT/TW (2016 - 2026)", (None, None, [])),
        ("Tổng kết 15 năm (2011 - 2026) phong trào, năm 2026", (2026, 2026, [])),
        # Seasons begin in one year and end in the next.
        ("Phòng cháy, chữa cháy rừng mùa khô 2025-2026", (None, None, [])),
        ("Sản xuất vụ Đông Xuân 2026-2027", (None, None, [])),
        # A vision is no period, and what stands behind it may be one.
        ("Thực hiện Đề án giai đoạn 2026-2030, tầm nhìn đến năm 2045", (2026, 2030, [])),
        ("Phát triển đến 2030, định hướng giai đoạn 2031-2035 năm 2026", (2026, 2026, [])),
        (
            "Thực hiện Đề án giai đoạn 2022-2025, tầm nhìn đến năm 2030 năm 2026",
            (None, None, ["life_in_doubt"]),
        ),
    ],
)
def test_years_in_a_title_are_the_plans_only_where_it_runs_in_them(
    title: str, life: tuple[int | None, int | None, list[str]]
) -> None:
    tasks = table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", "Hằng năm"))

    reading = reading_of(docx(paragraph("KẾ HOẠCH") + paragraph(title) + tasks), "plan.docx")

    first, last = reading.starts_on, reading.ends_on
    codes_said = [one.code for one in reading.warnings]
    assert (first and first.year, last and last.year, codes_said) == life

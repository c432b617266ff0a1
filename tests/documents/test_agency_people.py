"""People beside bodies in one cell: the body is kept, the person is not."""

import pytest

from app.documents.tables.people import without_people
from app.domain.plans.reading_json import describe_reading
from app.domain.plans.readings import kept_words
from tests.documents.test_plan_kinds import in_word
from tests.support.plan_files import docx, paragraph, row, table
from tests.support.plan_readings import book, reading_of
from tests.support.sample_facts import COMMITTEE_OFFICE, DEPARTMENTS, FATHERLAND_FRONT, HOME_AFFAIRS


@pytest.mark.parametrize(
    "cell",
    [
        "Sở Nội vụ - Nguyễn Văn An - 0912 345 678",
        "Nguyễn Văn An - Sở Nội vụ",
        "Sở Nội vụ - đ/c Tuấn",
        "Sở Nội vụ: chị Hoa",
        "Sở Nội vụ; Nguyễn Văn An và Trần Thị Bình",
    ],
)
def test_a_body_beside_a_person_is_not_lost_and_the_person_not_kept(cell: str) -> None:
    [only] = in_word([("TT", "Việc", "Chủ trì", "Hạn"), ("1", "Việc", cell, "Quý I/2026")]).rows

    assert [one.mention.code for one in only.assignees] == [HOME_AFFAIRS]
    assert "people_left_out" in [warning.code for warning in only.warnings]
    for word in ("Văn An", "Thị Bình", "Tuấn", "Hoa", "0912"):
        assert word not in f"{only.row.cells}{only.assignees}"


@pytest.mark.parametrize(
    "cell",
    ["Đồng chí Nguyễn Văn An, Phó Giám đốc Sở Nội vụ", "Sở Nội vụ - 0912345678"],
)
def test_who_is_named_with_a_body_leaves_the_body_to_a_person(cell: str) -> None:
    [only] = book().read_cell(cell)

    assert (only.code, only.is_person) == (None, False)
    assert [one.code for one in only.suggestions] == [HOME_AFFAIRS]


def test_a_body_in_brackets_behind_a_person_is_asked_about() -> None:
    found = book().read_cell("Nguyễn Văn An (Sở Nội vụ)")

    assert [(one.is_person, [each.code for each in one.suggestions]) for one in found] == [
        (False, [HOME_AFFAIRS]),
        (True, []),
    ]


def test_places_that_bear_the_names_of_people_are_no_people() -> None:
    for cell in (
        "UBND các phường: Trần Phú, Lê Lợi",
        "UBND xã Hà Linh, Mai Hoa, Lê Lợi",
        "Trần Phú",
    ):
        assert not any(one.is_person for one in book().read_cell(cell))


def test_a_comrade_who_heads_a_body_is_the_body() -> None:
    assert [one.code for one in book().read_cell("Đồng chí Giám đốc Sở Nội vụ")] == [HOME_AFFAIRS]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Sở Y tế (BS. Nguyễn Văn An)", "Sở Y tế (BS. [họ tên])"),
        ("Sở Y tế (Nguyễn Văn An)", "Sở Y tế ([họ tên])"),
        ("PGĐ Trần Bình phụ trách", "PGĐ [họ tên] phụ trách"),
        ("đ/c Hoa (0912 345 678)", "đ/c [họ tên] ([số điện thoại])"),
        ("(0239) 3 855 123", "[số điện thoại]"),
        ("Gửi an.nv@hatinh.gov.vn", "Gửi [thư điện tử]"),
        ("đồng chí Giám đốc Sở Nội vụ", "đồng chí Giám đốc Sở Nội vụ"),
        ("Sở Nội vụ (Hà Tĩnh)", "Sở Nội vụ (Hà Tĩnh)"),
        ("Trường THPT Phan Đình Phùng", "Trường THPT Phan Đình Phùng"),
    ],
)
def test_people_are_hidden_and_nothing_else(text: str, kept: str) -> None:
    assert without_people(text) == kept


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("VPUBND tỉnh", COMMITTEE_OFFICE),
        ("BCHQS tỉnh", "BCHQS"),
        ("Bộ CHBĐBP tỉnh", "BDBP"),
        ("Ủy ban MTTQ Việt Nam tỉnh", FATHERLAND_FRONT),
        ("UBMTTQVN tỉnh", FATHERLAND_FRONT),
        ("Tất cả các sở, ban, ngành", DEPARTMENTS),
        ("Toàn thể các sở, ngành", DEPARTMENTS),
    ],
)
def test_usual_abbreviations_and_everybody(cell: str, code: str) -> None:
    assert [one.code for one in book().read_cell(cell)] == [code]


def test_all_bodies_and_units_are_one_class() -> None:
    assert len(book().read_cell("Tất cả các cơ quan, đơn vị")) == 1


def test_who_signed_is_kept_neither_in_a_row_left_out_nor_in_the_text() -> None:
    rows = [
        ("TT", "Việc", "Chủ trì", "Hạn"),
        ("1", "Việc", "Sở Nội vụ", "Quý I/2026"),
        ("", "Người lập", "KT. GIÁM ĐỐC", ""),
        ("", "Nguyễn Văn An", "Trần Thị Bình", ""),
    ]
    lines = ("KẾ HOẠCH", "Công tác năm 2026", "I. MỤC ĐÍCH", "Nâng cao.", "CHỦ TỊCH", "Lê Văn Tám")
    body = "".join(map(paragraph, lines)) + table(*(row(*cells) for cells in rows))

    told = describe_reading(reading_of(docx(body), "plan.docx"), book(), {})

    assert [one["text"] for one in told["left_out"]][1:] == ["[họ tên] | [họ tên]"]
    assert told["body"]["sections"][0]["text"] == "Nâng cao.\nCHỦ TỊCH\n[họ tên]"


@pytest.mark.parametrize(
    "line",
    [
        "1. Thể hiện rõ mục tiêu của Nghị quyết số 47/NQ-CP ngày 15/4/2024 của Chính phủ",
        "Công văn số 1234/UBND ngày 05/12/2026",
        "05/12/2026 - 30/12/2026",
        "Đồng chí Chủ tịch Ủy ban nhân dân tỉnh chỉ đạo các sở, ngành thực hiện",
        "Bà con kiều bào ở nước ngoài",
        "Anh hùng lao động thời kỳ đổi mới",
        "Hà Tĩnh",
        "Thái Nguyên",
        "Vũ Quang",
        "Phan Thiết",
        "Hồ Chí Minh",
        "Kinh phí 1.234.567.000 đồng",
    ],
)
def test_what_says_more_than_a_person_is_kept(line: str) -> None:
    assert kept_words(line) == line


@pytest.mark.parametrize(
    "line",
    ["Lê Văn Tám", "Ông Lê Văn Tám", "Lê Văn Tám (Phó Giám đốc)", "Lê Văn Tám và Trần Thị Bình"],
)
def test_what_names_people_alone_is_hidden(line: str) -> None:
    assert kept_words(line) == "[họ tên]"

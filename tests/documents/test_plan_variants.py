"""More of the kinds of `tests/plans`, as other offices write them: rows, names, times, prose."""

import pytest

from app.domain.plans.readings import PlanReading
from tests.documents.test_plan_kinds import Read, codes, in_excel, in_word, lines
from tests.support.plan_files import HEADING, docx, paragraph, row, span, table, top, xlsx
from tests.support.plan_files import below as under
from tests.support.plan_readings import book, reading_of, told_name

YEAR = "year: 2026-01-01 – 2026-12-31"


def times(words: list[str]) -> list[str]:
    """The meaning of each time cell in a plan of 2026."""
    rows = [(str(at), f"Việc {at}", "Sở Nội vụ", "", one) for at, one in enumerate(words, 1)]
    body = table(*(row(*cells) for cells in (HEADING, *rows)))
    reading = in_prose("KẾ HOẠCH", "Công tác năm 2026", body=body)
    told = []
    for each in reading.rows:
        assert each.time_frame
        frame = each.time_frame
        due = f" {frame.due_day}/{frame.due_month}" if frame.due_day else ""
        asked = " asked" if frame.needs_person else ""
        told.append(f"{frame.kind} {frame.ends_on}{due}{asked}")
    return told


def in_prose(*texts: str, body: str = "") -> PlanReading:
    return reading_of(docx("".join(map(paragraph, texts)) + body), "plan.docx")


def names(cell: str) -> list[str]:
    """Each name of a cell of leads: its part, its code, or its words."""
    found = book().read_cell(cell)
    return [f"{one.role or 'lead'} {one.code or '?' + one.source_text}" for one in found]


@pytest.mark.parametrize(
    "words",
    [
        *("Mỗi quý một lần", "trước ngày 20 tháng cuối quý", "6 tháng, năm", "Hàng quý"),
        *("Định kỳ 6 tháng/lần", "Hằng tháng (trước ngày 25)", "Tháng 3, tháng 9 hằng năm"),
        *("Chậm nhất ngày 15 hằng tháng", "Ít nhất 2 lần/năm", "Báo cáo quý, 6 tháng, năm"),
        *("Trong quý I và quý III hằng năm", "Tối thiểu 01 lần/quý", "Mỗi năm ít nhất 01 lần"),
        *("Trước 30/6 và 31/12/2026", "Tháng 5/2026 và tháng 10/2026", "Năm học 2026 - 2027"),
        *("Thường xuyên (Báo cáo Quý IV/2026)", "Dịp Tết Nguyên đán", "Theo yêu cầu"),
    ],
)
def test_what_recurs_or_is_not_one_day_goes_to_a_person(words: str) -> None:
    [told] = times([words])

    assert told.endswith("asked")
    assert not told.startswith("continuous")


def test_times_in_other_words_are_read() -> None:
    said = {
        "Hằng năm trước 30/11": "annual None 29/11",
        "Thường xuyên; báo cáo trước 15/12 hằng năm": "annual None 14/12",
        "Hằng năm (Quý IV)": "annual None 31/12",
        "Tháng 12 hàng năm": "annual None 31/12",
        "Quý III - IV năm 2026": "quarter 2026-12-31",
        "Tháng 4-5/2026": "month 2026-05-31",
        "Q3/2026": "quarter 2026-09-30",
        "30.6.2026": "date 2026-06-30",
        "Trước 17h00 ngày 30/6/2026": "date 2026-06-30",
        "Trước ngày 30 tháng 6 năm 2026": "date 2026-06-29",
        "cuối năm 2026": "until_year 2026-12-31",
        "Từ tháng 3 đến tháng 6/2026": "month 2026-06-30",
    }

    assert dict(zip(said, times(list(said)), strict=True)) == said


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Chủ trì: Sở Nội vụ; phối hợp: Sở Tài chính", ["lead SNV", "coordinating STC"]),
        ("Sở Nội vụ, Sở Tài chính (phối hợp)", ["lead SNV", "coordinating STC"]),
        (
            "- Chủ trì: Sở Nội vụ\n- Phối hợp: Các sở, ban, ngành; UBND các xã, phường",
            ["lead SNV", "coordinating SO-BAN-NGANH", "coordinating UBND-CAP-XA"],
        ),
        ("UBND các huyện, TP, TX", ["lead UBND-CAP-HUYEN"]),
        ("Các sở, ban, ngành, đoàn thể", ["lead SO-BAN-NGANH", "lead ?đoàn thể"]),
        # A body that a department advises is not given the task.
        ("Sở Nội vụ tham mưu UBND tỉnh", ["lead SNV", "lead ?tham mưu UBND tỉnh"]),
        ("Sở Nội vụ trình UBND tỉnh", ["lead ?Sở Nội vụ trình UBND tỉnh"]),
        ("Các sở: Nội vụ, Tài chính, Y tế", ["lead SNV", "lead STC", "lead SYT"]),
        ("Bộ Nội vụ", ["lead ?Bộ Nội vụ"]),
    ],
)
def test_names_in_other_forms(cell: str, told: list[str]) -> None:
    assert names(cell) == told


@pytest.mark.parametrize("cell", ["Nguyễn Văn An (0912345678)", "Đ/c Trần Thị Bình (PGĐ)"])
def test_a_person_with_a_remark_is_a_person(cell: str) -> None:
    assert [one.is_person for one in book().read_cell(cell)] == [True]


def test_people_in_notes_and_results_are_not_kept() -> None:
    reading = in_word(
        [
            ("TT", "Nhiệm vụ", "Chủ trì", "Thời hạn", "Sản phẩm", "Ghi chú"),
            ("1", "Việc", "Sở Nội vụ", "2026", "Báo cáo gửi ông Lê Văn Tám", "0912 345 678"),
        ]
    )

    kept = str(reading.rows)
    assert "Lê Văn Tám" not in kept
    assert "345" not in kept


@pytest.mark.parametrize("read", [in_word, in_excel])
def test_numbered_headings_without_a_column_of_ordinals_are_groups(read: Read) -> None:
    rows = [
        ("Nhiệm vụ", "Chủ trì", "Phối hợp", "Thời hạn"),
        ("I. Thể chế", "", "", ""),
        ("Rà soát", "Sở Nội vụ", "", "Năm 2026"),
        ("II. Nhân lực", "", "", ""),
        ("Bồi dưỡng", "Sở Y tế", "", "Năm 2026"),
    ]

    reading = read(rows)

    assert [line.split(" | ")[0] for line in lines(reading)] == [
        *("group I Thể chế", "task I.1 Rà soát < 0"),
        *("group II Nhân lực", "task II.1 Bồi dưỡng < 2"),
    ]


def test_a_sum_and_a_remark_below_the_rows_are_named_and_no_groups() -> None:
    reading = in_excel(
        [
            HEADING,
            ("1", "Một", "Sở Nội vụ", "", "Năm 2026"),
            ("Tổng cộng: 2 nhiệm vụ", "", "", "", ""),
            ("2", "Tổng hợp kết quả", "Sở Y tế", "", "Năm 2026"),
            ("Ghi chú: theo dõi hằng quý", "", "", "", ""),
        ]
    )

    assert [each.row.ordinal for each in reading.rows] == ["1", "2"]
    assert [each.row.parent for each in reading.rows] == [None, None]
    assert [(one.number, one.reason.code) for one in reading.document.left_out] == [
        (3, "sum_row"),
        (5, "sum_row"),
    ]


def test_titles_that_begin_like_a_signature_are_tasks_where_they_assign() -> None:
    reading = in_excel(
        [
            ("STT", "Nhiệm vụ", "Chủ trì", "Thời hạn"),
            ("1", "Rà soát", "Sở Nội vụ", "Quý I/2026"),
            ("", "TM. BAN CHỈ ĐẠO", "", ""),
            ("2", "Nơi nhận hồ sơ: niêm yết", "Sở Nội vụ", "Quý I/2026"),
            ("3", "KT - XH: báo cáo", "Sở Y tế", "Quý I/2026"),
        ]
    )

    assert [each.row.ordinal for each in reading.rows] == ["1", "2", "3"]
    assert [one.text for one in reading.document.left_out] == ["TM. BAN CHỈ ĐẠO"]


def test_a_title_that_goes_on_beyond_its_year_is_in_doubt() -> None:
    body = table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", "Hằng năm"))

    reading = in_prose("KẾ HOẠCH", "Thực hiện Đề án năm 2026 và những năm tiếp theo", body=body)

    assert codes(reading) == ["life_in_doubt"]


def test_columns_in_another_order_with_a_title_over_two_rows() -> None:
    rows: list[list[object]] = [
        ["TT", "Thời hạn", "Nhiệm vụ", "Cơ quan thực hiện", "Sản phẩm"],
        ["1", "Tháng 01/2026", "Ban hành kế hoạch", "Sở Nội vụ", "Của tỉnh"],
        ["", "Tháng 3/2026", "", "UBND các xã, phường", "Của xã"],
    ]

    reading = reading_of(xlsx(rows, merged=["A2:A3", "C2:C3"]), "plan.xlsx")

    assert lines(reading)[1:] == [
        "task 1.1 Ban hành kế hoạch < 0 | month: 2026-01-01 – 2026-01-31 | = Của tỉnh"
        " | lead: SNV “Sở Nội vụ” | ! title_shared",
        "task 1.2 Ban hành kế hoạch < 0 | month: 2026-03-01 – 2026-03-31 | = Của xã"
        " | lead: UBND-CAP-XA “UBND các xã, phường” | ! title_shared",
    ]


def test_leads_and_others_below_one_heading_with_lettered_parts() -> None:
    body = table(
        row(top("TT"), top("Nhiệm vụ"), span(2, "Phân công thực hiện"), top("Thời hạn")),
        row(under(), under(), "Chủ trì", "Phối hợp", under()),
        row("1", "Rà soát", "", "", ""),
        row("a", "Cấp tỉnh", "Sở Nội vụ", "Sở Y tế", "Năm 2026"),
        row("2", "Tập huấn", "", "", ""),
        row("a", "Một", "Sở Y tế", "", "Năm 2026"),
    )

    assert lines(reading_of(docx(body), "plan.docx")) == [
        "group 1 Rà soát",
        f"task a Cấp tỉnh < 0 | {YEAR} | lead: SNV “Sở Nội vụ” | coordinating: SYT “Sở Y tế”",
        "group 2 Tập huấn",
        f"task a Một < 2 | {YEAR} | lead: SYT “Sở Y tế”",
    ]


def proposed(*sentences: str) -> list[str]:
    """The tasks that sentences propose: ordinal, title, time and names, without their warnings."""
    reading = in_prose("KẾ HOẠCH", "Cải cách năm 2026", *sentences)
    told = []
    for each in reading.rows:
        assert each.time_frame
        frame = each.time_frame
        due = f" {frame.due_day}/{frame.due_month}" if frame.due_day else ""
        named = [told_name(one).partition(" “")[0] for one in each.assignees]
        told.append(f"{each.row.ordinal} | {frame.kind} {frame.ends_on}{due} | {', '.join(named)}")
    return told


def test_items_below_the_name_of_a_body_are_its_work() -> None:
    assert proposed(
        "IV. TỔ CHỨC THỰC HIỆN",
        "1. Sở Nội vụ",
        "a) Chủ trì, phối hợp với Sở Tài chính xây dựng đề án trong quý III/2026;",
        "b) Công bố thủ tục trước ngày 15/01/2026.",
        "2. Các sở, ban, ngành và UBND các xã, phường",
        "a) Phối hợp với Sở Nội vụ rà soát thủ tục; định kỳ hằng quý báo cáo.",
    ) == [
        "a) | quarter 2026-09-30 | lead: SNV, coordinating: STC",
        "b) | date 2026-01-14 | lead: SNV",
        "3 | multiple None | coordinating: SO-BAN-NGANH, coordinating: UBND-CAP-XA",
    ]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (
            "Sở Y tế chủ trì, phối hợp với Sở Nội vụ tổ chức tập huấn trong quý II/2026.",
            "1 | quarter 2026-06-30 | lead: SYT, coordinating: SNV",
        ),
        (
            "1. Sở Nội vụ: Chủ trì xây dựng báo cáo; hoàn thành trước 15/12 hằng năm.",
            "1 | annual None 14/12 | lead: SNV",
        ),
        (
            "Giao Sở Nội vụ xây dựng dự thảo trước 30/6/2026, ban hành trước 31/12/2026.",
            "1 | multiple None | lead: SNV",
        ),
        # The day of what is cited is no deadline.
        (
            "Giao Sở Nội vụ chủ trì triển khai Nghị quyết số 57-NQ/TW ngày 22/12/2024.",
            "1 | unknown None | lead: SNV",
        ),
    ],
)
def test_sentences_in_other_forms_propose_tasks(sentence: str, told: str) -> None:
    assert proposed(sentence) == [told]

"""Plans in prose, and what a plan says outside of its table."""

import pytest

from app.documents.tables.plan_table import PlanDocument, read_plan_document
from tests.support.plan_files import DOCX, HEADING, docx, paragraph, row, table


def of_lines(*lines: str, after: str = "") -> PlanDocument:
    body = "".join(map(paragraph, lines)) + after
    return read_plan_document(docx(body), file_name="plan.docx")


@pytest.mark.parametrize(
    ("sentence", "title", "lead", "others", "time"),
    [
        (
            "1. Rà soát phương án. Giao Sở Nội vụ chủ trì, phối hợp với Sở Tài chính hoàn thành "
            "trước ngày 30/6/2026.",
            *("Rà soát phương án", "Sở Nội vụ", "Sở Tài chính", "trước ngày 30/6/2026"),
        ),
        (
            "2. Tập huấn. Cơ quan chủ trì: Sở Y tế. Cơ quan phối hợp: UBND các xã, phường. "
            "Thời gian: Quý III/2026.",
            *("Tập huấn", "Sở Y tế", "UBND các xã, phường", "Quý III/2026"),
        ),
        (
            "3. Giao Sở Công Thương chủ trì, phối hợp với Sở Xây dựng xây dựng đề án chợ "
            "trong năm 2026.",
            *("xây dựng đề án chợ", "Sở Công Thương", "Sở Xây dựng", "trong năm 2026"),
        ),
    ],
)
def test_a_task_is_proposed_from_its_sentence(
    sentence: str, title: str, lead: str, others: str, time: str
) -> None:
    plan = of_lines("KẾ HOẠCH", "Công tác năm 2026", "II. NHIỆM VỤ", sentence)

    [only] = plan.rows
    assert (only.lead, only.coordinating, only.time_frame) == (lead, others, time)
    assert only.title.strip("-. ") == title
    assert only.cells == (("", sentence),)
    assert [warning.code for warning in only.warnings] == ["proposed_from_sentence"]
    assert [warning.code for warning in plan.warnings] == ["prose_plan"]


def test_labels_on_lines_of_their_own_belong_to_the_item_above() -> None:
    plan = of_lines(
        "KẾ HOẠCH",
        "Công tác năm 2026",
        "1. Xây dựng đề án",
        "- Cơ quan chủ trì: Sở Nội vụ",
        "- Cơ quan phối hợp: Sở Y tế",
        "- Thời gian thực hiện: Quý I/2026",
    )

    [only] = plan.rows
    assert (only.ordinal, only.title) == ("1", "Xây dựng đề án")
    assert (only.lead, only.coordinating, only.time_frame) == ("Sở Nội vụ", "Sở Y tế", "Quý I/2026")


def test_each_content_with_its_labels_is_a_task() -> None:
    plan = of_lines(
        "1. Nội dung: Tổ chức lễ khai mạc",
        "- Thời gian: 20/3/2026",
        "- Đơn vị thực hiện: Sở Y tế",
        "2. Nội dung: Tổ chức hội thảo",
        "- Thời gian: 21/3/2026",
        "- Đơn vị thực hiện: Sở Nội vụ",
    )

    assert [(one.ordinal, one.title, one.lead, one.time_frame) for one in plan.rows] == [
        ("1", "Tổ chức lễ khai mạc", "Sở Y tế", "20/3/2026"),
        ("2", "Tổ chức hội thảo", "Sở Nội vụ", "21/3/2026"),
    ]


def test_work_with_a_body_in_brackets_alone_is_named() -> None:
    plan = of_lines(
        "1. Giao Sở Y tế tổ chức tập huấn.",
        "2. Tổ chức đối thoại với doanh nghiệp (Sở Tài chính).",
        "3. Nâng cao nhận thức (nhất là cán bộ trẻ).",
    )

    assert [one.title for one in plan.rows] == ["tổ chức tập huấn"]
    assert [(one.text[:20], one.reason.code) for one in plan.left_out] == [
        ("2. Tổ chức đối thoại", "sentence_not_read")
    ]


def test_following_up_is_no_task() -> None:
    plan = of_lines(
        "KẾ HOẠCH",
        "Công tác năm 2026",
        "1. Giao Sở Y tế chủ trì, phối hợp với Sở Nội vụ tổ chức tập huấn trong năm 2026.",
        "2. Giao Sở Nội vụ chủ trì, theo dõi, đôn đốc, tổng hợp, báo cáo.",
    )

    assert [each.lead for each in plan.rows] == ["Sở Y tế"]
    assert plan.body.coordinator == "Sở Nội vụ"


def test_the_text_of_the_sample_names_who_follows_up_and_who_oversees() -> None:
    body = read_plan_document(DOCX, file_name="plan.docx").body

    assert body.coordinator == "Sở Thông tin và Truyền thông"
    assert body.overseers == (
        "Ban Tuyên giáo Tỉnh ủy, Ban Chỉ đạo Công tác thông tin đối ngoại tỉnh, "
        "Ủy ban Mặt trận Tổ quốc tỉnh"
    )
    assert [heading for heading, _ in body.sections] == [
        "I. MỤC TIÊU, YÊU CẦU",
        "II. NHIỆM VỤ VÀ GIẢI PHÁP",
        "IV. TỔ CHỨC THỰC HIỆN",
    ]
    assert body.recipients[0] == "Bộ Thông tin và Truyền thông"
    assert not any(name.startswith("Lưu") for name in body.recipients)


def test_the_letterhead_and_the_bases_of_a_plan() -> None:
    plan = of_lines(
        "ỦY BAN NHÂN DÂN TỈNH HÀ TĨNH",
        "Số: 12/KH-UBND",
        "Hà Tĩnh, ngày 05 tháng 01 năm 2026",
        "KẾ HOẠCH",
        "Công tác năm 2026",
        "Căn cứ Nghị định số 09/2019/NĐ-CP ngày 24/01/2019 của Chính phủ;",
        "I. MỤC ĐÍCH",
        "Nâng cao chất lượng.",
        after=table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", "Quý I")),
    )

    assert (plan.number, str(plan.issued_on)) == ("12/KH-UBND", "2026-01-05")
    assert plan.body.issuer == "ỦY BAN NHÂN DÂN TỈNH HÀ TĨNH"
    assert plan.body.bases == ("Căn cứ Nghị định số 09/2019/NĐ-CP ngày 24/01/2019 của Chính phủ",)
    assert plan.body.sections == (("I. MỤC ĐÍCH", "Nâng cao chất lượng."),)


HEAD = ("KẾ HOẠCH", "Cải cách năm 2026", "I. TỔ CHỨC THỰC HIỆN")


def told(plan: PlanDocument) -> list[str]:
    """Each proposed row: who leads, who joins in, what is done, by when."""
    return [
        f"{each.lead} + {each.coordinating} | {each.title} | {each.time_frame}"
        for each in plan.rows
    ]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "1. Giao Sở Nội vụ: Xây dựng kế hoạch chi tiết; hoàn thành trong quý II/2026.",
            ["Sở Nội vụ +  | Xây dựng kế hoạch chi tiết | trong quý II/2026"],
        ),
        (
            "UBND các xã, phường có trách nhiệm bố trí kinh phí.",
            ["UBND các xã, phường +  | bố trí kinh phí | "],
        ),
        (
            "6. Công an tỉnh chịu trách nhiệm bảo đảm an ninh trước 30/6/2026.",
            ["Công an tỉnh +  | bảo đảm an ninh | trước 30/6/2026"],
        ),
        (
            "- Sở Tài chính thẩm định dự toán, trình UBND tỉnh trước 30/7/2026.",
            ["Sở Tài chính +  | thẩm định dự toán, trình UBND tỉnh | trước 30/7/2026"],
        ),
        (
            "Phân công Sở Y tế tổ chức tập huấn, thời gian: Quý III/2026.",
            ["Sở Y tế +  | tổ chức tập huấn | Quý III/2026"],
        ),
        (
            "Giao các sở: Nội vụ, Y tế rà soát thủ tục.",
            ["các sở: Nội vụ, Y tế +  | rà soát thủ tục | "],
        ),
        (
            "Giao nhiệm vụ cho Sở Nội vụ xây dựng đề án.",
            ["Sở Nội vụ +  | xây dựng đề án | "],
        ),
        (
            "Trong quý I/2026, Sở Nội vụ ban hành kế hoạch; Sở Tài chính bố trí kinh phí.",
            [
                "Sở Nội vụ +  | ban hành kế hoạch | Trong quý I/2026",
                "Sở Tài chính +  | bố trí kinh phí | ",
            ],
        ),
        (
            "Trước ngày 30/6/2026, giao Sở Nội vụ báo cáo UBND tỉnh.",
            ["Sở Nội vụ +  | báo cáo UBND tỉnh | Trước ngày 30/6/2026"],
        ),
        (
            "- Rà soát thủ tục (Sở Nội vụ chủ trì, hoàn thành trong Quý I/2026)",
            ["Sở Nội vụ +  | Rà soát thủ tục | trong Quý I/2026"],
        ),
        (
            "Sở Nội vụ phối hợp với Sở Tài chính tổ chức hội nghị.",
            ["Sở Nội vụ + Sở Tài chính | tổ chức hội nghị | "],
        ),
        (
            "Giao Sở Nội vụ tham mưu đề án; giao Sở Tài chính bố trí kinh phí.",
            ["Sở Nội vụ +  | tham mưu đề án | ", "Sở Tài chính +  | bố trí kinh phí | "],
        ),
        (
            "Nội dung: Rà soát. Đơn vị chủ trì: Sở Nội vụ. Thời gian thực hiện: Quý I/2026.",
            ["Sở Nội vụ +  | Rà soát | Quý I/2026"],
        ),
    ],
)
def test_sentences_that_assign_in_other_words_are_proposed(sentence: str, rows: list[str]) -> None:
    assert told(of_lines(*HEAD, sentence)) == rows


def test_the_name_of_a_body_heads_all_that_stands_below_it() -> None:
    plan = of_lines(
        *HEAD,
        *("1. Sở Nội vụ", "- Xây dựng đề án trong quý III/2026;"),
        *("2. Sở Tài chính:", "Bố trí kinh phí hằng năm."),
        *("3. UBND các xã, phường", "3.1. Rà soát hộ nghèo.", "3.2. Báo cáo Sở Nội vụ."),
        *("4. Ủy ban MTTQ tỉnh (đề nghị)", "a. Tuyên truyền."),
        "Trên đây là Kế hoạch năm 2026, yêu cầu các cơ quan thực hiện.",
    )

    assert [(each.ordinal, each.lead, each.title) for each in plan.rows] == [
        ("1", "Sở Nội vụ", "Xây dựng đề án"),
        ("2", "Sở Tài chính", "Bố trí kinh phí"),
        ("3.1", "UBND các xã, phường", "Rà soát hộ nghèo"),
        ("3.2", "UBND các xã, phường", "Báo cáo Sở Nội vụ"),
        ("a", "Ủy ban MTTQ tỉnh", "Tuyên truyền"),
        ("6", "các cơ quan", "Trên đây là Kế hoạch năm 2026"),
    ]


@pytest.mark.parametrize("mark", ["- ", "a) ", "+ ", ""])
def test_labels_with_any_mark_belong_to_the_item_above(mark: str) -> None:
    plan = of_lines(
        *HEAD,
        *("1. Rà soát", f"{mark}Chủ trì: Sở Nội vụ", f"{mark}Thời hạn: Quý I/2026"),
        f"{mark}Sản phẩm: Báo cáo",
        *("2. Tập huấn", f"{mark}Đơn vị thực hiện: Sở Y tế", f"{mark}Phối hợp: Sở Nội vụ"),
    )

    assert told(plan) == [
        "Sở Nội vụ +  | Rà soát | Quý I/2026",
        "Sở Y tế + Sở Nội vụ | Tập huấn | ",
    ]
    assert plan.rows[0].expected_result == "Báo cáo"
    assert "Thời hạn: Quý I/2026" in plan.rows[0].cells[0][1]


def test_sentences_that_gave_no_task_are_named_with_the_reason() -> None:
    plan = of_lines(
        *HEAD,
        "1. Giao Sở Y tế tổ chức tập huấn trong năm 2026.",
        "2. Giao Sở Nội vụ theo dõi, đôn đốc, tổng hợp, báo cáo.",
        "3. Giao Sở Tài chính những việc còn lại.",
    )

    assert [one.reason.code for one in plan.left_out] == ["following_up", "sentence_not_read"]
    assert plan.left_out[1].text == "3. Giao Sở Tài chính những việc còn lại."
    assert plan.rows_seen == 3


BODY_HEAD = ("KẾ HOẠCH", "Công tác năm 2026")
TASKS = table(row(*HEADING), row("1", "Việc", "Sở Nội vụ", "", "Quý I"))


@pytest.mark.parametrize(
    "sentence",
    [
        "1. Sở Nội vụ là cơ quan thường trực, theo dõi, đôn đốc, tổng hợp báo cáo UBND tỉnh.",
        "1. Sở Nội vụ: Chủ trì, theo dõi, hướng dẫn, đôn đốc các cơ quan thực hiện.",
        "Sở Nội vụ chủ trì, phối hợp với Sở Y tế theo dõi, đôn đốc việc thực hiện.",
        "Giao Sở Nội vụ phối hợp Sở Y tế đôn đốc thực hiện Kế hoạch.",
        "Giao Sở Nội vụ làm đầu mối tổng hợp, theo dõi, báo cáo UBND tỉnh.",
        "Giao Sở Nội vụ chịu trách nhiệm hướng dẫn, kiểm tra, đôn đốc các đơn vị.",
        "Giao Sở Y tế bố trí kinh phí. Giao Sở Nội vụ theo dõi, đôn đốc việc thực hiện.",
        "1. Sở Nội vụ\n- Chủ trì, theo dõi, đôn đốc việc thực hiện Kế hoạch.",
    ],
)
def test_who_follows_a_plan_up_in_other_words(sentence: str) -> None:
    plan = of_lines(*BODY_HEAD, *sentence.split("\n"), after=TASKS)

    assert plan.body.coordinator == "Sở Nội vụ"


@pytest.mark.parametrize(
    ("sentence", "overseers"),
    [
        (
            "Đề nghị Ủy ban MTTQ tỉnh và các tổ chức chính trị - xã hội tham gia giám sát.",
            "Ủy ban MTTQ tỉnh và các tổ chức chính trị - xã hội",
        ),
        (
            "Đề nghị Thường trực HĐND tỉnh, các Ban HĐND tỉnh giám sát việc thực hiện.",
            "Thường trực HĐND tỉnh, các Ban HĐND tỉnh",
        ),
        ("Đề nghị Ủy ban MTTQ tỉnh tuyên truyền, vận động Nhân dân.", None),
    ],
)
def test_who_oversees_a_plan_in_other_words(sentence: str, overseers: str | None) -> None:
    assert of_lines(*BODY_HEAD, sentence, after=TASKS).body.overseers == overseers


@pytest.mark.parametrize(
    ("lines", "issuer"),
    [
        (("ỦY BAN NHÂN DÂN", "TỈNH HÀ TĨNH"), "ỦY BAN NHÂN DÂN TỈNH HÀ TĨNH"),
        (("UBND TỈNH HÀ TĨNH", "SỞ NỘI VỤ"), "SỞ NỘI VỤ"),
        (("UBND TỈNH HÀ TĨNH", "BAN QUẢN LÝ KHU KINH TẾ"), "BAN QUẢN LÝ KHU KINH TẾ"),
    ],
)
def test_the_issuer_is_the_body_whose_paper_it_is(lines: tuple[str, ...], issuer: str) -> None:
    assert of_lines(*lines, *BODY_HEAD, after=TASKS).body.issuer == issuer


@pytest.mark.parametrize("headings", ["I. Mục đích|II. Nội dung", "A. MỤC ĐÍCH|B. NỘI DUNG"])
def test_parts_of_a_plan_are_headed_in_other_ways_too(headings: str) -> None:
    first, second = headings.split("|")
    bases = ("Căn cứ Luật Đầu tư;", "Thực hiện Kế hoạch số 5/KH-TU của Tỉnh ủy;")

    lines = (*bases, first, "Nâng cao.", second, "Như phụ lục.")
    body = of_lines(*BODY_HEAD, *lines, after=TASKS).body

    assert body.sections == ((first, "Nâng cao."), (second, "Như phụ lục."))
    assert body.bases == tuple(each.rstrip(";") for each in bases)

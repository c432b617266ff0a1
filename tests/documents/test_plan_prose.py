"""Plans in prose, and what a plan says outside of its table."""

import pytest

from app.documents.plan_table import PlanDocument, read_plan_document
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

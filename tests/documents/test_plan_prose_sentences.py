"""Sentences of prose plans in other orders: who acts, who joins in, by when, and what is done."""

import pytest

from app.domain.plans.readings import PlanReading
from tests.documents.test_plan_kinds import lines
from tests.support.plan_files import docx, paragraph
from tests.support.plan_readings import reading_of

HEAD = ("KẾ HOẠCH", "Phòng cháy, chữa cháy rừng năm 2026", "II. NỘI DUNG")
ANY = "Sở Tư pháp rà soát văn bản trong quý I/2026."


def of_sentences(*sentences: str) -> PlanReading:
    text = "".join(map(paragraph, (*HEAD, *sentences)))
    return reading_of(docx(text), "plan.docx")


def told(reading: PlanReading) -> list[str]:
    """The rows without the warning that each of them bears."""
    return [line.replace(" | ! proposed_from_sentence", "") for line in lines(reading)]


SENTENCES = {
    # The act begins with a word that bodies' names begin with too.
    "1. Tổ chức tập huấn (Sở Y tế chủ trì, hoàn thành trước ngày 30/6/2026).": (
        "task 1 Tổ chức tập huấn | date: None – 2026-06-29 | lead: SYT “Sở Y tế”"
    ),
    # All of a remark in brackets is of the same work.
    "3. Đào tạo cán bộ (Sở Nội vụ chủ trì; Sở Tài chính phối hợp; hằng năm)": (
        "task 3 Đào tạo cán bộ | annual: None – None | lead: SNV “Sở Nội vụ”"
        " | coordinating: STC “Sở Tài chính”"
    ),
    "3. Đào tạo (Sở Nội vụ chủ trì, phối hợp với Sở Tài chính)": (
        "task 3 Đào tạo | unknown: None – None | lead: SNV “Sở Nội vụ”"
        " | coordinating: STC “Sở Tài chính” | ! time_frame_needs_person"
    ),
    # The time stands before whoever acts, and may recur.
    "Trước ngày 30/11 hằng năm, UBND các xã, phường gửi báo cáo về Sở Nội vụ.": (
        "task 1 gửi báo cáo về Sở Nội vụ | annual: None – None 29/11"
        " | lead: UBND-CAP-XA “UBND các xã, phường”"
    ),
    "Định kỳ 6 tháng, các sở, ngành báo cáo về Sở Nội vụ.": (
        "task 1 báo cáo về Sở Nội vụ | multiple: None – None"
        " | lead: SO-BAN-NGANH “các sở, ngành” | ! time_frame_needs_person"
    ),
    "Sau khi có hướng dẫn, Sở Y tế xây dựng kế hoạch.": (
        "task 1 xây dựng kế hoạch | conditional: None – None | lead: SYT “Sở Y tế”"
        " | ! time_frame_needs_person"
    ),
    # Whoever gives the work is no title, and who joins in is named.
    "UBND tỉnh giao Sở Nội vụ chủ trì, cùng với Sở Tư pháp rà soát trong tháng 3/2026.": (
        "task 1 rà soát | month: 2026-03-01 – 2026-03-31 | lead: SNV “Sở Nội vụ”"
        " | coordinating: STP “Sở Tư pháp”"
    ),
    "Giao Sở Tài chính cân đối, bố trí kinh phí trong quý I/2026.": (
        "task 1 cân đối, bố trí kinh phí | quarter: 2026-01-01 – 2026-03-31"
        " | lead: STC “Sở Tài chính”"
    ),
    # An act done together is nobody's name.
    "Công an tỉnh phối hợp tuyên truyền, kiểm tra trong quý I/2026.": (
        "task 1 phối hợp tuyên truyền, kiểm tra | quarter: 2026-01-01 – 2026-03-31"
        " | lead: CAT “Công an tỉnh”"
    ),
    # Labelled lines below what is done, whatever stands between them.
    "2. Xây dựng phần mềm\n* Chủ trì: Sở Y tế\n* Kinh phí: 1 tỷ đồng\n* Hoàn thành: 30/9/2026": (
        "task 2 Xây dựng phần mềm | date: None – 2026-09-30 | lead: SYT “Sở Y tế”"
    ),
    "2. Rà soát quy chế\n- Chủ trì: Sở Nội vụ.\n- Hoàn thành trong quý I/2026.": (
        "task 2 Rà soát quy chế | quarter: 2026-01-01 – 2026-03-31 | lead: SNV “Sở Nội vụ”"
    ),
}


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES.items())
def test_a_sentence_says_who_does_what_by_when(sentence: str, expected: str) -> None:
    assert told(of_sentences(*sentence.split("\n"))) == [expected]


@pytest.mark.parametrize(
    "sentence",
    [
        "Trên cơ sở đó, căn cứ nhiệm vụ được giao.",
        "Trong quá trình thực hiện, nếu có vướng mắc, các đơn vị báo cáo về Sở Nội vụ.",
    ],
)
def test_other_openings_are_no_work(sentence: str) -> None:
    assert [each.row.title for each in of_sentences(ANY, sentence).rows] == ["rà soát văn bản"]

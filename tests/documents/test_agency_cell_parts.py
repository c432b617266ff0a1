"""Leads and coordinating bodies as cells name them in brackets, behind labels and in
abbreviations."""

import pytest

from app.documents.agency_names import Mention
from tests.support.plan_readings import book
from tests.support.sample_facts import COMMUNES, HEALTH


def told(mention: Mention) -> str:
    role = f" {mention.role}" if mention.role else ""
    return f"{mention.code or '?' + mention.source_text}{role}"


PARTS = {
    # Abbreviations of "phối hợp", and of the nouns before it.
    "Sở Y tế p/h với Sở Tài chính": "SYT; STC coordinating",
    "Sở Y tế, P/h: Sở Tài chính": "SYT; STC coordinating",
    "Sở Y tế ph với Sở Tài chính": "SYT; STC coordinating",
    "CQ chủ trì: Sở Y tế\nCQ phối hợp: Sở Tài chính": "SYT lead; STC coordinating",
    "Sở Y tế - ĐV chủ trì; Sở Nội vụ - ĐV phối hợp": "SYT lead; SNV coordinating",
    # A remark in brackets that says what a body does, at the end of the cell.
    "Sở Y tế (phối hợp với Sở Tài chính, Sở Nội vụ)": "SYT; STC coordinating; SNV coordinating",
    "Sở Y tế (p/h Sở Tài chính).": "SYT; STC coordinating",
    "Tổ công tác (Sở Nội vụ chủ trì)": "?Tổ công tác; SNV lead",
    "Hội đồng thẩm định (cơ quan thường trực: Sở Nội vụ)": "?Hội đồng thẩm định; SNV lead",
    # A part in brackets behind a list is said of all of it, known or not.
    "Sở Y tế (chủ trì); các sở, ngành, địa phương (phối hợp)": (
        "SYT lead; SO-BAN-NGANH coordinating; ?địa phương (phối hợp) coordinating"
    ),
    # Labels of those who join in.
    "Sở Y tế chủ trì; thành viên: Sở Nội vụ, Công an tỉnh": (
        "SYT lead; SNV coordinating; CAT coordinating"
    ),
    "Sở Y tế; hỗ trợ: Sở Nội vụ": "SYT; SNV coordinating",
    "Tổ giúp việc: Sở Nội vụ": "?Tổ giúp việc; SNV",
    # Whoever gives the work does not do it.
    "UBND tỉnh giao Sở Y tế": "?UBND tỉnh; SYT",
    "UBND tỉnh giao cho Sở Nội vụ, Sở Y tế": "?UBND tỉnh; SNV; SYT",
    "Giao Sở Y tế": HEALTH,
    # The names behind the name of a tier are all that is meant.
    "UBND cấp xã: Kỳ Anh, Kỳ Hoa": "UBND-X-KYANH; UBND-X-KYHOA",
    "UBND cấp xã: phường Thành Sen": "UBND-P-THANHSEN",
    "UBND cấp xã: các xã ven biển": "?UBND cấp xã; ?các xã ven biển",
    "Các sở, ban, ngành cấp tỉnh: Y tế, Nội vụ": "SYT; SNV",
    "UBND cấp xã": COMMUNES,
}


@pytest.mark.parametrize(("cell", "expected"), PARTS.items())
def test_a_cell_says_which_part_each_body_has(cell: str, expected: str) -> None:
    assert "; ".join(map(told, book().read_cell(cell))) == expected


@pytest.mark.parametrize("name", ["Lò Văn Pha", "Giàng A Páo", "Triệu Thị Nái", "Vương Đình Huệ"])
def test_rarer_surnames_are_of_people_too(name: str) -> None:
    [mention] = book().read_cell(name)

    assert mention.is_person


@pytest.mark.parametrize(
    "words", ["NÔNG THÔN MỚI", "TĂNG CƯỜNG QUẢN LÝ", "Lưu Vĩnh Sơn", "VĂN PHÒNG"]
)
def test_other_words_that_begin_like_rarer_surnames_are_no_people(words: str) -> None:
    [mention] = book().read_cell(words)

    assert not mention.is_person


@pytest.mark.parametrize("post", ["GĐ các đơn vị", "PGĐ Sở Y tế", "GĐ Trung tâm Y tế"])
def test_posts_in_abbreviations_are_kept_whoever_holds_them(post: str) -> None:
    assert not any(mention.is_person for mention in book().read_cell(post))
    assert all(mention.is_person for mention in book().read_cell("GĐ Nguyễn Văn An"))

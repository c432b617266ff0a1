"""Several names in one cell: where each ends, which part it has, and what is said of them all."""

import pytest

from app.documents.agency_names import NamedKind
from app.documents.names.words import NamedPart
from tests.support.name_books import BOOK, codes, only
from tests.support.sample_facts import (
    CONSTRUCTION,
    CULTURE,
    DEPARTMENTS,
    FINANCE,
    HEALTH,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
    SCIENCE,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sở Khoa học và Công nghệ\n Sở Nội vụ", [SCIENCE, HOME_AFFAIRS]),
        ("Sở Công Thương; Sở Xây dựng", [INDUSTRY_AND_TRADE, CONSTRUCTION]),
        ("Sở Văn hóa, Thể thao và Du lịch và Sở Y tế", [CULTURE, HEALTH]),
        ("Sở Nội vụ chủ trì, phối hợp Sở Y tế", [HOME_AFFAIRS, HEALTH]),
        ("Chủ trì: Sở Nội vụ\nPhối hợp: Sở Y tế, CAT", [HOME_AFFAIRS, HEALTH, "CAT"]),
        ("1. Sở Nội vụ\n2. Sở Y tế", [HOME_AFFAIRS, HEALTH]),
        ("a) Sở Nội vụ\n+ Công an tỉnh/Sở Y tế", [HOME_AFFAIRS, "CAT", HEALTH]),
        ("Sở Nội vụ, SNV, SỞ NỘI VỤ", [HOME_AFFAIRS]),
        ("Các sở: Nội vụ, Y tế và Công an tỉnh", [HOME_AFFAIRS, HEALTH, "CAT"]),
        ("Các sở Nội vụ, Tài chính", [HOME_AFFAIRS, FINANCE]),
        ("UBND các huyện Kỳ Anh và thị xã Kỳ Anh", ["UBND-H-KYANH", "UBND-TX-KYANH"]),
        ("Sở Y tế và Dân số, Sở Nội vụ", [None, HOME_AFFAIRS]),
        ("Các sở, ban, ngành, trừ Sở Nội vụ", [None, None]),
        ("Các sở, ban, ngành: theo chức năng", [None, None]),
        ("Các sở, ban, ngành và Sở Nội vụ", [DEPARTMENTS, HOME_AFFAIRS]),
        ("Các sở, ban, ngành\nSở Nội vụ", [DEPARTMENTS, HOME_AFFAIRS]),
    ],
)
def test_several_names_in_one_cell(text: str, found: list[str | None]) -> None:
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sở Văn hóa, Thể thao\nvà Du lịch", [CULTURE]),
        ("Sở Khoa học\nvà Công nghệ\nSở Y tế", [SCIENCE, HEALTH]),
        ("Công an tỉnh\nNghệ An", [None]),
        ("Sở Nội vụ\nCông an tỉnh\nNghệ An\nSở Y tế", [HOME_AFFAIRS, None, HEALTH]),
        ("UBND tỉnh\nQuảng Bình", [None]),
        ("Sở Tài chính\nĐầu tư", [None]),
        ("Sở Nội vụ\nVNPT", [HOME_AFFAIRS, None]),
        ("Sở Nội vụ\nHội Luật gia", [HOME_AFFAIRS, None]),
    ],
)
def test_a_line_that_cannot_stand_alone_ends_the_name_above_it(
    text: str, found: list[str | None]
) -> None:
    assert codes(text) == found


def test_a_name_behind_coordination_says_so() -> None:
    lead, coordinating = BOOK.read_cell("Sở Nội vụ chủ trì, phối hợp với Sở Y tế")

    assert lead.note is None
    assert coordinating.note is not None
    assert "phối hợp" in coordinating.note.vi


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Sở Nội vụ, Sở Y tế", "SNV - SYT -"),
        ("Sở Nội vụ chủ trì; Sở Tài chính, Sở Y tế phối hợp", "SNV lead STC co SYT co"),
        ("Sở Y tế phối hợp; Sở Nội vụ chủ trì", "SYT co SNV lead"),
        ("Sở Nội vụ (chủ trì), Sở Tài chính (phối hợp)", "SNV lead STC co"),
        ("Sở Nội vụ (cơ quan chủ trì); STC, SYT (phối hợp)", "SNV lead STC co SYT co"),
        ("Các sở: Nội vụ (chủ trì), Tài chính (phối hợp)", "SNV lead STC co"),
        ("Sở Nội vụ chủ trì, phối hợp với Sở Tài chính, SYT", "SNV lead STC co SYT co"),
        ("Sở Nội vụ chủ trì phối hợp với Sở Y tế", "SNV lead SYT co"),
        ("Chủ trì: Sở Nội vụ. Phối hợp: Sở Tài chính", "SNV lead STC co"),
        ("- Chủ trì: Sở Y tế\n- Phối hợp: Sở Nội vụ; CAT", "SYT lead SNV co CAT co"),
        ("Cơ quan chủ trì: SYT; cơ quan phối hợp: SNV, STC", "SYT lead SNV co STC co"),
        ("SNV là cơ quan chủ trì, STC là đơn vị phối hợp", "SNV lead STC co"),
        ("Sở Nội vụ và Sở Tài chính đồng chủ trì", "SNV lead STC lead"),
        # Nothing is said of the first: its column decides.
        ("Sở Nội vụ; phối hợp: Sở Tài chính", "SNV - STC co"),
        ("Sở Nội vụ; Sở Tài chính phối hợp", "SNV - STC co"),
        ("Công an tỉnh chủ trì; các sở, ban, ngành phối hợp", "CAT lead SO-BAN-NGANH co"),
    ],
)
def test_parts_that_stand_in_a_cell_are_its_parts(text: str, parts: str) -> None:
    short = {None: "-", NamedPart.LEAD: "lead", NamedPart.COORDINATING: "co"}

    found = [f"{mention.code} {short[mention.role]}" for mention in BOOK.read_cell(text)]

    assert " ".join(found) == parts


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bộ Ngoại giao", ["Bộ Ngoại giao"]),
        ("Bộ Ngoại giao, Bộ Nội vụ", ["Bộ Ngoại giao", "Bộ Nội vụ"]),
        ("Học viện Ngoại giao", ["Học viện Ngoại giao"]),
        ("Phòng Tham mưu", ["Phòng Tham mưu"]),
        ("Hội đồng Phối hợp phổ biến pháp luật", ["Hội đồng Phối hợp phổ biến pháp luật"]),
        ("Ban Chỉ đạo thực hiện Nghị quyết 57", ["Ban Chỉ đạo thực hiện Nghị quyết 57"]),
        ("Viettel, VNPT, Bưu điện tỉnh", ["Viettel", "VNPT", "Bưu điện tỉnh"]),
        ("VNPT Hà Tĩnh, Viettel Hà Tĩnh", ["VNPT Hà Tĩnh", "Viettel Hà Tĩnh"]),
        ("Thuế tỉnh, Hải quan tỉnh", ["Thuế tỉnh", "Hải quan tỉnh"]),
        ("Sở VH, TT và Gia đình", ["Sở VH, TT và Gia đình"]),
        ("Các cơ quan, đơn vị, địa phương", ["Các cơ quan, đơn vị, địa phương"]),
        ("các đơn vị, địa phương và tổ chức khác", ["các đơn vị, địa phương và tổ chức khác"]),
    ],
)
def test_an_unknown_name_keeps_its_tail_and_ends_before_the_next(
    text: str, names: list[str]
) -> None:
    mentions = BOOK.read_cell(text)

    assert [mention.source_text for mention in mentions] == names
    assert {mention.code for mention in mentions} == {None}


@pytest.mark.parametrize(
    "text",
    ["1) Sở Nội vụ; 2) Sở Y tế", "(1) Sở Nội vụ, (2) Sở Y tế", "1. Sở Nội vụ; 2. Sở Y tế"],
)
def test_numbers_of_a_list_in_one_line_are_no_names(text: str) -> None:
    assert codes(text) == [HOME_AFFAIRS, HEALTH]


def test_a_class_nobody_can_count_is_one_mention() -> None:
    everyone = only("Các cơ quan, đơn vị, địa phương liên quan")
    known, others = BOOK.read_cell("Các sở, ban, ngành, đơn vị, địa phương liên quan")

    assert (everyone.code, everyone.is_related_only) == (None, True)
    assert (known.code, known.is_related_only) == (DEPARTMENTS, True)
    assert others.source_text == "đơn vị, địa phương liên quan"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Các sở, ban, ngành liên quan", NamedKind.COLLECTIVE),
        ("các sở, ban, ngành cấp tỉnh có liên quan", NamedKind.COLLECTIVE),
        ("Các đơn vị liên quan", None),
        ("Đơn vị liên quan", None),
        ("Các Bộ, ngành liên quan", None),
    ],
)
def test_those_concerned_are_kept_and_not_expanded(text: str, kind: NamedKind | None) -> None:
    mention = only(text)

    assert (mention.source_text, mention.kind, mention.is_related_only) == (text, kind, True)


def test_concerned_is_said_of_the_whole_list() -> None:
    departments, places = BOOK.read_cell("Các sở, ngành và địa phương liên quan")
    agency, others = BOOK.read_cell("Sở Nội vụ và các đơn vị liên quan")

    assert (departments.code, departments.is_related_only) == (DEPARTMENTS, True)
    assert places.is_related_only
    assert (agency.code, agency.is_related_only) == (HOME_AFFAIRS, False)
    assert others.is_related_only


def test_a_collective_named_in_full_later_is_not_only_those_concerned() -> None:
    mention = only("Các sở, ngành liên quan; các sở, ban, ngành")

    assert (mention.code, mention.is_related_only) == (DEPARTMENTS, False)

"""The search in the registry for an agency that a cell of a plan names."""

import unicodedata

import pytest

from app.documents.agency_names import KnownName, NameBook, NamedKind
from tests.support.costs import times_as_dear
from tests.support.name_books import BOOK, EVERY_DAY, codes, only, suggested
from tests.support.sample_facts import (
    COMMUNES,
    CULTURE,
    DEPARTMENTS,
    DISTRICTS,
    EDUCATION,
    ENVIRONMENT,
    FATHERLAND_FRONT,
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    HOME_AFFAIRS,
    INDUSTRY_AND_TRADE,
    INFORMATION,
    INVESTMENT_CENTRE,
    LABOUR,
    PLANNING,
    PROVINCIAL_COMMITTEE,
    SCHOOLS,
    SCIENCE,
)
from tests.support.sample_names import tasks_of_the_plan

TASKS = tasks_of_the_plan()


def test_every_lead_of_the_source_plan_is_known() -> None:
    leads = {ordinal: codes(row[2]) for ordinal, row in TASKS.items()}

    assert len(leads) == 30
    everyone = [DEPARTMENTS, DISTRICTS]
    assert {ordinal for ordinal, found in leads.items() if found == everyone} == {
        "1.1",
        "1.2",
        "3.11",
        "5.1",
    }
    assert leads["4.3"] == ["CAT", "BCHQS"]
    assert leads["3.10"] == [INVESTMENT_CENTRE]
    single = [found[0] for found in leads.values() if len(found) == 1]
    assert len(single) == 25
    assert None not in single
    assert single.count(INFORMATION) == 12
    assert single.count(FOREIGN_AFFAIRS) == 3


def test_the_coordinating_cells_of_the_source_plan() -> None:
    found = {ordinal: codes(row[3]) for ordinal, row in TASKS.items()}

    everyone = [DEPARTMENTS, DISTRICTS]
    assert {ordinal for ordinal, here in found.items() if not here} == {
        *("1.1", "1.2", "3.10", "3.11", "5.1")
    }
    assert sum(here == everyone for here in found.values()) == 15
    assert found["3.4"] == [EDUCATION, INFORMATION, CULTURE, "BAO", "DAI"]
    assert found["3.5"] == [FOREIGN_AFFAIRS, INFORMATION, CULTURE, "BAO", "DAI", SCHOOLS]
    assert found["3.9"] == [FOREIGN_AFFAIRS, INDUSTRY_AND_TRADE, LABOUR, "BAO", "DAI", DISTRICTS]
    assert found["4.1"] == ["CAT", FOREIGN_AFFAIRS, LABOUR, DISTRICTS]
    assert found["4.2"] == [INFORMATION, FOREIGN_AFFAIRS, "BCHQS", "NHNN"]
    assert found["5.5"] == [HOME_AFFAIRS, DEPARTMENTS, DISTRICTS]


def test_a_prefix_that_is_written_once_completes_the_names_after_it() -> None:
    mentions = BOOK.read_cell(TASKS["4.4"][3])

    assert " ".join(mention.code or "?" for mention in mentions) == (
        "SKHDT SLDTBXH STC SYT SGDDT SNNPTNT STP SKHCN STTTT SVHTTDL"
        " UBND-H-HUONGSON UBND-H-HUONGKHE UBND-H-VUQUANG"
    )
    assert mentions[0].source_text == "Kế hoạch và Đầu tư"
    assert mentions[9].source_text == "Văn hóa, Thể thao và du lịch"
    assert mentions[12].source_text == "Vũ Quang"
    assert mentions[12].note is not None
    assert "Ủy ban nhân dân huyện Vũ Quang" in mentions[12].note.vi


def test_a_name_that_is_not_in_the_registry_waits_with_a_suggestion() -> None:
    mentions = BOOK.read_cell(TASKS["3.6"][3])

    assert [mention.code for mention in mentions] == [
        INDUSTRY_AND_TRADE,
        FOREIGN_AFFAIRS,
        None,
        DISTRICTS,
    ]
    assert mentions[2].source_text == "Trung tâm xúc tiến đầu tư, thương mại và du lịch"
    assert suggested(mentions[2])[0] == INVESTMENT_CENTRE
    assert mentions[2].note is not None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sở Thông tin và\nTruyền thông", INFORMATION),
        ("Sở\u00a0Thông tin & Truyền  thông", INFORMATION),
        ("SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH", CULTURE),
        ("Sở Văn hoá, Thể thao, Du lịch", CULTURE),
        ("Sở VH, TT & DL", CULTURE),
        ("Sở Lao động – Thương binh và Xã hội", LABOUR),
        ("Sở LĐTB&XH", LABOUR),
        ("Sở KH&CN", SCIENCE),
        ("Sở KHCN", SCIENCE),
        ("Sở KH và CN", SCIENCE),
        (unicodedata.normalize("NFD", "Sở Giáo dục và Đào tạo"), EDUCATION),
        ("Bộ Chỉ huy quân sự tỉnh", "BCHQS"),
        ("Công an tỉnh Hà Tĩnh", "CAT"),
        ("Sở Nội vụ tỉnh", HOME_AFFAIRS),
        ("UBND tỉnh Hà Tĩnh", PROVINCIAL_COMMITTEE),
        ("UBND thành phố Hà Tĩnh", "UBND-TP-HATINH"),
        ("UBND TP. Hà Tĩnh", "UBND-TP-HATINH"),
        ("Uỷ ban nhân dân H. Hương Sơn", "UBND-H-HUONGSON"),
        ("UBND huyện Kỳ Anh", "UBND-H-KYANH"),
        ("UBND TX Kỳ Anh", "UBND-TX-KYANH"),
        ("UBMTTQ tỉnh", FATHERLAND_FRONT),
        ("Các Sở, ban, ngành", DEPARTMENTS),
        ("các sở ban ngành cấp tỉnh", DEPARTMENTS),
        ("UBND các huyện, thị xã và thành phố", DISTRICTS),
        ("UBND các huyện, TX, TP", DISTRICTS),
        ("- UBND cấp xã", COMMUNES),
        (HOME_AFFAIRS, HOME_AFFAIRS),
        ("“Sở Nội vụ”.", HOME_AFFAIRS),
        ("Giao Sở Nội vụ chủ trì tham mưu", HOME_AFFAIRS),
    ],
)
def test_one_agency_in_its_many_spellings(text: str, code: str) -> None:
    mention = only(text)

    assert (mention.code, mention.note, mention.suggestions) == (code, None, ())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ủy ban nhan dân các huyện, thành phố, thị xã", DISTRICTS),
        ("Sở Nôi vụ", HOME_AFFAIRS),
        ("So Noi vu", HOME_AFFAIRS),
        ("Sở Ngoai vụ", FOREIGN_AFFAIRS),
    ],
)
def test_lost_marks_are_understood_and_said(text: str, code: str) -> None:
    mention = only(text)

    assert mention.code == code
    assert mention.note is not None
    assert "thiếu dấu" in mention.note.vi


def test_lost_marks_are_not_understood_if_two_names_could_be_meant() -> None:
    places = {"DONG1": "Ủy ban nhân dân xã Đông Hưng", "DONG2": "Ủy ban nhân dân xã Đồng Hưng"}
    book = NameBook(
        KnownName(code, NamedKind.AGENCY, name, "commune_committee")
        for code, name in places.items()
    )

    assert only("UBND xã Đông Hưng", book).code == "DONG1"
    assert only("UBND xã Đồng Hưng", book).code == "DONG2"
    unsure = only("UBND xã Dong Hung", book)
    assert unsure.code is None
    assert set(suggested(unsure)) == {"DONG1", "DONG2"}


@pytest.mark.parametrize(
    ("text", "likely"),
    [
        ("Sở Ngọai vụ", FOREIGN_AFFAIRS),
        ("Sở Ngại vụ", FOREIGN_AFFAIRS),
        ("Sở Nộ vụ", HOME_AFFAIRS),
        ("Sở Tài chín", FINANCE),
        ("Sở Kế hoạch - Đầu tư", PLANNING),
        ("Thanh tra", "TTRA"),
        ("huyện Hương Sơn", "UBND-H-HUONGSON"),
        ("Nội vụ", HOME_AFFAIRS),
        ("Văn phòng Sở Nội vụ", HOME_AFFAIRS),
        ("Văn phòng\nSở Nội vụ", HOME_AFFAIRS),
        ("Phó Giám đốc Sở Y tế", HEALTH),
        ("Sở Nội vụ tỉnh Nghệ An", HOME_AFFAIRS),
        ("Sở Tài chính và Đầu tư", FINANCE),
        ("UBND các huyện, thành phố Hà Tĩnh", "UBND-TP-HATINH"),
        ("Các sở, ban, ngành trừ Sở Nội vụ", DEPARTMENTS),
        ("Các sở, ban, ngành (trừ Sở Nội vụ)", DEPARTMENTS),
    ],
)
def test_a_near_miss_is_suggested_and_never_accepted(text: str, likely: str) -> None:
    mention = only(text)

    assert (mention.source_text, mention.kind, mention.code) == (text, None, None)
    assert suggested(mention)[0] == likely
    assert len(mention.suggestions) <= 3
    assert mention.note is not None


@pytest.mark.parametrize("text", ["Báo", "bao", "Sở", "Công ty TNHH Xyz", "Bảo hiểm xã hội"])
def test_rubbish_is_not_suggested(text: str) -> None:
    mention = only(text)

    assert (mention.code, mention.suggestions) == (None, ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Giám đốc Sở Y tế", [HEALTH]),
        ("Lãnh đạo Sở Y tế", [HEALTH]),
        ("Chủ tịch UBND tỉnh", [PROVINCIAL_COMMITTEE]),
        ("Chánh Thanh tra tỉnh", ["TTRA"]),
        ("Trưởng Ban Quản lý Khu kinh tế tỉnh", ["BQLKKT"]),
        ("Giám đốc Công an tỉnh, Giám đốc Sở Nội vụ", ["CAT", HOME_AFFAIRS]),
        ("Thủ trưởng các sở, ban, ngành\nChủ tịch UBND các xã, phường", [DEPARTMENTS, "XA"]),
        ("Giám đốc các sở, Thủ trưởng các ban, ngành", [DEPARTMENTS]),
        ("Chủ tịch UBND các xã, phường, đặc khu", ["XA"]),
    ],
)
def test_whoever_heads_a_body_stands_for_it_and_that_is_said(text: str, found: list[str]) -> None:
    mentions = BOOK.read_cell(text)

    assert [mention.code for mention in mentions] == [
        COMMUNES if code == "XA" else code for code in found
    ]
    for mention in mentions:
        assert mention.note is not None
        assert "người đứng đầu" in mention.note.vi


@pytest.mark.parametrize(
    "text", ["UBND các xã, phường, đặc khu", "UBND các phường, xã và đặc khu", "UBND xã, phường"]
)
def test_special_zones_are_communes_for_a_class(text: str) -> None:
    assert codes(text) == [COMMUNES]


def test_what_is_in_brackets_is_kept_and_gives_nobody_work() -> None:
    mention = only("Sở TN&MT (Sở Nội vụ, Văn phòng Đăng ký đất đai và các Chi nhánh)")

    assert mention.code == ENVIRONMENT
    assert mention.source_text.endswith("(Sở Nội vụ, Văn phòng Đăng ký đất đai và các Chi nhánh)")
    assert mention.note is not None


def test_a_place_without_its_level_is_ambiguous() -> None:
    alone = only("Hương Sơn", EVERY_DAY)
    listed = EVERY_DAY.read_cell("UBND các huyện, thị xã: Hương Sơn, Kỳ Anh")

    assert alone.code is None
    assert set(suggested(alone)) == {"UBND-H-HUONGSON", "UBND-X-HUONGSON"}
    assert codes("UBND xã Hương Sơn, UBND huyện Hương Sơn", EVERY_DAY) == [
        "UBND-X-HUONGSON",
        "UBND-H-HUONGSON",
    ]
    assert [mention.code for mention in listed] == ["UBND-H-HUONGSON", None]
    assert set(suggested(listed[1])) == {"UBND-H-KYANH", "UBND-TX-KYANH"}


@pytest.mark.parametrize("text", ["nt", "-nt-", "như trên", "Như trên.", "//", '"'])
def test_a_repeated_row_is_one_unresolved_mention(text: str) -> None:
    mention = only(text)

    assert (mention.source_text, mention.code, mention.suggestions) == (text, None, ())
    assert mention.note is not None
    assert "dòng trên" in mention.note.vi


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn Sơn, 0912 345 678",
        "Trần Thị Hương Khê",
        "Đ/c Vũ Quang (SĐT 0912345678)",
        "ông Hà Huy Tập",
        "0912.345.678",
    ],
)
def test_people_and_their_numbers_are_only_text(text: str) -> None:
    mention = only(text, EVERY_DAY)

    assert (mention.source_text, mention.code, mention.suggestions) == (text, None, ())


def test_an_empty_cell_names_nobody() -> None:
    assert [BOOK.read_cell(text) for text in ("", " \n", "-", "…")] == [(), (), (), ()]


def test_one_whole_name_is_found() -> None:
    assert BOOK.find("sở nội vụ ").code == HOME_AFFAIRS
    assert BOOK.find("ubnd-h-kyanh").code == "UBND-H-KYANH"
    assert BOOK.find("Các sở, ban, ngành").kind is NamedKind.COLLECTIVE
    two = BOOK.find("Sở Nội vụ, Sở Y tế")
    assert (two.source_text, two.code) == ("Sở Nội vụ, Sở Y tế", None)
    assert suggested(BOOK.find("Noi vu")) == [HOME_AFFAIRS]
    assert BOOK.find("").code is None


def book_of(agencies: int) -> NameBook:
    """A book of so many communes, which has read a cell: it puts together what it needs first."""
    book = NameBook(
        [
            KnownName(f"X{number}", NamedKind.AGENCY, f"UBND xã Số {number}", "commune_committee")
            for number in range(agencies)
        ]
    )
    assert [one.code for one in book.read_cell("UBND xã Số 7")] == ["X7"]
    return book


def test_a_huge_registry_costs_as_many_times_more_as_it_has_agencies() -> None:
    assert times_as_dear(lambda: book_of(2000), lambda: book_of(1000)) < 3


@pytest.mark.parametrize(
    "text", ["UBND xã Số 7; ", "UBND xã Số 8888; ", "(", "và ", "a;\n", "UBND xã ", "a(b) "]
)
def test_a_huge_cell_costs_as_many_times_more_as_it_is_longer(text: str) -> None:
    book = book_of(1000)
    longest = text * (30_000 // len(text))
    times = times_as_dear(
        lambda: book.read_cell(f"{longest}{longest}"), lambda: book.read_cell(longest)
    )

    assert times < 3
    mentions = book.read_cell(longest)
    assert mentions[0].code == ("X7" if "7" in text else None)
    assert sum(len(one.source_text) for one in mentions) > 0

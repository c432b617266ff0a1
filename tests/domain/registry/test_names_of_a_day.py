"""Names by level and day: a commune may bear the name that a district bore, and a town beside it.

Districts ended on 1 July 2025; on that day 69 communes began.
"""

from datetime import date

import pytest

from app.documents.agency_names import NameBook
from app.domain.plans.imports import registry_names_on
from tests.support.sample import Sample

LAST, FIRST = date(2025, 6, 30), date(2025, 7, 1)


async def book_on(sample: Sample, day: date) -> NameBook:
    return (await registry_names_on(sample.session, day)).book


def understood(book: NameBook, text: str) -> list[str | None]:
    return [mention.code for mention in book.read_cell(text)]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("UBND huyện Hương Sơn", "UBND-H-HUONGSON", None),
        ("Ủy ban nhân dân xã Hương Sơn", None, "UBND-X-HUONGSON"),
        ("UBND huyện Kỳ Anh", "UBND-H-KYANH", None),
        ("UBND thị xã Kỳ Anh", "UBND-TX-KYANH", None),
        ("UBND xã Kỳ Anh", None, "UBND-X-KYANH"),
        ("Sở Thông tin và Truyền thông", None, None),
        # Without its level a place is nobody's name, on no day.
        ("UBND Hương Sơn", None, None),
        ("UBND Kỳ Anh", None, None),
    ],
)
async def test_a_name_is_that_of_its_level_and_day(
    sample: Sample, text: str, before: str | None, after: str | None
) -> None:
    assert understood(await book_on(sample, LAST), text) == [before]
    assert understood(await book_on(sample, FIRST), text) == [after]


async def test_a_prefix_says_the_level_of_the_places_after_it(sample: Sample) -> None:
    before, after = await book_on(sample, LAST), await book_on(sample, FIRST)

    assert understood(before, "UBND các huyện: Hương Sơn, Kỳ Anh") == [
        "UBND-H-HUONGSON",
        "UBND-H-KYANH",
    ]
    assert understood(after, "UBND các xã: Hương Sơn, Kỳ Anh") == [
        "UBND-X-HUONGSON",
        "UBND-X-KYANH",
    ]
    assert not any(understood(after, "UBND các huyện: Hương Sơn, Kỳ Anh"))


async def test_where_two_of_one_name_stood_side_by_side_a_person_chooses(sample: Sample) -> None:
    [mention] = (await book_on(sample, LAST)).read_cell("UBND các huyện, thị xã: Kỳ Anh")

    assert mention.code is None
    assert {one.code for one in mention.suggestions} == {"UBND-H-KYANH", "UBND-TX-KYANH"}


async def test_a_name_of_the_past_is_suggested_no_agency_of_the_past(sample: Sample) -> None:
    [mention] = (await book_on(sample, FIRST)).read_cell("UBND huyện Hương Sơn")

    assert mention.suggestions[0].code == "UBND-X-HUONGSON"
    assert "UBND-H-HUONGSON" not in {one.code for one in mention.suggestions}

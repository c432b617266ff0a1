"""Tables of a PDF over several pages, and the lines above them."""

import pytest

from app.domain.plans.readings import PlanReading
from tests.support.pdf_files import Rows, pdf_of
from tests.support.plan_readings import reading_of
from tests.support.sample_facts import FINANCE, HEALTH, HOME_AFFAIRS

HEADING = ("TT", "Nhiem vu", "Chu tri", "Phoi hop", "Thoi gian")
FIRST = ("1", "Viec mot", "So Noi vu", "", "Quy I/2026")
CUT = ("2", "Viec hai, ra soat", "So Y te", "So Tai", "Quy II/2026")
REST = ("", "van ban va bao cao", "", "chinh", "")
LAST = ("3", "Viec ba", "So Tai chinh", "", "2026")


def read(*pages: Rows, above: tuple[str, ...] = ()) -> PlanReading:
    return reading_of(pdf_of(*pages, above=above), "plan.pdf")


def told(reading: PlanReading) -> list[tuple[str, str, list[str | None]]]:
    return [
        (each.row.ordinal, each.row.title, [one.mention.code for one in each.assignees])
        for each in reading.rows
    ]


@pytest.mark.parametrize(
    "again",
    [[], [HEADING], [("TT", "Nhiem vu", "Chu tri", "Phoi hop", "Thoi")]],
    ids=["no heading", "heading", "heading cut off"],
)
def test_a_row_that_a_page_cuts_is_one_though_the_heading_is_printed_again(
    again: list[tuple[str, ...]],
) -> None:
    reading = read([HEADING, FIRST, CUT], [*again, REST, LAST])

    assert told(reading) == [
        ("1", "Viec mot", [HOME_AFFAIRS]),
        ("2", "Viec hai, ra soat van ban va bao cao", [HEALTH, FINANCE]),
        ("3", "Viec ba", [FINANCE]),
    ]


@pytest.mark.parametrize("mark", ["-", "+", "a)", "1."])
def test_an_item_that_begins_a_page_with_a_lead_of_its_own_is_no_rest(mark: str) -> None:
    item = ("", f"{mark} Viec con", "So Y te", "", "Quy III/2026")

    reading = read([HEADING, FIRST], [HEADING, item, LAST])

    leads = {each.row.title: [one.mention.code for one in each.assignees] for each in reading.rows}
    assert leads["Viec mot"] == [HOME_AFFAIRS]
    assert leads["Viec con"] == [HEALTH]


def test_short_lines_of_a_letterhead_stay_apart() -> None:
    above = ("UY BAN NHAN DAN TINH", "Chong han nam 2026 cua tinh", "I. MUC DICH")

    blocks = read([HEADING, FIRST], above=above).document

    assert blocks.body.sections == (("I. MUC DICH", ""),)


@pytest.mark.parametrize("cut", ["30/6/\n2026", "30/6/20\n26", "30\n/6/2026"])
def test_a_day_that_a_narrow_column_cuts_is_one(cut: str) -> None:
    [only] = read([HEADING, ("1", "Viec mot", "So Noi vu", "", cut)]).rows

    assert only.row.time_frame == "30/6/2026"


def test_two_days_in_two_lines_stay_two() -> None:
    [only] = read([HEADING, ("1", "Viec mot", "So Noi vu", "", "15/3\n15/6")]).rows

    assert only.row.time_frame == "15/3\n15/6"


def test_headings_that_a_narrow_column_cuts_are_units_all_the_same() -> None:
    heading = ("TT", "Nhiem vu", "Chu tri", "Tha\nng", "Na\nm")

    [only] = read([heading, ("1", "Viec mot", "So Noi vu", "6", "2026")]).rows

    assert only.row.time_frame == "Tháng 6/2026"

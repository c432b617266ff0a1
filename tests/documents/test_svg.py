"""Bars and lines: they add up, they say in words what they draw, and nothing escapes them."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from app.documents.svg.bars import bar_picture, in_words, stacked_bar
from app.documents.svg.lines import ChartLine, line_chart
from app.documents.svg.states import LOOKS

COUNTS = st.dictionaries(st.sampled_from(sorted(LOOKS)), st.integers(0, 5000))
DAY = date(2024, 5, 31)


def widths(svg: str) -> list[float]:
    return [float(one) for one in re.findall(r'width="([0-9.]+)%" height="14" fill', svg)]


@given(COUNTS)
def test_the_parts_of_a_bar_are_the_whole_of_it(counts: dict[str, int]) -> None:
    svg = stacked_bar(counts)

    drawn = [state for state in LOOKS if counts.get(state)]
    assert len(widths(svg)) == len(drawn)
    if drawn:
        whole = sum(counts.values())
        for state, width in zip(drawn, widths(svg), strict=True):
            assert width == pytest.approx(100 * counts[state] / whole, abs=0.0051)
    else:
        assert svg == ""


def test_a_bar_says_in_words_what_it_draws() -> None:
    counts = {"overdue": 3, "on_time": 5, "late": 0}

    assert in_words(counts, "vi") == "hoàn thành đúng hạn 5; quá hạn 3"
    assert 'aria-label="completed in time 5; overdue 3"' in stacked_bar(counts, language="en")


@given(COUNTS)
def test_a_picture_that_stands_alone_is_xml_with_its_patterns(counts: dict[str, int]) -> None:
    root = etree.fromstring(bar_picture(counts))

    ids = {node.get("id") for node in root.iter() if node.get("id")}
    fills = [node.get("fill") or "" for node in root.iter()]
    used = {one for one in fills if one.startswith("url")}
    assert {one.removeprefix("url(#").removesuffix(")") for one in used} <= ids


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=40))
def test_lines_end_at_their_last_value_and_labels_do_not_touch(
    values: list[tuple[int, int]],
) -> None:
    days = [DAY + timedelta(31 * number) for number in range(len(values))]
    lines = [
        ChartLine("Hoàn thành", "#135f40", False, [one for one, _ in values]),
        ChartLine("Quá <hạn>", "#8f1c15", True, [other for _, other in values]),
    ]

    root = etree.fromstring(line_chart(days, lines, title="T", summary="t"))

    labels = [node for node in root if node.get("font-weight") == "700"]
    assert {label.text for label in labels} == {f"{line.name}: {line.values[-1]}" for line in lines}
    first, second = (float(label.get("y") or "") for label in labels)
    assert abs(first - second) >= 12
    for node in root.iter("polyline"):
        for point in (node.get("points") or "").split():
            x, y = map(float, point.split(","))
            assert 44 <= x <= 560
            assert 14 <= y <= 220

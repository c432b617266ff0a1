"""A plan's charts: the figures of the interface as bars, legible without colours."""

import struct
from typing import Any

import pytest
from lxml import etree

from app.auth.principal import Role
from app.documents.svg.charts import LEFT, RIGHT, Bar, bar_chart
from tests.support.assignments import COORDINATOR, at, read
from tests.support.consolidated import DAY, told
from tests.support.sample import Sample
from tests.support.sample_facts import HEALTH

SVG = "{http://www.w3.org/2000/svg}"
DIVISIONS = {"groups": "group", "agencies": "agency", "years": "period"}


async def picture(issued: Sample, name: str, query: str = "", language: str = "vi") -> Any:
    plan = await issued.the_plan()
    headers = {"Accept-Language": language}
    with at(DAY):
        async with await issued.by(HEALTH, Role.READER) as http:
            url = f"/v1/plans/{plan.id}/charts/{name}?{query}"
            answer = await http.get(url, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    return etree.fromstring(answer.content)


@pytest.mark.parametrize("name", DIVISIONS)
async def test_each_bar_says_the_figures_of_its_group(issued: Sample, name: str) -> None:
    await told(issued)
    drawn = await picture(issued, name)
    plan = await issued.the_plan()
    with at(DAY):
        query = f"plans/{plan.id}/statistics?by={DIVISIONS[name]}&as_of={DAY}"
        groups = (await read(issued, COORDINATOR, query))["groups"]

    bars = drawn.findall(f"{SVG}g")
    assert len(bars) == len(groups) > 1
    for bar, group in zip(bars, groups, strict=True):
        now = group["statistics"]["by_current_deadline"]
        words = bar.find(f"{SVG}title").text
        assert words.startswith(f"{group['label']}: ")
        done, overdue = now["completed"]["on_time"], now["not_completed"]["overdue"]["total"]
        assert ("hoàn thành đúng hạn" in words) == (done + now["completed"]["no_deadline"] > 0)
        assert (f"quá hạn {overdue}" in words) == (overdue > 0)
        assert bar.findall(f"{SVG}text")[-1].text == str(now["total"])


async def test_it_speaks_the_language_that_is_asked_for(issued: Sample) -> None:
    vietnamese = await picture(issued, "groups")
    english = await picture(issued, "groups", f"as_of={DAY}&role=coordinating", "en")

    assert vietnamese.get("aria-label") == "Tình trạng theo nhóm nhiệm vụ, đến hết ngày 20/12/2024"
    assert english.get("aria-label") == "By task group, as of 2024-12-20"


async def test_it_comes_as_dots_for_print_too(issued: Sample) -> None:
    plan = await issued.the_plan()
    drawn = await picture(issued, "groups")
    with at(DAY):
        async with await issued.by(HEALTH, Role.READER) as http:
            answer = await http.get(f"/v1/plans/{plan.id}/charts/groups?format=png")
            other = await http.get(f"/v1/plans/{plan.id}/charts/groups?format=gif")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG\r\n\x1a\n")
    size = struct.unpack(">II", answer.content[16:24])
    assert size == (2 * int(drawn.get("width")), 2 * int(drawn.get("height")))
    assert other.status_code == 422


async def test_what_there_is_not_is_refused(issued: Sample) -> None:
    plan = await issued.the_plan()
    async with await issued.by(*COORDINATOR) as http:
        other = await http.get(f"/v1/plans/{plan.id}/charts/khac")
        ahead = await http.get(f"/v1/plans/{plan.id}/charts/groups?as_of=2999-01-01")
        nowhere = await http.get(f"/v1/plans/{HEALTH_ID}/charts/groups")

    assert (other.status_code, ahead.status_code, nowhere.status_code) == (422, 422, 404)


HEALTH_ID = "018f0000-0000-7000-8000-000000000000"


def test_what_is_drawn_adds_up_and_escapes_nothing() -> None:
    counts = {"on_time": 30, "late": 20, "overdue": 50}
    hostile = "<script>alert(1)</script> & \x00 \u202e" + "dài " * 100
    drawn = etree.fromstring(
        bar_chart([Bar("A", counts), Bar(hostile, {"overdue": 10})], title="<b>", language="vi")
    )

    first, second = drawn.findall(f"{SVG}g")
    widths = [float(one.get("width") or 0) for one in first.findall(f"{SVG}rect")]
    # The longest bar takes all the room, the other one a tenth of it.
    whole = RIGHT - LEFT
    assert widths == pytest.approx([0.3 * whole, 0.2 * whole, 0.5 * whole], abs=0.1)
    [width] = [float(one.get("width") or 0) for one in second.findall(f"{SVG}rect")]
    assert width == pytest.approx(0.1 * whole, abs=0.1)
    assert drawn.find(f".//{SVG}script") is None
    legend = [text.text for text in drawn.findall(f"{SVG}text")]
    assert legend == ["<b>", "✓ Hoàn thành đúng hạn", "✓ Hoàn thành quá hạn", "! Quá hạn"]
    fills = [one.get("fill") for one in first.findall(f"{SVG}rect")]
    assert len(set(fills)) == 3
    assert "url(#hatch)" in fills
    numbers = [text.text for text in first.findall(f"{SVG}text")][1:]
    assert numbers == ["✓ 30", "✓ 20", "! 50", "100"]


def test_a_plan_without_figures_has_a_chart_without_bars() -> None:
    assert etree.fromstring(bar_chart([], title="Trống", language="vi")).findall(f"{SVG}g") == []

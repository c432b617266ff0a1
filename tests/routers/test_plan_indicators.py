"""All indicators of a plan, in one list."""

from typing import Any

import pytest

from app.auth.principal import Role
from app.schemas.common import Page
from app.schemas.indicators import PlanIndicatorOut
from tests.routers.test_indicators import define, indicator, report, values
from tests.support.assignments import at
from tests.support.sample import Sample
from tests.support.sample_facts import COMMITTEE_OFFICE

__all__ = ["indicator"]


async def listed(issued: Sample, query: str = "") -> list[dict[str, Any]]:
    plan = await issued.the_plan()
    async with await issued.by(COMMITTEE_OFFICE, Role.READER) as http:
        answer = await http.get(f"/v1/plans/{plan.id}/indicators{query}")
    assert answer.status_code == 200, answer.text
    Page[PlanIndicatorOut].model_validate_json(answer.content, strict=True)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_each_indicator_is_listed_with_what_was_reached(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    for period, value in (("2024-Q1", "1"), ("2024-Q2", "2"), ("2025", "3"), ("2025-H1", "2.5")):
        assert (await report(issued, indicator, period, value)).status_code == 200
    assert (await report(issued, indicator, "2024-Q2", "1.5")).status_code == 200

    [one] = await listed(issued)

    assert (one["name"], one["unit"], one["task"]["ordinal"]) == ("Số lớp tập huấn", "lớp", "3.3")
    assert one["task_group"]["ordinal"] == "3"
    # The half-year lies within the year, which has a value of its own.
    assert one["total"] == {"numerator": "5.5", "base": "12", "percent": "45.83"}
    assert one["years"] == [
        {"period": "2024", "numerator": "2.5", "base": None, "percent": None},
        {"period": "2025", "numerator": "3", "base": "4.5", "percent": "66.67"},
    ]
    # As its own address says it.
    assert one["total"] == (await values(issued, indicator))["total"]
    for year in one["years"]:
        alone = (await values(issued, indicator, f"period={year['period']}"))["total"]
        assert alone == {name: year[name] for name in alone}


@pytest.mark.usefixtures("june_2024")
async def test_a_past_day_knows_what_was_reported_by_then(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    await report(issued, indicator, "2024", "1")
    with at("2024-06-12"):
        await report(issued, indicator, "2024", "2")

        [before], [after] = await listed(issued, "?as_of=2024-06-10"), await listed(issued)

    assert (before["total"]["numerator"], after["total"]["numerator"]) == ("1", "2")


async def test_what_is_measured_no_more_is_left_out(
    issued: Sample, indicator: dict[str, Any]
) -> None:
    async with await issued.coordinator() as http:
        other = (await define(issued, http, name="Số tin, bài")).json()
        reason = {"reason": "Thay bằng chỉ tiêu khác."}
        await http.post(f"/v1/indicators/{indicator['id']}/end", json=reason)

    assert [one["id"] for one in await listed(issued)] == [other["id"]]

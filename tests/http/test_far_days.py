"""Days at the ends of the calendar: refused everywhere as what they are, and no failure of ours."""

from typing import Any

import pytest

from tests.support.contract import OPERATIONS, resolved
from tests.support.sample import Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS

FAR = ["0001-01-01", "1799-12-31", "2200-01-01", "9999-12-31"]


def days() -> list[tuple[str, str]]:
    """The path of each operation that reads, and each of its parameters that is a day."""
    return [
        (path, parameter["name"])
        for method, path, operation in OPERATIONS.values()
        for parameter in map(resolved, operation.get("parameters", ()))
        if method == "get" and parameter["in"] == "query" and is_day(parameter["schema"])
    ]


def is_day(schema: dict[str, Any]) -> bool:
    """True if a value is a day, or one may be."""
    schema = resolved(schema)
    return schema.get("format") == "date" or any(map(is_day, schema.get("anyOf", ())))


def test_there_are_days_to_be_tried() -> None:
    assert {"/v1/flows", "/v1/plans/{plan_id}/board", "/v1/reminders/preview"} <= dict(
        days()
    ).keys()


@pytest.mark.parametrize("day", FAR)
async def test_no_list_and_no_figure_is_asked_of_a_day_beyond_reason(
    issued: Sample, day: str
) -> None:
    plan = await issued.the_plan()
    wrong = []
    async with await issued.issuer() as http:
        for path, name in days():
            address = path.replace("{plan_id}", str(plan.id)).replace("{ref}", FOREIGN_AFFAIRS)
            if "{" in address:
                continue
            answer = await http.get(address, params={name: day})
            codes = {fault["code"] for fault in answer.json().get("errors", ())}
            if answer.status_code != 422 or codes != {"value_error"}:
                wrong.append((path, name, answer.status_code, codes))

    assert wrong == []


@pytest.mark.parametrize("day", FAR)
async def test_the_page_of_a_board_is_asked_of_no_such_day(issued: Sample, day: str) -> None:
    plan = await issued.the_plan()
    async with await issued.issuer() as http:
        opened = await http.post(f"/v1/plans/{plan.id}/open-board", json={"reason": "Công khai"})
        answer = await http.get(f"/boards/{plan.id}", params={"as_of": day})

    assert (opened.status_code, answer.status_code) == (200, 422)

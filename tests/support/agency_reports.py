"""An agency's own report as tests write, read and decide on it."""

from typing import Any

import httpx

from tests.support.assignments import COORDINATOR, REPORTER, done, read
from tests.support.sample import Sample
from tests.support.sample_facts import (
    CULTURAL_DIPLOMACY,
    FOREIGN_AFFAIRS,
)

DOCUMENT = {"number": "412/BC-SNgV", "issued_on": "2024-12-10", "url": None, "sha256": None}
WORDS = {
    "situation": "Tình hình chung ổn định.",
    "results": "Đã ban hành kế hoạch năm.",
    "shortcomings": "Một số việc còn chậm.",
    "causes": "Thiếu kinh phí.",
    "proposals": "Đề nghị bố trí kinh phí.",
    "next_period": "Hoàn thành các việc còn lại.",
    "document": DOCUMENT,
}
DECEMBER = "2024-12-12"


async def put(
    world: Sample,
    period: str = "2024",
    *,
    agency: str = FOREIGN_AFFAIRS,
    who: Any = REPORTER,
    submit: bool = True,
    **changes: Any,
) -> httpx.Response:
    """Write the report of an agency."""
    plan = await world.the_plan()
    async with await world.by(*who) as http:
        return await http.put(
            f"/v1/plans/{plan.id}/agency-reports/{agency}/{period}?submit={str(submit).lower()}",
            json=WORDS | changes,
        )


async def filed(world: Sample, **changes: Any) -> dict[str, Any]:
    """The report as it is answered once it was filed."""
    answer = await put(world, **changes)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def draft(world: Sample, content: dict[str, Any], ordinal: str = CULTURAL_DIPLOMACY) -> None:
    """Draft the submission of Foreign Affairs on a task for 2024."""
    row = await world.assignment(FOREIGN_AFFAIRS, ordinal, "once")
    async with await world.by(*REPORTER) as http:
        answer = await http.put(f"/v1/assignments/{row.id}/submissions/2024", json=content)
    assert answer.status_code == 200, answer.text


async def shown(
    world: Sample, who: Any = COORDINATOR, agency: str = FOREIGN_AFFAIRS, period: str = "2024"
) -> dict[str, Any]:
    """The report of an agency as somebody reads it."""
    plan = await world.the_plan()
    found: dict[str, Any] = await read(
        world, who, f"plans/{plan.id}/agency-reports/{agency}/{period}"
    )
    return found


async def decide(world: Sample, report: dict[str, Any], action: str, **json: Any) -> dict[str, Any]:
    """Decide on a report, as the coordinator unless it is said who."""
    path = f"plans/{report['plan_id']}/agency-reports/{report['id']}/{action}"
    return await done(world, json.pop("who", COORDINATOR), path, **json)


def part(report: dict[str, Any], ordinal: str = CULTURAL_DIPLOMACY) -> dict[str, Any]:
    """The submission of a report on a task."""
    found: list[dict[str, Any]] = report["submissions"]
    [one] = [one for one in found if one["task_ordinal"] == ordinal]
    return one


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    """The faults of a refused body: the pointer and the code of each."""
    assert answer.status_code == 422, answer.text
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]

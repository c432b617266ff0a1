"""A consolidated report of the sample's plan for 2024: who filed what, and what is asked of it."""

from typing import Any

import httpx

from tests.support.assignments import COORDINATOR, at, read
from tests.support.reports import COMPLETED, file
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import CULTURAL_DIPLOMACY, FOREIGN_AFFAIRS

DAY = "2024-12-20"
"""Reports of 2024 are due on this day; everybody has filed who will."""
FROZEN: dict[str, Any] = {
    "kind": "periodic",
    "period": "2024",
    "notes": {"strengths": "Nhiều việc sớm hạn."},
}
SIGNED = {"number": "123/BC-STTTT", "signed_on": DAY, "signer": "Nguyễn Văn Mẫu"}
PROPOSED = COMPLETED | {
    "results": "Đã tổ chức 02 lớp tập huấn.",
    "proposals": "Đề nghị UBND tỉnh bố trí kinh phí; Sở Tài chính hướng dẫn.",
}
ASSESSMENT = {
    "situation": "Tình hình ổn định.",
    "shortcomings": "Một số việc còn chậm.",
    "causes": "Thiếu kinh phí.",
    "next_period": "Hoàn thành các việc còn lại.",
    "document": {"number": "412/BC-SNgV", "issued_on": "2024-12-10"},
}


async def told(issued: Sample, content: dict[str, Any] = PROPOSED) -> dict[str, Any]:
    """Foreign Affairs reports on cultural diplomacy with its year; both are accepted at once."""
    with at("2024-12-12"):
        plan = await issued.the_plan()
        filed = await file(issued, content)
        url = f"/v1/plans/{plan.id}/agency-reports/{FOREIGN_AFFAIRS}/2024?submit=true"
        async with await issued.reporter(FOREIGN_AFFAIRS) as http:
            answer = await http.put(url, json=ASSESSMENT)
        assert answer.status_code == 200, answer.text
        own = answer.json()
        async with await issued.coordinator() as http:
            accept = f"/v1/plans/{plan.id}/agency-reports/{own['id']}/accept"
            accepted = await http.post(accept, json={"attempt": own["attempts"]})
        assert accepted.status_code == 200, accepted.text
    return filed


async def filed_by(
    issued: Sample, agency: str, ordinal: str, occurrence: str, **content: Any
) -> dict[str, Any]:
    """A report on what an agency owes, for 2024, not decided on."""
    row = await issued.assignment(agency, ordinal, occurrence)
    async with await issued.reporter(agency) as http:
        url = f"/v1/assignments/{row.id}/submissions/2024?submit=true"
        answer = await http.put(url, json=REPORT | content)
    assert answer.status_code == 200, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


async def ask(
    issued: Sample, who: Any = COORDINATOR, query: str = "", **changes: Any
) -> httpx.Response:
    """The answer to a client that asks for the report of 2024 on its due day."""
    plan = await issued.the_plan()
    headers = changes.pop("headers", {})
    with at(changes.pop("day", DAY)):
        async with await issued.by(*who, **headers) as http:
            return await http.post(f"/v1/plans/{plan.id}/reports{query}", json=FROZEN | changes)


async def frozen(issued: Sample, **changes: Any) -> dict[str, Any]:
    """The report as it is answered once it was frozen."""
    answer = await ask(issued, **changes)
    assert answer.status_code == 201, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def content(issued: Sample, report: dict[str, Any], who: Any = COORDINATOR) -> dict[str, Any]:
    """The content of the report."""
    found: dict[str, Any] = await read(issued, who, f"reports/{report['id']}/content")
    return found


def result(content: dict[str, Any], ordinal: str = CULTURAL_DIPLOMACY) -> dict[str, Any]:
    """The results of one task in the report."""
    found: list[dict[str, Any]] = [
        task
        for group in content["results"]
        for task in group["tasks"]
        if task["ordinal"] == ordinal
    ]
    [task] = found
    return task

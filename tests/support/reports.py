"""Reports of the sample's plan, filed and decided on over HTTP."""

from typing import Any

from app.schemas.submissions import SELDOM
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import CULTURAL_DIPLOMACY, FOREIGN_AFFAIRS

EVIDENCE = [{"number": "215/BC-SNgV", "issued_on": "2024-05-20", "url": None, "sha256": None}]
COMPLETED = REPORT | {"outcome": "completed", "percent": 100, "evidence": EVIDENCE}
BETTER = REPORT | {"percent": 60, "results": "Đã bổ sung số liệu."}
NOT_APPLICABLE = REPORT | {
    "outcome": "not_applicable",
    "percent": 0,
    "not_applicable_reason": "Địa phương không có đối tượng.",
}
REASON = {"reason": "Đề nghị bổ sung số liệu."}


def shown(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a regular report as it is answered: it was asked no questions."""
    return {"answers": [], **dict.fromkeys(SELDOM)} | content


async def key(
    issued: Sample,
    agency: str = FOREIGN_AFFAIRS,
    ordinal: str = CULTURAL_DIPLOMACY,
    year: str = "once",
) -> str:
    """The address at which an agency's report on a task for 2024 is put."""
    assignment = await issued.assignment(agency, ordinal, year)
    return f"/v1/assignments/{assignment.id}/submissions/2024"


async def file(
    issued: Sample, content: dict[str, Any], agency: str = FOREIGN_AFFAIRS
) -> dict[str, Any]:
    """File a report for 2024 on the strategy of cultural diplomacy, which Foreign Affairs leads."""
    async with await issued.reporter(agency) as http:
        answer = await http.put(f"{await key(issued, agency)}?submit=true", json=content)
    assert answer.status_code == 200, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


async def decide(issued: Sample, submission_id: str, action: str, **json: Any) -> dict[str, Any]:
    """The answer to the coordinator's action on a report, whose latest attempt it has read."""
    async with await issued.coordinator() as http:
        url = f"/v1/submissions/{submission_id}"
        if action in ("accept", "send-back"):
            json["attempt"] = (await http.get(url)).json()["attempts"]
        answer = await http.post(f"{url}/{action}", json=json or None)
    assert answer.status_code == 200, answer.text
    decided: dict[str, Any] = answer.json()
    return decided

"""Cases that wait for a decision, and deciding on them."""

from typing import Any

from app.auth.principal import Role
from tests.support.sample import Sample
from tests.support.sample_facts import (
    COMMITTEE_OFFICE,
    CULTURE,
    PROVINCIAL_COMMITTEE,
)

ADMINISTRATOR = (COMMITTEE_OFFICE, Role.ADMINISTRATOR)
ISSUER = (PROVINCIAL_COMMITTEE, Role.ISSUER)
NEW_COORDINATOR = (CULTURE, Role.COORDINATOR)
DECISION: dict[str, Any] = {
    "successors": [CULTURE],
    "reason": "Thông tin đối ngoại",
    "basis": "15/TB-UBND",
}


async def listed(world: Sample, query: str) -> list[dict[str, Any]]:
    """The cases that wait, as an office that may read all of them lists them."""
    async with await world.by(COMMITTEE_OFFICE, Role.READER) as http:
        answer = await http.get(f"/v1/handovers?state=pending&limit=200&{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def decide(
    world: Sample, who: tuple[str, Role], path: str, status: int = 200, **json: Any
) -> dict[str, Any]:
    """The answer to a decision; *status* is the expected one."""
    async with await world.by(*who) as http:
        answer = await http.post(f"/v1/handovers/{path}", json=json)
    assert answer.status_code == status, answer.text
    decided: dict[str, Any] = answer.json()
    return decided


async def coordination(world: Sample) -> dict[str, Any]:
    """The one case of who coordinates the plan."""
    [found] = await listed(world, "subject=coordination")
    return found

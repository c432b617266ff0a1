"""Completing and issuing the sample's plan."""

from typing import Any

from app.models import (
    Plan,
)
from tests.support.sample import COMPLETION, Sample

BODY = {name: str(value) for name, value in COMPLETION.items()}


async def complete(drafted: Sample, **changes: Any) -> Plan:
    """Say of the draft what its issue needs."""
    plan = await drafted.the_plan()
    async with await drafted.issuer() as http:
        answer = await http.patch(f"/v1/plans/{plan.id}", json={**BODY, **changes})
    assert answer.status_code == 200, answer.text
    return plan

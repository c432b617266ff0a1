"""The reads of a draft, and of the records about it, that tests share."""

from typing import Any

import httpx

from app.models import Plan
from tests.support.sample import Sample

SECRET = "lời văn chỉ có trong nội dung sửa"


async def tasks_of(http: httpx.AsyncClient, plan: Plan) -> dict[str, dict[str, Any]]:
    """The tasks of a plan as they are answered, by ordinal."""
    answer = await http.get(f"/v1/plans/{plan.id}/tasks?limit=200")
    return {task["ordinal"]: task for task in answer.json()["items"]}


async def written(drafted: Sample, noun: str, row_id: str) -> dict[str, Any]:
    """The last audit entry about a row, which its event tells as well."""
    entries, events = await drafted.noted(noun, row_id)
    entry, event = entries[-1], events[-1]
    assert event.type == f"tiendo.{noun}.{entry.action}"
    assert (event.data, event.occurred_at) == (entry.detail, entry.occurred_at)
    assert SECRET not in str(entry.detail)
    return {"action": entry.action, **entry.detail}

"""Asking for reports outside the regime, over HTTP."""

from typing import Any

import httpx
from sqlmodel import col, select

from app.models import (
    Submission,
)
from tests.support.sample import Sample
from tests.support.sample_facts import (
    FOREIGN_AFFAIRS,
)

QUESTIONS = [{"id": "1", "text": "Bao nhiêu lớp?"}, {"id": "2", "text": "Bao nhiêu người?"}]


ASKED: dict[str, Any] = {
    "kind": "ad_hoc",
    "answered_by": "assignment",
    "title": "Báo cáo nhanh kết quả tập huấn",
    "number": "15/STTTT-TTBCXB",
    "issued_on": "2024-06-07",
    "data_from": "2024-01-01",
    "data_to": "2024-06-15",
    "due_on": "2024-06-20",
    "agencies": [FOREIGN_AFFAIRS],
    "questions": QUESTIONS,
}


PERIOD = "adhoc-15-stttt-ttbcxb-2024"


async def ask(issued: Sample, by: httpx.AsyncClient | None = None, **changes: Any) -> Any:
    """Ask as the coordinator, or as somebody else."""
    plan = await issued.the_plan()
    query = {"dry_run": "true"} if changes.pop("dry_run", False) else {}
    async with by or await issued.coordinator() as http:
        url = f"/v1/plans/{plan.id}/report-requests"
        return await http.post(url, json=ASKED | changes, params=query)


async def asked(issued: Sample, **changes: Any) -> dict[str, Any]:
    """The request that was asked, as it was stored."""
    answer = await ask(issued, **changes)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def expected(issued: Sample, period: str = PERIOD) -> list[Submission]:
    """The submissions of a period, as the database has them now."""
    rows = await issued.session.exec(
        select(Submission)
        .where(col(Submission.period) == period)
        .execution_options(populate_existing=True)
    )
    return list(rows)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    """The faults of a refused body: the pointer and the code of each."""
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]

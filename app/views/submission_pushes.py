"""The answer to many submissions that were pushed in one request."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from fastapi import Request
from pydantic_core import to_json

from app.domain.submissions.push import PushVerdict
from app.errors import TrackerError
from app.http import batches
from app.http.answers import Answer
from app.schemas.submission_pushes import PushBatchOut, PushCountsOut

KEY = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")
"""The labels of rows that are sent back as they came."""


def pushes_answer(
    request: Request,
    rows: Sequence[batches.BatchRow],
    judged: Mapping[int, PushVerdict],
    errors: Mapping[int, TrackerError],
    *,
    applied: bool,
) -> Answer[PushBatchOut]:
    """The verdict on each of *rows* by its place, and once the problems that many have in common.

    A row that is in *errors* was rejected. It is written without models, of which a thousand take
    longer than all else that an answer needs.
    """
    items = []
    for index, row in enumerate(rows):
        error = errors.get(index)
        items.append(
            {
                "index": index,
                "key": _key(row),
                "status": "rejected" if error else str(judged[index].effect),
                "result": None if error else judged[index].result,
                "problem": error and batches.problem(request, error),
            }
        )
    counted = Counter(item["status"] for item in items)
    answer = {
        "counts": {name: counted[name] for name in PushCountsOut.model_fields},
        "items": items,
        "problems": batches.grouped(request, rows, errors),
        "applied": applied,
    }
    return Answer(to_json(answer), 207)


def _key(row: batches.BatchRow) -> str | None:
    """The row's label, also of a row that is wrong elsewhere."""
    key = row.value.get("key") if isinstance(row.value, dict) else None
    return key if isinstance(key, str) and KEY.fullmatch(key) else None

"""Batches of reports on the sample's plan."""

import json
from typing import Any

import httpx

from tests.support.sample import COMPLETION, REPORT, Sample
from tests.support.sample_facts import CULTURAL_DIPLOMACY, FOREIGN_AFFAIRS

Json = dict[str, Any]
URL = "/v1/submissions/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}


def row(ordinal: str = CULTURAL_DIPLOMACY, **given: Any) -> Json:
    """A report on a task of the sample's plan for 2024, named as a caller knows it."""
    named = {"plan_number": COMPLETION["number"], "task_ordinal": ordinal, "period": "2024"}
    return named | {"submit": True} | REPORT | given


def lines(*rows: Json | bytes) -> bytes:
    """Rows as NDJSON; bytes are lines that are sent as they are."""
    return b"\n".join(r if isinstance(r, bytes) else json.dumps(r).encode() for r in rows)


async def send(http: httpx.AsyncClient, *rows: Any, **query: bool) -> Json:
    """The answer to a batch that is read as a whole."""
    body, headers = json.dumps({"items": rows}), {"Content-Type": "application/json"}
    answer = await http.post(URL, content=body, headers=headers, params=query)
    assert answer.status_code == 207, answer.text
    told: Json = answer.json()
    return told


async def push(issued: Sample, *rows: Any, agency: str = FOREIGN_AFFAIRS, **query: bool) -> Json:
    """The same, by an agency's reporter."""
    async with await issued.reporter(agency) as http:
        return await send(http, *rows, **query)


def statuses(answer: Json) -> list[str]:
    """The status of each row."""
    return [item["status"] for item in answer["items"]]


def refusals(answer: Json) -> list[tuple[int, int, str]]:
    """The rejected rows: the index, the HTTP status and the code of each."""
    return [
        (item["index"], item["problem"]["status"], item["problem"]["code"])
        for item in answer["items"]
        if item["problem"] is not None
    ]

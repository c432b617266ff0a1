"""A batch of a thousand reports, beside the same rows read and written by asyncpg alone."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import Any

import httpx

ROWS = 1_000
PATH = "/v1/submissions/batch"


@dataclass(frozen=True)
class Batch:
    """Reports of one agency that nobody has filed yet."""

    agency: int
    body: bytes


@dataclass
class Times:
    """Seconds of each batch, and of each that was sent again and changed nothing."""

    filed: list[float] = field(default_factory=list)
    repeated: list[float] = field(default_factory=list)


def set_aside(
    reports: list[tuple[str, int]], count: int, *, content: dict[str, Any], period: str
) -> tuple[Iterator[Batch], list[tuple[str, int]]]:
    """So many batches, each of one agency, and the reports that are left for other measures."""
    by_agency: dict[int, list[str]] = defaultdict(list)
    for assignment_id, agency in reports:
        by_agency[agency].append(assignment_id)
    full = {agency: ids[:ROWS] for agency, ids in by_agency.items() if len(ids) >= ROWS}
    taken = dict(islice(full.items(), count))
    if len(taken) < count:
        raise SystemExit(f"{len(taken)} batches of new reports are left, not {count}")
    batches = [
        Batch(agency, _body(ids, content | {"period": period, "submit": True}))
        for agency, ids in taken.items()
    ]
    spent = {assignment_id for ids in taken.values() for assignment_id in ids}
    return iter(batches), [report for report in reports if report[0] not in spent]


def _body(ids: list[str], content: dict[str, Any]) -> bytes:
    items = [{"assignment_id": assignment_id, **content} for assignment_id in ids]
    return json.dumps({"items": items}, ensure_ascii=False).encode()


def send(port: int, batch: Batch, token: str, times: Times) -> None:
    """File a batch, and send it again, as a caller does that got no answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for kept, effect in ((times.filed, "created"), (times.repeated, "unchanged")):
        started = time.perf_counter()
        answer = httpx.post(
            f"http://127.0.0.1:{port}{PATH}", content=batch.body, headers=headers, timeout=60
        )
        kept.append(time.perf_counter() - started)
        if answer.status_code != 207 or answer.json()["counts"][effect] != ROWS:
            raise SystemExit(f"a batch was answered {answer.status_code}: {answer.text[:300]}")


def print_times(ours: Times, limit: Times) -> None:
    """One line a kind, as in the table of requests."""
    print(
        f"\n| {ROWS:,} báo cáo một lần / in one batch | ms | dòng / rows a s | limit ms | ratio |"
    )
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, own, other in (
        ("Nộp mới / filed", ours.filed, limit.filed),
        ("Gửi lại / sent again", ours.repeated, limit.repeated),
    ):
        ratio = median(b / a for a, b in zip(own, other, strict=True))
        a, b = median(own), median(other)
        print(f"| {name} | {1000 * a:.0f} | {ROWS / a:,.0f} | {1000 * b:.0f} | {ratio:.2f} |")

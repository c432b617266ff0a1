"""A reorganisation that moves some ten thousand open duties, asked for in one request.

Asked as a dry run: the whole work is done and taken back, so that it can be measured again, on a
database that is kept as well.
"""

import time
from statistics import median

import httpx

from app.clock import local_day, utc_now
from benchmarks import data

PREDECESSORS = 8
TIMES = 3
PATH = "/v1/successions?dry_run=true"


def measure(port: int, token: str) -> None:
    """Merge the last agencies into one that owes nothing yet, a few times, and print how long."""
    last = range(data.AGENCIES - PREDECESSORS + 1, data.AGENCIES + 1)
    body = {
        "kind": "merge",
        "effective_on": local_day(utc_now()).isoformat(),
        "items": [{"predecessor": f"CQ-{n:02}", "successor": data.SUCCESSOR} for n in last],
    }
    headers = {"Authorization": f"Bearer {token}"}
    times, counts = [], {}
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = httpx.post(
            f"http://127.0.0.1:{port}{PATH}", json=body, headers=headers, timeout=120
        )
        times.append(time.perf_counter() - started)
        counts = answer.raise_for_status().json()["counts"]
    print(
        f"\n{PREDECESSORS} cơ quan sáp nhập thành một / agencies become one:"
        f" {counts['moved']:,} việc chuyển / moved, {counts['merged']:,} nhập vào việc đã có /"
        f" merged, {median(times):.1f} s"
    )

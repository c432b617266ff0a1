"""The time that the page of a board takes on the sample: `make bench S=--board`.

The sample is loaded as a local run does; the page is asked for by a link, one after another.
"""

import time
from statistics import median, quantiles
from typing import Any

import httpx

from benchmarks.asked import headers_of

TIMES = 60
AIM_MS = 100


def measure(port: int, clients: list[dict[str, Any]], last_day: str) -> None:
    """Ask for the page and for its one answer, and print how long each takes."""
    base = f"http://127.0.0.1:{port}"
    headers = headers_of(base, clients, "coordinator")
    plans = httpx.get(f"{base}/v1/plans?limit=1", headers=headers).raise_for_status()
    path = f"/v1/plans/{plans.json()['items'][0]['id']}"
    body = {"purpose": "bench", "last_day": last_day}
    link = httpx.post(f"{base}{path}/board-links", headers=headers, json=body).raise_for_status()
    page = link.json()["url"].replace(link.json()["url"].partition("/boards")[0], base)
    _print_times("trang / page", page, {})
    _print_times("một câu trả lời / one answer", f"{base}{path}/board", headers)


def _print_times(name: str, url: str, headers: dict[str, str]) -> None:
    times = []
    with httpx.Client(headers=headers, timeout=60) as client:
        for _ in range(TIMES):
            begun = time.perf_counter()
            client.get(url).raise_for_status()
            times.append(1000 * (time.perf_counter() - begun))
    # The first ones load templates and plan statements.
    warm = times[TIMES // 6 :]
    p95 = quantiles(warm, n=20)[-1]
    print(f"{name}: p50 {median(warm):.0f} ms, p95 {p95:.0f} ms (mục tiêu / aim < {AIM_MS} ms)")

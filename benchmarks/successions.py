"""Reorganisations that move some ten thousand open assignments, each asked for in one request.

`make bench S=--successions` measures these alone.
"""

import time
from statistics import median
from typing import Any

import httpx

from app.clock import local_day, utc_now
from benchmarks import data

PREDECESSORS = 8
TIMES = 5
PATH = "/v1/successions"


class Recording:
    """Records successions as an administrator, and notes how long each request takes."""

    def __init__(self, port: int, token: str) -> None:
        self._url = f"http://127.0.0.1:{port}{PATH}"
        self._headers = {"Authorization": f"Bearer {token}"}

    def ask(self, codes: list[str], **others: Any) -> tuple[float, dict[str, Any]]:
        """These agencies become the one that owes nothing yet, from today on."""
        body = {
            "kind": "merge",
            "effective_on": local_day(utc_now()).isoformat(),
            "items": [{"predecessor": code, "successor": data.SUCCESSOR} for code in codes],
            "corrects": others.pop("corrects", []),
        }
        started = time.perf_counter()
        answer = httpx.post(self._url, params=others, json=body, headers=self._headers, timeout=120)
        taken = time.perf_counter() - started
        return taken, answer.raise_for_status().json()


def measure(port: int, token: str) -> None:
    """Each a few times, and print how long."""
    recording = Recording(port, token)
    _move(recording)
    _merge(recording)


def _move(recording: Recording) -> None:
    """One agency hands over all it owes, for good; set right each time, to be done again."""
    moved, taken_back = [], []
    for _ in range(TIMES):
        seconds, answer = recording.ask([data.LEAVING])
        moved.append(seconds)
        rows = [row["id"] for row in answer["successions"]]
        seconds, _ = recording.ask([], corrects=rows)
        taken_back.append(seconds)
    print(
        f"\n{answer['counts']['moved']:,} việc của một cơ quan chuyển sang cơ quan khác"
        f" / assignments of one agency go to another: {_times(moved)};"
        f" đính chính / corrected: {_times(taken_back)}"
    )


def _merge(recording: Recording) -> None:
    """The last agencies become one, of assignments for the same tasks; as a dry run, which is all
    the
    work and taken back: what was merged is not as it was after a correction."""
    codes = [f"CQ-{n:02}" for n in range(data.AGENCIES - PREDECESSORS + 1, data.AGENCIES + 1)]
    asked = [recording.ask(codes, dry_run=True) for _ in range(TIMES)]
    counts = asked[-1][1]["counts"]
    print(
        f"{PREDECESSORS} cơ quan sáp nhập thành một / agencies become one:"
        f" {counts['moved']:,} việc chuyển / moved, {counts['merged']:,} nhập vào việc đã có /"
        f" merged: {_times([seconds for seconds, _ in asked])}"
    )


def _times(seconds: list[float]) -> str:
    return f"{median(seconds):.1f} s ({min(seconds):.1f}-{max(seconds):.1f})"

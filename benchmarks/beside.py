"""What one client waits while files of another are read and written: `make bench S=--beside`.

A client asks for a page of assignments fifty times a second, alone and while a plan file of very
many names is imported, and then while the files of a report are made: in pairs, in one run.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from io import BytesIO
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median, quantiles
from typing import Any

import httpx
from docx import Document
from docx.oxml.ns import qn

from benchmarks.asked import headers_of

PAIRS = 12
ROUND_SECONDS = 6.0
A_SECOND = 50
ROWS, NAMES = 4_899, 26
HEADING = ("STT", "Nội dung", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian")

Work = Callable[[httpx.Client], None]
Worker = Callable[[], Coroutine[Any, Any, float]]
"""Has the work done once, and answers how many seconds it took."""


def measure(port: int, clients: list[dict[str, Any]]) -> None:
    """Print what the client waits with and without each kind of work beside it."""
    base = f"http://127.0.0.1:{port}"
    issuer, coordinator = (headers_of(base, clients, role) for role in ("issuer", "coordinator"))
    works = [
        (
            f"nhập tệp {ROWS:,} dòng × {NAMES} tên / an import of so many names",
            issuer,
            partial(_import, content=_plan_file()),
        ),
        (
            "tệp Word và Excel của một báo cáo / both files of a report",
            coordinator,
            partial(_make_files, path=_report(base, coordinator)),
        ),
    ]
    for name, headers, work in works:
        with _worker(base, headers, work) as worker:
            asyncio.run(_pairs(name, base, coordinator, worker))


def _report(base: str, headers: dict[str, str]) -> str:
    """The path of a frozen report of the sample's plan."""
    with httpx.Client(base_url=base, headers=headers, timeout=120) as client:
        plans = client.get("/v1/plans?limit=1").raise_for_status().json()
        body = {"kind": "periodic", "period": "2025"}
        path = f"/v1/plans/{plans['items'][0]['id']}/reports"
        answer = client.post(path, json=body).raise_for_status().json()
        return f"/v1/reports/{answer['id']}/files"


@contextmanager
def _worker(base: str, headers: dict[str, str], work: Work) -> Iterator[Worker]:
    """A process that asks for the work."""
    spawned = get_context("spawn")
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_ask_for_work, args=(theirs, base, headers, work))
    process.start()

    def once() -> float:
        ours.send(True)
        return float(ours.recv())

    try:
        yield lambda: asyncio.to_thread(once)
    finally:
        process.terminate()
        process.join()


def _ask_for_work(pipe: Connection, base: str, headers: dict[str, str], work: Work) -> None:
    with httpx.Client(base_url=base, headers=headers, timeout=120) as client:
        while pipe.recv():
            begun = time.perf_counter()
            work(client)
            pipe.send(time.perf_counter() - begun)


def _import(client: httpx.Client, *, content: bytes) -> None:
    files = {"file": ("plan.docx", content)}
    answer = client.post("/v1/plan-imports?dry_run=true", files=files)
    if answer.status_code != httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        raise SystemExit(f"the import answers {answer.status_code}: {answer.text[:200]}")


def _make_files(client: httpx.Client, *, path: str) -> None:
    for form in ("docx", "xlsx"):
        client.get(f"{path}/{form}").raise_for_status()


def _plan_file() -> bytes:
    """A Word file of a plan in which each row names agencies that nobody knows."""
    document = Document()
    document.add_paragraph("KẾ HOẠCH")
    table = document.add_table(rows=2, cols=len(HEADING))
    for cell, text in zip(table.rows[0].cells, HEADING, strict=True):
        cell.text = text
    for cell in table.rows[1].cells:
        cell.text = "."
    # The library takes minutes for so many rows; the markup of one is copied instead.
    model = table.rows[1]._tr
    for number in range(ROWS):
        row = deepcopy(model)
        names = "; ".join(f"Trung tâm {number} số {one}" for one in range(NAMES))
        texts = (str(number), f"Việc {number}", names, "", "2026")
        for word, text in zip(row.iter(qn("w:t")), texts, strict=True):
            word.text = text
        model.addprevious(row)
    table._tbl.remove(model)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


async def _pairs(name: str, base: str, headers: dict[str, str], work: Worker) -> None:
    """The work once to warm up; then what is waited for without it and beside it, in turns."""
    alone: list[list[float]] = []
    beside: list[list[float]] = []
    took: list[float] = []
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=120) as client:
        await _ask_until(client, asyncio.create_task(work()))
        for _ in range(PAIRS):
            resting = asyncio.create_task(asyncio.sleep(ROUND_SECONDS))
            alone.append(await _ask_until(client, resting))
            working = asyncio.create_task(_work_on(work, took))
            beside.append(await _ask_until(client, working))
    print(f"{name}: {median(took):.2f} s × {len(took)}")
    for percent in (50, 99):
        _print_growth(percent, alone, beside)


async def _work_on(work: Worker, took: list[float]) -> None:
    """The work without a pause, for a round."""
    until = time.perf_counter() + ROUND_SECONDS
    while time.perf_counter() < until:
        took.append(await work())


def _print_growth(percent: int, alone: list[list[float]], beside: list[list[float]]) -> None:
    """Of all answers together, and between which bounds the half of the pairs lie: of some
    thousand answers a hundredth is few."""
    before, then = (quantiles(chain(*rounds), n=100)[percent - 1] for rounds in (alone, beside))
    pairs = [
        quantiles(with_work, n=100)[percent - 1] / quantiles(without, n=100)[percent - 1] - 1
        for without, with_work in zip(alone, beside, strict=True)
    ]
    low, middle, high = quantiles(pairs, n=4)
    print(
        f"  p{percent}: {before:.1f} → {then:.1f} ms ({100 * (then / before - 1):+.0f} %);"
        f" cặp / pairs {100 * middle:+.0f} % ({100 * low:+.0f} … {100 * high:+.0f})"
    )


async def _ask_until(client: httpx.AsyncClient, work: asyncio.Task[Any]) -> list[float]:
    """How long each page took, in ms, of those asked for until the work was done."""
    asked: list[asyncio.Task[float]] = []
    begun = time.perf_counter()
    while not work.done():
        asked.append(asyncio.create_task(_page(client)))
        # By the clock and not by the last answer: else a slow answer asks less.
        await asyncio.sleep(max(0, begun + len(asked) / A_SECOND - time.perf_counter()))
    await work
    return list(await asyncio.gather(*asked))


async def _page(client: httpx.AsyncClient) -> float:
    begun = time.perf_counter()
    (await client.get("/v1/assignments?limit=50")).raise_for_status()
    return 1000 * (time.perf_counter() - begun)

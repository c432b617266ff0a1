"""The waits of one client while files of another are read and written: `make bench S=--beside`.

A client asks for a page of assignments fifty times a second, alone, beside a process that only
counts, and while a plan file of very many names is imported or the files of a report are made: in
turns, in one run. The process that only counts is the limit of the machine: it yields as a reader
of files does and asks for nothing, so that what it costs the client is not the service's part.
"""

import asyncio
import sys
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
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

from app.documents.confined.limited_process import limited_process
from benchmarks.asked import headers_of

TURNS = 10
ROUND_SECONDS = 6.0
A_SECOND = 50
ROWS, NAMES = 4_899, 26
HEADING = ("STT", "Nội dung", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian")

Request = Callable[[httpx.Client], None]
"""Asks for a file to be read or written."""
Work = Callable[[], Coroutine[Any, Any, float]]
"""Has it done once by a process of its own, and answers how many seconds it took."""
Way = Callable[[], Coroutine[Any, Any, None]]
"""The work that goes on beside the client for a round."""


def measure(port: int, clients: list[dict[str, Any]]) -> None:
    """Print what the client waits with and without each kind of work beside it."""
    base = f"http://127.0.0.1:{port}"
    issuer, coordinator = (headers_of(base, clients, role) for role in ("issuer", "coordinator"))
    requests = [
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
    for name, headers, request in requests:
        with _asker(base, headers, request) as work:
            asyncio.run(_measure(name, base, coordinator, work))


def _report(base: str, headers: dict[str, str]) -> str:
    """The path of a frozen report of the sample's plan."""
    with httpx.Client(base_url=base, headers=headers, timeout=120) as client:
        plans = client.get("/v1/plans?limit=1").raise_for_status().json()
        body = {"kind": "periodic", "period": "2025"}
        path = f"/v1/plans/{plans['items'][0]['id']}/reports"
        answer = client.post(path, json=body).raise_for_status().json()
        return f"/v1/reports/{answer['id']}/files"


@contextmanager
def _asker(base: str, headers: dict[str, str], request: Request) -> Iterator[Work]:
    """A process that makes the request, whenever it is told to."""
    spawned = get_context("spawn")
    ours, theirs = spawned.Pipe()
    process = spawned.Process(target=_ask, args=(theirs, base, headers, request))
    process.start()

    def once() -> float:
        ours.send(True)
        return float(ours.recv())

    try:
        yield lambda: asyncio.to_thread(once)
    finally:
        process.terminate()
        process.join()


def _ask(pipe: Connection, base: str, headers: dict[str, str], request: Request) -> None:
    with httpx.Client(base_url=base, headers=headers, timeout=120) as client:
        while pipe.recv():
            begun = time.perf_counter()
            request(client)
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


async def _measure(name: str, base: str, headers: dict[str, str], work: Work) -> None:
    """The work once to warm up; then what is waited for in each way, in turns."""
    took: list[float] = []
    ways: dict[str, Way] = {
        "riêng / alone": lambda: asyncio.sleep(ROUND_SECONDS),
        "bên tiến trình chỉ đếm / beside one that only counts": _count,
        "bên việc này / beside the work": lambda: _work_on(work, took),
    }
    waited: dict[str, list[list[float]]] = {way: [] for way in ways}
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=120) as client:
        await _ask_until(client, asyncio.create_task(work()))
        for _ in range(TURNS):
            for way, busy in ways.items():
                waited[way].append(await _ask_until(client, asyncio.create_task(busy())))
    print(f"{name}: {median(took):.2f} s × {len(took)}")
    _print(waited)


async def _count() -> None:
    """Have a process count for a round, which yields as a reader of files does."""
    counting = (sys.executable, "-c", "while True: pass")
    async with limited_process(*counting, seconds=2 * ROUND_SECONDS, environment={}):
        await asyncio.sleep(ROUND_SECONDS)


async def _work_on(work: Work, took: list[float]) -> None:
    """The work without a pause, for a round."""
    until = time.perf_counter() + ROUND_SECONDS
    while time.perf_counter() < until:
        took.append(await work())


def _print(waited: dict[str, list[list[float]]]) -> None:
    """Print the percentiles over all answers of a way, and the bounds between which the half of its
    rounds lie beside the first way's: a hundredth of some thousand answers is few."""
    first, *_ = waited.values()
    for way, rounds in waited.items():
        line = f"  {way}:"
        for percent in (50, 99):
            alone, beside = (_percentile(percent, chain(*each)) for each in (first, rounds))
            line += f" p{percent} {beside:.1f} ms"
            if rounds is first:
                continue
            turns = [
                100 * (_percentile(percent, then) / _percentile(percent, before) - 1)
                for before, then in zip(first, rounds, strict=True)
            ]
            low, _, high = quantiles(turns, n=4)
            line += f" ({100 * (beside / alone - 1):+.0f} %; {low:+.0f} … {high:+.0f})"
        print(line)


def _percentile(percent: int, milliseconds: Iterable[float]) -> float:
    return quantiles(milliseconds, n=100)[percent - 1]


async def _ask_until(client: httpx.AsyncClient, work: asyncio.Task[Any]) -> list[float]:
    """The ms that each page took, of those asked for until the work was done."""
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

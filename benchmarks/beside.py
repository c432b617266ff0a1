"""What one client waits while files of another are read and written: `make bench S=--beside`.

A client asks for a page of assignments fifty times a second, alone and while a plan file of very
many names is imported, and then while the files of a report are made: in pairs, in one run.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from copy import deepcopy
from functools import partial
from io import BytesIO
from statistics import median, quantiles
from typing import Any

import httpx
from docx import Document
from docx.oxml.ns import qn

PAIRS = 8
ROUND_SECONDS = 6.0
A_SECOND = 50
ROWS, NAMES = 4_899, 26
HEADING = ("STT", "Nội dung", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian")

Work = Callable[[], Coroutine[Any, Any, None]]


def measure(port: int, clients: list[dict[str, Any]]) -> None:
    """Print what the client waits with and without each kind of work beside it."""
    asyncio.run(_measure(f"http://127.0.0.1:{port}", clients))


async def _measure(base: str, clients: list[dict[str, Any]]) -> None:
    async with (
        _client(base, clients, "issuer") as issuer,
        _client(base, clients, "coordinator") as coordinator,
    ):
        works = {
            f"nhập tệp {ROWS:,} dòng × {NAMES} tên / an import of so many names": partial(
                _import, issuer, _plan_file()
            ),
            "tệp Word và Excel của một báo cáo / both files of a report": partial(
                _make_files, coordinator, await _report(coordinator)
            ),
        }
        for name, work in works.items():
            await _pairs(name, coordinator, work)


@asynccontextmanager
async def _client(
    base: str, clients: list[dict[str, Any]], role: str
) -> AsyncIterator[httpx.AsyncClient]:
    one = next(client for client in clients if role in client["roles"])
    form = {"grant_type": "client_credentials"}
    given = (one["client_id"], one["client_secret"])
    async with httpx.AsyncClient(base_url=base, timeout=120) as client:
        answer = (await client.post("/oauth/token", data=form, auth=given)).raise_for_status()
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


async def _report(client: httpx.AsyncClient) -> str:
    """The path of a frozen report of the sample's plan."""
    plans = (await client.get("/v1/plans?limit=1")).raise_for_status().json()
    body = {"kind": "periodic", "period": "2025"}
    path = f"/v1/plans/{plans['items'][0]['id']}/reports"
    answer = (await client.post(path, json=body)).raise_for_status().json()
    return f"/v1/reports/{answer['id']}/files"


async def _import(client: httpx.AsyncClient, content: bytes) -> None:
    files = {"file": ("plan.docx", content)}
    answer = await client.post("/v1/plan-imports?dry_run=true", files=files)
    if answer.status_code != httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        raise SystemExit(f"the import answers {answer.status_code}: {answer.text[:200]}")


async def _make_files(client: httpx.AsyncClient, path: str) -> None:
    for form in ("docx", "xlsx"):
        (await client.get(f"{path}/{form}")).raise_for_status()


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


async def _pairs(name: str, client: httpx.AsyncClient, work: Work) -> None:
    """The work once to warm up; then what is waited for without it and beside it, in turns."""
    await _ask_until(client, asyncio.create_task(work()))
    alone: list[float] = []
    beside: list[float] = []
    took: list[float] = []
    for _ in range(PAIRS):
        alone += await _ask_until(client, asyncio.create_task(asyncio.sleep(ROUND_SECONDS)))
        until = time.perf_counter() + ROUND_SECONDS
        while time.perf_counter() < until:
            begun = time.perf_counter()
            beside += await _ask_until(client, asyncio.create_task(work()))
            took.append(time.perf_counter() - begun)
    print(f"{name}: {median(took):.2f} s × {len(took)}")
    for percent in (50, 99):
        before, then = (quantiles(times, n=100)[percent - 1] for times in (alone, beside))
        print(f"  p{percent}: {before:.1f} → {then:.1f} ms ({100 * (then / before - 1):+.0f} %)")


async def _ask_until(client: httpx.AsyncClient, work: asyncio.Task[None]) -> list[float]:
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

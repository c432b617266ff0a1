"""The memory that our processes take on the sample: `make bench S=--memory`.

A serving process answers, is asked for the contract, and then for every operation of the contract
once, as an administrator; a worker does its day's jobs. What they hold is what the kernel says of
them (`Rss` of smaps_rollup), pages of files included.
"""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from benchmarks.asked import headers_of

MOST = 10
"""So many operations are named: those that raised the memory most."""
QUIET_SECONDS = 5.0
"""A worker that took no more memory for so long has done its day's jobs."""
Json = dict[str, Any]


def megabytes(process: "subprocess.Popen[bytes]") -> float:
    """The megabytes that a process holds in memory now."""
    said = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(said.partition("Rss:")[2].split()[0]) / 1024


def find_ids(port: int, clients: list[Json]) -> dict[str, str]:
    """The first row of each list that leads to a path, by the name of the path's parameter."""
    found: dict[str, str] = {}
    with _asking(port, clients) as http:
        for path in sorted(http.get("/openapi.json").json()["paths"], key=len):
            for before, name in re.findall(r"(?=(.*?)/\{(\w+)\})", path)[:2]:
                named = re.findall(r"\{(\w+)\}", before)
                if name in found or not found.keys() >= set(named):
                    continue
                answer = http.get(before.format(**found))
                rows = answer.json().get("items") if answer.is_success else []
                if rows and (value := rows[0].get("id") or rows[0].get(name)):
                    found[name] = str(value)
    return found


def serve(
    port: int, process: "subprocess.Popen[bytes]", clients: list[Json], ids: dict[str, str]
) -> None:
    """Print what a serving process holds, stage by stage."""
    with _asking(port, clients) as http:
        http.get("/readyz").raise_for_status()
        _print("một tiến trình phục vụ / a serving process that answers", megabytes(process))
        contract = http.get("/openapi.json").json()
        _print("sau khi trả hợp đồng / after the contract was asked for", megabytes(process))
        raised: Counter[str] = Counter()
        statuses: Counter[int] = Counter()
        for name, method, path, query, body in _operations(contract, ids):
            before = megabytes(process)
            statuses[http.request(method, path, params=query, json=body).status_code] += 1
            raised[name] += round(1000 * (megabytes(process) - before))
        _print("sau mọi thao tác / after all operations", megabytes(process))
    for name, more in raised.most_common(MOST):
        _print(f"  {name}", more / 1000)
    print(dict(sorted(statuses.items())))


def work(env: dict[str, str]) -> None:
    """Print what a worker holds after its day's jobs."""
    worker = subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=env)
    most, quiet_since = 0.0, time.monotonic()
    try:
        while time.monotonic() - quiet_since < QUIET_SECONDS:
            time.sleep(0.1)
            if (now := megabytes(worker)) > most + 0.1:
                most, quiet_since = now, time.monotonic()
    finally:
        worker.terminate()
        worker.wait()
    _print("tiến trình việc nền / a worker after its day's jobs", most)


def _asking(port: int, clients: list[Json]) -> httpx.Client:
    base = f"http://127.0.0.1:{port}"
    return httpx.Client(
        base_url=base, headers=headers_of(base, clients, "administrator"), timeout=60
    )


def _operations(contract: Json, ids: dict[str, str]) -> Iterator[tuple[str, str, str, Json, Any]]:
    """Name, method, path, query and body of each operation, by its own examples."""
    for path, methods in contract["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method == "parameters":
                continue
            query, filled = {}, path
            for one in (*shared, *operation.get("parameters", ())):
                parameter = _resolved(one, contract)
                examples = parameter["schema"].get("examples", [parameter.get("example")])
                if parameter["in"] == "path":
                    value = ids.get(parameter["name"], examples[0])
                    filled = filled.replace(f"{{{parameter['name']}}}", str(value))
                elif parameter["in"] == "query" and parameter.get("required"):
                    query[parameter["name"]] = examples[0]
            content = operation.get("requestBody", {}).get("content", {})
            schema = _resolved(content.get("application/json", {}).get("schema", {}), contract)
            yield operation["operationId"], method, filled, query, schema.get("examples", [None])[0]


def _resolved(node: Json, contract: Json) -> Json:
    while "$ref" in node:
        target: Any = contract
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target | {name: said for name, said in node.items() if name != "$ref"}
    return node


def _print(what: str, megabytes: float) -> None:
    print(f"{what:<60} {megabytes:>7.1f} MB", flush=True)

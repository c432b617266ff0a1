"""Every row of the sample can be read: what a plan tells over years is answered, and no failure."""

import re
from collections.abc import Iterator
from itertools import islice

import httpx
import pytest

from tests.support.contract import OPERATIONS
from tests.support.homes import Service
from tests.support.patience import PATIENCE

FEW = 4
"""Rows of a list whose own addresses are asked for, at each level of an address."""
SUPERVISOR = "sample-supervisor"
PATHS = sorted(path for method, path, _ in OPERATIONS.values() if method == "get")


@pytest.fixture
def http(sample_service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sample_service.url, timeout=PATIENCE) as http:
        answer = http.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(SUPERVISOR, sample_service.secrets[SUPERVISOR]),
        )
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield http


def addresses(http: httpx.Client, path: str) -> Iterator[str]:
    """The addresses of the sample that a path of the contract stands for, a few of each list."""
    before, name, after = re.match(r"([^{]*)(?:\{(\w+)\}(.*))?", path).groups()  # type: ignore[union-attr]
    if name is None:
        yield before
        return
    answer = http.get(before.removesuffix("/"), params={"limit": 50})
    rows = answer.json().get("items", []) if answer.status_code == 200 else []
    member = "id" if name.endswith("_id") else name
    for row in islice((row for row in rows if row.get(member)), FEW):
        yield from addresses(http, f"{before}{row[member]}{after}")


def test_no_read_of_the_sample_fails(http: httpx.Client) -> None:
    found = {path: list(addresses(http, path)) for path in PATHS}

    failed = {
        address: answer.status_code
        for one in found.values()
        for address in one
        if (answer := http.get(address)).status_code >= 500
    }
    assert failed == {}
    reached = {path for path, one in found.items() if one}
    assert "/v1/plans/{plan_id}/agency-reports/{report_id}/attempts" in reached
    assert len(reached) > len(PATHS) / 2

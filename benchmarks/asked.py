"""The requests that are measured: each kind as the bytes that a client sends."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import httpx

from benchmarks import data

PLAN, AGENCY = data.identifier("plan-7"), 7
LEADING = 8
"""An agency whose workload fills a page; the one that asks leads nothing."""
CONTENT = {
    "outcome": "in_progress",
    "percent": 40,
    "results": "Đã tổ chức 02 lớp tập huấn và đăng 15 tin, bài trên các báo.",
}
REPORT = json.dumps(CONTENT, ensure_ascii=False)
FORM = "application/x-www-form-urlencoded"
READS = {
    "statistics": f"/v1/plans/{PLAN}/statistics?by=agency",
    "workload": f"/v1/agencies/CQ-{LEADING:02}/workload",
    "page": f"/v1/assignments?plan={PLAN}&limit=50",
}


def credentials(number: int) -> dict[str, str]:
    """The form by which the client of agency *number* asks for a token."""
    return {
        "grant_type": "client_credentials",
        "client_id": f"bench-{number:02}",
        "client_secret": data.secret(number),
    }


def headers_of(base: str, clients: Sequence[dict[str, Any]], role: str) -> dict[str, str]:
    """The headers by which the first of the sample's clients that has the role is known."""
    one = next(client for client in clients if role in client["roles"])
    form = {"grant_type": "client_credentials"}
    given = (one["client_id"], one["client_secret"])
    answer = httpx.post(f"{base}/oauth/token", data=form, auth=given).raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def raw(
    method: str,
    path: str,
    token: str | None = None,
    body: str = "",
    *,
    kind: str = "application/json",
    **headers: str,
) -> str:
    """One HTTP/1.1 request; *headers* are written with `_` for `-`."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join([*lines, "", body])


def token(number: int) -> str:
    """The request for a token."""
    return raw("POST", "/oauth/token", body=urlencode(credentials(number)), kind=FORM)


def push(assignment_id: str, period: str, bearer: str) -> str:
    """The filing of one submission."""
    path = f"/v1/assignments/{assignment_id}/submissions/{period}?submit=true"
    return raw("PUT", path, bearer, REPORT)

"""The contents of logs: enough to follow a request, nothing secret and nothing that an agency
wrote."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from app.auth.principal import Role
from app.config import Settings
from app.logs import configure_logs, get_logger, traceback_without_quotes
from tests.http.test_push_batches import plant
from tests.support.clients import Api
from tests.support.factories import make_secret
from tests.support.reports import decide, key
from tests.support.sample import REPORT, Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS
from tests.support.webhooks import LOOPBACK

WORDS = "lời-của-báo-cáo"
WRITTEN = REPORT | {"results": WORDS, "difficulties": WORDS, "proposals": WORDS}
RETRY_KEY = "khóa-gửi-lại-8e03978e".encode().hex()
PERIOD = "/v1/assignments/{assignment_id}/submissions/{period}"


@pytest.fixture
def hooked(issued: Sample, settings: Settings) -> Api:
    """The application with webhooks, on the same connection."""
    return Api(issued.connection, settings, **LOOPBACK)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, settings: Settings, hooked: Api) -> Iterator[io.StringIO]:
    """The whole log, down to the finest level; applications made later set it anew."""
    written = io.StringIO()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        configure_logs(settings.model_copy(update={"log_level": "debug"}))
        yield written
    configure_logs(settings)


class Written(io.StringIO):
    """Keeps each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.writes.append(text)
        return len(text)


def test_a_line_is_written_at_once(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Else lines of several processes would run into each other."""
    written = Written()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", written)
        configure_logs(settings)
        get_logger().info("request")
    configure_logs(settings)

    [line] = written.writes
    assert line.endswith("}\n")
    assert json.loads(line)["event"] == "request"


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def obtain(issued: Sample, agency: str, *roles: Role) -> tuple[str, str]:
    """A client's secret and the token that it is given for it."""
    client = await issued.client(agency, *roles)
    secret = await make_secret(issued.session, issued.api.settings, client)
    answer = await issued.api.ask(secret, name=client.client_id)
    return secret, answer.json()["access_token"]


async def test_nothing_secret_or_written_is_logged(
    issued: Sample, hooked: Api, log: io.StringIO
) -> None:
    await plant(issued, "raise exception 'planted' using detail = new.content::text;")
    failing = await issued.assignment(FOREIGN_AFFAIRS, "2.4", "2024")
    secret, token = await obtain(issued, FOREIGN_AFFAIRS, Role.REPORTER)
    await issued.api.ask("sai-" + secret, name="van-ban")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": RETRY_KEY}
    async with issued.api.with_headers(headers) as http:
        drafted = await http.put(await key(issued), json=WRITTEN)
        path = f"/v1/submissions/{drafted.json()['id']}"
        answers = [
            drafted,
            await http.post(f"{path}/submit"),
            # The same key for another request.
            await http.post(f"{path}/submit", json={WORDS: WORDS}),
            await http.get(path, params={"fields": WORDS}),
            await http.get(f"/v1/agencies/{WORDS}"),
            await http.put(
                f"/v1/assignments/{failing.id}/submissions/2024?submit=true", json=WRITTEN
            ),
        ]
        await decide(issued, drafted.json()["id"], "send-back", reason=WORDS)
    async with issued.api.with_headers({"Authorization": f"Bearer {token}x"}) as http:
        answers.append(await http.get("/v1/plans"))
    headers["Idempotency-Key"] = f"{RETRY_KEY}-2"
    async with hooked.with_headers(headers) as http:
        hook = await http.post(
            "/v1/webhook-endpoints", json={"url": f"http://127.0.0.1:9009/?k={RETRY_KEY}"}
        )

    statuses = [answer.status_code for answer in answers]
    assert statuses == [200, 200, 422, 422, 422, 500, 401]
    [failure] = [one for one in lines(log) if one["event"] == "database refused a statement"]
    assert failure["request_id"] == answers[5].headers["x-request-id"]
    assert "asyncpg.exceptions.RaiseError" in failure["exception"]
    signature = token.rpartition(".")[2]
    hidden = [secret, signature, WORDS, RETRY_KEY, hook.json()["secret"].removeprefix("whsec_")]
    assert [one for one in hidden if one in log.getvalue()] == []
    assert "Bearer" not in log.getvalue()


async def test_each_request_has_a_line_of_its_own(issued: Sample, log: io.StringIO) -> None:
    client = await issued.client(FOREIGN_AFFAIRS, Role.REPORTER)
    url = await key(issued)
    async with issued.api.by(client) as http:
        written: list[httpx.Response] = [
            await http.put(url, json=WRITTEN),
            await http.put(url, json={}),
            await http.get("/v1/no-such-path"),
        ]

    requests = [line for line in lines(log) if line["event"] == "request"]
    assert [
        (one["request_id"], one["method"], one["route"], one["status"]) for one in requests
    ] == [
        (answer.headers["x-request-id"], method, route, status)
        for answer, method, route, status in zip(
            written, ("PUT", "PUT", "GET"), (PERIOD, PERIOD, "unknown"), (200, 422, 404),
            strict=True,
        )
    ]  # fmt: skip
    assert all(isinstance(one["ms"], float) for one in requests)
    who = [(one["client"], one["agency"]) for one in requests]
    assert who == [(client.client_id, str(client.agency_id))] * 2 + [(None, None)]


def test_a_failure_says_where_and_why_and_quotes_no_database() -> None:
    def fail() -> None:
        try:
            raise asyncpg.PostgresError(WORDS)
        except asyncpg.PostgresError as cause:
            raise RuntimeError("no way on") from cause

    with pytest.raises(RuntimeError) as failure:
        fail()
    told = traceback_without_quotes((RuntimeError, failure.value, failure.tb))

    assert "in fail" in told
    assert "builtins.RuntimeError: no way on" in told
    assert told.endswith("asyncpg.exceptions._base.PostgresError")

"""A request that is out of time is answered, also where what it began can't be ended."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from app.http import middleware, time_limit
from app.http.right_clock import ClockWatch
from tests.support.clients import no_lead
from tests.support.patience import PATIENCE


@pytest.mark.parametrize("ends", [True, False])
async def test_who_waits_is_answered_though_nothing_comes_to_its_end(
    monkeypatch: pytest.MonkeyPatch, ends: bool
) -> None:
    monkeypatch.setattr(time_limit, "CLEANING_UP", 0.2)
    app = FastAPI()
    app.state.clock = ClockWatch(no_lead)
    app.add_middleware(
        middleware.RequestContextMiddleware, seconds=0.1, registry=CollectorRegistry()
    )

    @app.get("/")
    async def silent() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            if not ends:
                await asyncio.Event().wait()

    transport = httpx.ASGITransport(app)
    async with (
        asyncio.timeout(PATIENCE),
        httpx.AsyncClient(transport=transport, base_url="http://a") as http,
    ):
        answer = await http.get("/")

    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_unavailable")
    assert answer.headers["retry-after"] == "1"

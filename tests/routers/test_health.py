"""Readiness says what is there and what is missing."""

from datetime import timedelta
from pathlib import Path

import httpx
import sqlalchemy as sa
import time_machine
from pydantic import SecretStr
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import utc_now
from app.config import Settings
from app.db import make_engine
from app.http.right_clock import ClockWatch
from app.models import SCHEMA_REVISION
from tests.support.clients import Api, serving
from tests.support.serving import exchange, served
from tests.support.transactions import work_as


async def test_a_migrated_database_is_all_that_it_needs(api: Api) -> None:
    async with api.by() as http:
        answer = await http.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "database": "ok",
        "clock": "right",
        "schema_revision": SCHEMA_REVISION,
        "expected_revision": SCHEMA_REVISION,
        "worker_seen_at": None,
    }


async def test_other_schema_is_not_ready(api: Api, session: AsyncSession) -> None:
    await work_as(session, None)
    await session.exec(sa.text("update alembic_version set version_num = '0001'"))  # type: ignore[call-overload]
    await session.commit()

    async with api.by() as http:
        answer = await http.get("/readyz")

    assert answer.status_code == 503
    said = answer.json()
    assert (said["status"], said["database"]) == ("not_ready", "ok")
    assert (said["schema_revision"], said["expected_revision"]) == ("0001", SCHEMA_REVISION)


async def test_database_that_is_away_is_not_ready(settings: Settings) -> None:
    away = SecretStr("postgresql://nobody@127.0.0.1:1/none")
    engine = make_engine(settings.model_copy(update={"database_url": away}))
    async with Api(engine, settings).by() as http:
        answer = await http.get("/readyz")
    await engine.dispose()

    assert answer.status_code == 503
    said = answer.json()
    assert (said["status"], said["database"]) == ("not_ready", "unreachable")
    assert (said["schema_revision"], said["worker_seen_at"]) == (None, None)


async def test_a_newer_schema_serves_the_version_before(api: Api, session: AsyncSession) -> None:
    await work_as(session, None)
    await session.exec(sa.text("update alembic_version set version_num = '9999'"))  # type: ignore[call-overload]
    await session.commit()

    async with api.by() as http:
        answer = await http.get("/readyz")

    assert (answer.status_code, answer.json()["schema_revision"]) == (200, "9999")


async def test_a_primary_that_only_reads_is_not_ready(api: Api, session: AsyncSession) -> None:
    await session.exec(sa.text("set transaction read only"))  # type: ignore[call-overload]
    async with api.by() as http:
        answer = await http.get("/readyz")

    assert (answer.status_code, answer.json()["database"]) == (503, "read_only")


async def test_metrics_are_there_for_the_networks_of_the_setting(api: Api) -> None:
    found = []
    for address in ("127.0.0.1", "10.0.0.9", "nobody"):
        transport = httpx.ASGITransport(api.app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            found.append((await http.get("/metrics")).status_code)

    assert found == [200, 404, 404]


async def test_metrics_are_of_all_processes_of_a_port(tmp_path: Path) -> None:
    ask = b"GET %b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    asked = 40
    with served(tmp_path, "--workers", "2") as port:
        for _ in range(asked):
            exchange(port, ask % b"/.well-known/jwks.json")
        answers = [exchange(port, ask % b"/metrics").decode() for _ in range(10)]

    line = 'tiendo_http_requests_total{method="GET",route="/.well-known/jwks.json",status="200"} '
    assert [line + f"{asked}.0\n" in answer for answer in answers] == [True] * 10


async def test_metrics_stay_small(api: Api) -> None:
    async with api.by() as http:
        for _ in range(2):
            await http.get("/v1/agencies")
        before = (await http.get("/metrics")).text
        await http.get("/v1/plans")
        after = (await http.get("/metrics")).text

    # One more route has few lines: the number of requests by status, and their times.
    assert len(after.splitlines()) - len(before.splitlines()) <= 5
    assert "_created" not in after


async def test_metrics_say_how_far_the_clock_is_off(api: Api) -> None:
    found = []
    for seconds in (0, 300):
        with time_machine.travel(utc_now() + timedelta(seconds=seconds)):
            async with api.by() as http:
                answer = (await http.get("/metrics")).text
        found.append(float(answer.partition("\ntiendo_clock_lead_seconds ")[2].splitlines()[0]))

    assert abs(found[0]) < 60
    assert 240 < found[1] < 360


async def test_nothing_is_changed_by_a_wrong_clock(
    settings: Settings, own_database_url: str
) -> None:
    # Failed logins are written down for good.
    async with serving(settings, own_database_url) as app:
        clock = app.state.clock = ClockWatch()
        transport = httpx.ASGITransport(app)
        async with (
            clock.watching(app.state.looking_sessionmaker),
            httpx.AsyncClient(transport=transport, base_url="http://test") as http,
        ):
            form = {"grant_type": "client_credentials"}
            right = await http.post("/oauth/token", data=form)
            with time_machine.travel(utc_now() + timedelta(days=200), tick=True):
                await clock.look(app.state.looking_sessionmaker)
                refused = await http.post("/oauth/token", data=form)
                read = await http.get("/healthz")
                ready = await http.get("/readyz")
            await clock.look(app.state.looking_sessionmaker)
            after = [await http.post("/oauth/token", data=form), await http.get("/readyz")]

    assert (right.status_code, refused.status_code, read.status_code) == (401, 503, 200)
    assert refused.json()["code"] == "temporarily_unavailable"
    assert "17280000 giây" in refused.json()["detail"]
    assert "retry-after" in refused.headers
    assert (ready.status_code, ready.json()["clock"], ready.json()["database"]) == (
        503,
        "wrong",
        "ok",
    )
    assert [one.status_code for one in after] == [401, 200]

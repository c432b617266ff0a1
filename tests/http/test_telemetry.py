"""Traces and metrics go to the collector that was named, and nowhere where none was."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.config import Settings
from app.home.secrets import ensure_secrets
from app.main import create_app, lifespan
from tests.support import loopback
from tests.support.receivers import Receiver, answer, receiving
from tests.support.runs import ROOT

PLAN = "/v1/plans/0197a000-0000-7000-8000-000000000000"
TAKEN = answer(200, "connection: close")
# One request, answered by the application of the environment's settings.
ASK_ONCE = f"""
import asyncio, sys, httpx
from app.main import create_app, lifespan

async def ask():
    app = create_app()
    async with lifespan(app), httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://tiendo"
    ) as http:
        await http.get("{PLAN}")

asyncio.run(ask())
sdk = ("opentelemetry.sdk", "opentelemetry.exporter")
print(*(name for name in sys.modules if name.startswith(sdk)))
"""
SERVE_WITHOUT_SDK = """
import sys
sys.modules["opentelemetry.sdk"] = None
sys.argv = ["tiendo", "serve"]
from app.cli import main
main()
"""


def python(code: str, secrets: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, since what is imported stays imported."""
    ensure_secrets(secrets)
    environment = {
        **os.environ,
        "TIENDO_SECRETS_DIR": str(secrets),
        "TIENDO_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def arrived(receiver: Receiver, path: str) -> list[bytes]:
    return [request.body for request in receiver.requests if request.path == path]


async def ask_once(settings: Settings, receiver: Receiver, path: str) -> None:
    """Ask, then stop: what was gathered is sent at the latest by then."""
    endpoint = loopback.url(receiver.port, "/")
    app = create_app(settings.model_copy(update={"telemetry_endpoint": endpoint}))
    async with (
        lifespan(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tiendo") as http,
    ):
        assert (await http.get(path)).status_code == 401


async def test_a_request_arrives_as_a_span_of_its_route_without_its_query(
    settings: Settings,
) -> None:
    async with receiving(TAKEN) as receiver:
        await ask_once(settings, receiver, f"{PLAN}?expand=ho-va-ten")

    (body,) = arrived(receiver, "/v1/traces")
    (traces,) = ExportTraceServiceRequest.FromString(body).resource_spans
    (span,) = traces.scope_spans[0].spans
    said = {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
    resource = {one.key: one.value.string_value for one in traces.resource.attributes}
    assert resource["service.name"] == "tiendo"
    assert span.name == "GET /v1/plans/{plan_id}"
    assert (said["http.route"], said["url.path"]) == ("/v1/plans/{plan_id}", PLAN)
    assert (said["http.response.status_code"], said["url.query"]) == (401, "REDACTED")
    assert b"ho-va-ten" not in body


async def test_a_request_is_measured_by_its_route(settings: Settings) -> None:
    async with receiving(TAKEN) as receiver:
        await ask_once(settings, receiver, PLAN)

    body = arrived(receiver, "/v1/metrics")[-1]
    (measured,) = ExportMetricsServiceRequest.FromString(body).resource_metrics
    metrics = {one.name: one for scope in measured.scope_metrics for one in scope.metrics}
    (point,) = metrics["http.server.request.duration"].histogram.data_points
    assert point.count == 1
    assert "/v1/plans/{plan_id}" in {one.value.string_value for one in point.attributes}


async def test_nothing_is_sent_or_imported_unless_it_is_asked_for(tmp_path: Path) -> None:
    async with receiving(TAKEN) as receiver:
        done = await asyncio.to_thread(
            python, ASK_ONCE, tmp_path,
            # The variable that would switch the framework's own telemetry on.
            FASTAPI_OTEL_AUTO_CONFIGURE="true",
            OTEL_EXPORTER_OTLP_ENDPOINT=loopback.url(receiver.port),
        )  # fmt: skip

    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
    assert receiver.accepted == 0


def test_missing_extra_is_said_in_one_sentence(tmp_path: Path) -> None:
    done = python(
        SERVE_WITHOUT_SDK, tmp_path,
        TIENDO_TELEMETRY_ENDPOINT=loopback.url(4318), TIENDO_PORT=str(loopback.free_port()),
    )  # fmt: skip

    assert done.returncode == 1
    assert "needs the packages of the extra `telemetry`" in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("endpoint", ["collector:4318", "ftp://collector"])
def test_endpoint_that_is_no_address_is_refused_at_the_start(endpoint: str, tmp_path: Path) -> None:
    done = python(
        "from app.cli import main; import sys; sys.argv = ['tiendo', 'serve']; main()",
        tmp_path, TIENDO_TELEMETRY_ENDPOINT=endpoint,
    )  # fmt: skip

    assert done.returncode == 1
    assert "TIENDO_TELEMETRY_ENDPOINT" in done.stderr
    assert "Traceback" not in done.stderr

import asyncio
import os
from http import HTTPStatus
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import SQLAlchemyError

from app.clock import utc_now
from app.config import METRICS_FOLDER
from app.http.handling import PlannedRoute
from app.http.problems import NO_SUCH_PATH
from app.http.settings import settings_of
from app.models import SCHEMA_REVISION
from app.queries import health as queries
from app.queries.clocks import clock_lead
from app.schemas.health import HealthOut, ReadinessOut

router = APIRouter(tags=["running"], route_class=PlannedRoute)


@router.get("/healthz", summary="Tiến trình còn sống không / Is the process alive")
async def get_health() -> HealthOut:
    """Trả lời chừng nào tiến trình còn phục vụ. / Answers as long as the process serves."""
    return HealthOut(status="ok")


@router.get(
    "/readyz",
    summary="Đã sẵn sàng phục vụ chưa / Is the service ready",
    responses={503: {"model": ReadinessOut, "description": "Chưa sẵn sàng / Not ready"}},
)
async def get_readiness(request: Request, response: Response) -> ReadinessOut:
    """Cơ sở dữ liệu, phiên bản, đồng hồ của máy có đúng không; tiến trình nền còn sống không.

    Whether the database answers and has the schema of this version, or a newer one that still
    serves it, and this machine's clock is right; says what is missing. Also when a worker was seen
    alive (null: there is none), which readiness doesn't need.
    """
    revision, seen, is_known, is_reached, is_writable = None, None, False, True, False
    try:
        async with asyncio.timeout(1), request.app.state.looking_sessionmaker.begin() as session:
            seen = await queries.worker_seen_at(session)
            revision = await queries.schema_revision(session)
            if revision is not None and revision >= SCHEMA_REVISION:
                # A newer schema still serves the version before, whose processes end one by one.
                served = await queries.serves_code_since(session)
                is_known = served is None or served <= SCHEMA_REVISION
            is_writable = await queries.takes_writes(session)
    except (SQLAlchemyError, OSError, TimeoutError):
        is_reached = False
    is_clock_right = request.app.state.clock.problem is None
    ready = is_reached and is_writable and is_known and is_clock_right
    if not ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return ReadinessOut(
        status="ready" if ready else "not_ready",
        database=("ok" if is_writable else "read_only") if is_reached else "unreachable",
        clock="right" if is_clock_right else "wrong",
        schema_revision=revision,
        expected_revision=SCHEMA_REVISION,
        worker_seen_at=seen,
    )


@router.get(
    "/metrics", summary="Số đo Prometheus / Prometheus metrics", response_class=PlainTextResponse
)
async def get_metrics(request: Request) -> Response:
    """Số yêu cầu và thời gian trả lời theo địa chỉ, của mọi tiến trình tại cổng này; việc đang chờ.

    Requests and answer times by route, of all processes at this port; what waits for the worker,
    and when it was last seen, of the whole service.
    """
    networks = settings_of(request).metrics_networks
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        raise NO_SUCH_PATH from None
    if not any(address in network for network in networks):
        raise NO_SUCH_PATH
    text = measured(request.app.state.metrics) + await waiting(request)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def measured(own: CollectorRegistry) -> bytes:
    """The metrics of all processes that share this port, dead ones included."""
    folder = os.environ.get(METRICS_FOLDER)
    if folder is None:
        return generate_latest(own)
    whole = CollectorRegistry()
    MultiProcessCollector(whole, folder)  # type: ignore[no-untyped-call] # the library leaves it so
    return generate_latest(whole)


async def waiting(request: Request) -> bytes:
    """The metrics that the database knows; none where it does not answer, as readiness shows."""
    try:
        async with asyncio.timeout(1), request.app.state.looking_sessionmaker() as session:
            found = await queries.delivery_backlog(session, at=utc_now())
            operations = await queries.count_waiting_operations(session)
            seen = await queries.worker_seen_at(session)
            sizes = await queries.sizes_of_tables(session)
            lead = await clock_lead(session)
    except (SQLAlchemyError, OSError, TimeoutError):
        return b""
    registry = CollectorRegistry()
    for name, text, value in (
        ("tiendo_webhook_deliveries_pending", "Webhook deliveries that wait.", found.deliveries),
        ("tiendo_webhook_oldest_pending_seconds", "Age of the oldest.", found.seconds),
        ("tiendo_operations_waiting", "Operations that wait or run.", operations),
        ("tiendo_worker_seen", "Whether a worker is connected.", seen is not None),
        ("tiendo_clock_lead_seconds", "This clock less the database's.", lead.total_seconds()),
    ):
        Gauge(name, text, registry=registry).set(value)
    stored = Gauge("tiendo_stored_bytes", "Bytes on disk.", ("table",), registry=registry)
    for table, size in sizes.items():
        stored.labels(table).set(size)
    return generate_latest(registry)

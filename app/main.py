"""The API: one application, made by a factory so that importing it does nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CollectorRegistry, disable_created_metrics
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from app import __version__
from app.auth.deps import StandingCache
from app.auth.failed_logins import FailedLogins
from app.auth.fair_use import FairUse
from app.auth.tokens import TokenKeys
from app.config import Settings, get_settings
from app.db import make_engine, make_reading_sessionmaker, make_sessionmaker, open_reader
from app.http import problems
from app.http.answers import PARTIAL
from app.http.cors import CallsFromPages
from app.http.middleware import RequestContextMiddleware
from app.http.openapi import document
from app.http.openapi.contract import answer_contract
from app.http.right_clock import ClockWatch
from app.http.routing import add_routes
from app.logs import configure_logs
from app.routers import (
    action_plans,
    agencies,
    agency_report_letters,
    agency_reports,
    amendments,
    assignment_actions,
    assignments,
    audit_entries,
    board_links,
    board_pages,
    boards,
    calendar_days,
    charts,
    clients,
    collectives,
    consolidated_reports,
    contributions,
    deadlines,
    documents,
    events,
    extensions,
    external_refs,
    flows,
    focal_points,
    handovers,
    health,
    import_pages,
    indicators,
    me,
    operations,
    plan_import_links,
    plan_imports,
    plans,
    ratings,
    regimes,
    remarks,
    reminders,
    report_requests,
    reporting_statistics,
    responsibilities,
    sharing,
    statistics,
    submission_pushes,
    submission_reviews,
    submissions,
    substitutions,
    successions,
    task_groups,
    tasks,
    tokens,
    webhook_endpoints,
    workload,
)

STATIC = Path(__file__).parent / "static"
# In the order in which they are searched: what is called all day comes first.
ROUTERS = (
    submissions,
    assignments,
    submission_pushes,
    submission_reviews,
    # Before the reports of a period, whose paths look alike.
    agency_report_letters,
    agency_reports,
    contributions,
    report_requests,
    workload,
    statistics,
    flows,
    reporting_statistics,
    consolidated_reports,
    charts,
    board_links,
    boards,
    board_pages,
    tokens,
    events,
    operations,
    external_refs,
    health,
    plans,
    regimes,
    sharing,
    tasks,
    indicators,
    task_groups,
    amendments,
    action_plans,
    agencies,
    collectives,
    successions,
    handovers,
    responsibilities,
    extensions,
    deadlines,
    assignment_actions,
    substitutions,
    calendar_days,
    reminders,
    focal_points,
    ratings,
    remarks,
    plan_imports,
    plan_import_links,
    import_pages,
    documents,
    audit_entries,
    webhook_endpoints,
    me,
    clients,
)
# Whatever the environment says: what OpenTelemetry's own variables switch on would send queries.
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
COMPRESSED_FROM = 1400
"""The bytes from which a body is compressed: a smaller one fits into one packet and would arrive no
sooner."""
for media_type in (PARTIAL, problems.MEDIA_TYPE):
    add_compress_type(media_type)
READ = ["GET", "HEAD"]
# Whatever the page's scripts would ask for elsewhere, the browser doesn't.
ONLY_OURS = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'"


class Api(FastAPI):
    """The application without FastAPI's outermost nets, in which nothing is ever caught: our own,
    which gives a request its context, lies inside them."""

    has_telemetry = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; FastAPI asks at each request for telemetry, which is known from the start."""
        if self.has_telemetry or self.middleware_stack is None or scope["type"] != "http":
            await super().__call__(scope, receive, send)
        else:
            scope["app"] = self
            await self.middleware_stack(scope, receive, send)

    def build_middleware_stack(self) -> ASGIApp:
        """The middleware around a route, from the request context on."""
        stack: Any = super().build_middleware_stack()
        while not isinstance(stack, RequestContextMiddleware):
            stack = stack.app
        return cast(ASGIApp, stack)


class Compression(CompressMiddleware):
    """Leaves the answer to whoever names no encoding as it is, without a look at it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress the answer as the request allows."""
        if scope["type"] == "http" and b"accept-encoding" not in dict(scope["headers"]):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; settings come from the environment unless they are given."""
    settings = settings or get_settings()
    configure_logs(settings)
    telemetry = make_telemetry(settings)
    app = Api(
        title="tiendo",
        version=__version__,
        # The contract is served in two languages: by ourselves.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        # Such a redirect would take its address from what the caller wrote as `Host`.
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=telemetry.config if telemetry else NO_TELEMETRY,
    )
    app.has_telemetry = telemetry is not None
    app.state.settings = settings
    app.state.token_keys = TokenKeys(settings)
    app.state.standings = StandingCache(settings.client_cache_seconds)
    app.state.fair_use = FairUse(settings)
    app.state.telemetry = telemetry
    disable_created_metrics()  # type: ignore[no-untyped-call] # they double the lines
    app.state.metrics = CollectorRegistry()
    app.state.failed_logins = FailedLogins(app.state.metrics)
    app.state.contracts = {}
    app.state.clock = ClockWatch()
    problems.install(app)
    routes = [route for module in ROUTERS for route in module.router.routes]
    # The limit sits on the routes, inside our middleware, which gives its refusal our form.
    add_routes(app, routes, body_bytes=settings.body_bytes)
    add_docs(app)
    app.openapi = partial(document.openapi, app)  # type: ignore[method-assign] # as FastAPI shows
    app.add_middleware(Compression, minimum_size=COMPRESSED_FROM)
    if settings.cors_origins:
        app.add_middleware(CallsFromPages, origins=settings.cors_origins)
    app.add_middleware(
        RequestContextMiddleware, seconds=settings.request_seconds, registry=app.state.metrics
    )
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Hold the connection pool while the application serves."""
    engine = make_engine(app.state.settings)
    app.state.sessionmaker = make_sessionmaker(engine)
    app.state.reading_sessionmaker = make_reading_sessionmaker(engine)
    # Readiness is not to wait for requests, which may hold all connections of the pool.
    looking = make_engine(app.state.settings, connections=1, pool_pre_ping=True)
    app.state.looking_sessionmaker = make_sessionmaker(looking)
    async with (
        open_reader(app.state.settings, engine) as app.state.reader,
        app.state.clock.watching(app.state.looking_sessionmaker),
    ):
        yield
    await engine.dispose()
    await looking.dispose()
    if app.state.telemetry:
        await asyncio.to_thread(app.state.telemetry.shutdown)


def make_telemetry(settings: Settings) -> Any:
    """A `Telemetry` where the operator asks for one, else None and nothing of it is imported."""
    if not settings.telemetry_endpoint:
        return None
    return import_module("app.telemetry").Telemetry(settings.telemetry_endpoint)


def add_docs(app: FastAPI) -> None:
    """The contract in the caller's language, and Swagger UI from our own files: the service works
    where there is no internet."""
    app.mount("/docs/static", StaticFiles(directory=STATIC), name="static")

    @app.api_route("/", methods=READ, include_in_schema=False)
    async def root(request: Request) -> RedirectResponse:
        # Relative, so that it holds below the path at which a proxy may serve us.
        is_browser = "text/html" in request.headers.get("accept", "")
        where = "docs" if is_browser else "openapi.json"
        return RedirectResponse(where, headers={"Vary": "Accept"})

    @app.api_route("/openapi.json", methods=READ, include_in_schema=False)
    async def openapi(request: Request) -> Response:
        return answer_contract(request, problems.language_of(request))

    @app.api_route("/docs", methods=READ, include_in_schema=False)
    async def docs() -> FileResponse:
        return FileResponse(STATIC / "docs.html", headers={"Content-Security-Policy": ONLY_OURS})

"""The context of every request: its id, its time limit, its log line and its metrics."""

import asyncio
import re
import time
import uuid
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from app.errors import TrackerError
from app.http.deprecation import headers_of
from app.http.problems import INTERNAL, MEDIA_TYPE, TOO_LARGE, UNAVAILABLE, respond

logger = structlog.get_logger("tiendo.access")

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class RequestContextMiddleware:
    """Gives every request its context; as pure ASGI, since `BaseHTTPMiddleware` is slow."""

    def __init__(self, app: ASGIApp, *, seconds: float, registry: CollectorRegistry) -> None:
        self.app = app
        self.seconds = seconds
        self.requests = Histogram(
            "tiendo_http_request_seconds",
            "Seconds until the answer was complete.",
            ("method", "route", "status"),
            registry=registry,
            buckets=BUCKETS,
        )
        self._measured: dict[tuple[str, str, int], Any] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; an unhandled failure is answered with a problem document."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        state = scope.setdefault("state", {})
        answer = Answer(send, request_id(scope), scope)
        state["request_id"] = answer.request_id
        # Every log line of this request can be found by its id.
        with bound_contextvars(request_id=answer.request_id):
            try:
                await self._serve(scope, receive, answer)
            finally:
                state.get("at_end", nothing)()
                self._record(scope, answer, time.perf_counter() - started)

    async def _serve(self, scope: Scope, receive: Receive, answer: "Answer") -> None:
        request = Request(scope)
        try:
            async with asyncio.timeout(self.seconds):
                await self.app(scope, receive, answer.send)
        except TimeoutError:
            problem: TrackerError = UNAVAILABLE
        except Exception:
            logger.exception("unhandled")
            problem = INTERNAL
        else:
            if not answer.is_too_large:
                return
            problem = TOO_LARGE
        if not answer.started:
            answer.is_too_large = False
            await respond(request, problem)(scope, receive, answer.send)

    def _record(self, scope: Scope, answer: "Answer", seconds: float) -> None:
        route = route_path(scope)
        # Finding the labels' own histogram takes longer than adding to it.
        key = scope["method"], route, answer.status
        if key not in self._measured:
            self._measured[key] = self.requests.labels(*key)
        self._measured[key].observe(seconds)
        logger.info(
            "request",
            method=scope["method"],
            route=route,
            status=answer.status,
            ms=round(seconds * 1000, 1),
            client=scope["state"].get("client"),
            agency=scope["state"].get("agency"),
        )


class Answer:
    """One response that is being sent; the framework's text/plain 413 is replaced by a problem."""

    def __init__(self, send: Send, request_id: str, scope: Scope) -> None:
        self._send = send
        self.request_id = request_id
        self._scope = scope
        self.status = 500
        self.started = False
        self.is_too_large = False

    async def send(self, message: Message) -> None:
        """Send *message*; the first gets the headers of the request, its route and its state."""
        if message["type"] == "http.response.start":
            headers = message.setdefault("headers", [])
            given = {name.lower(): value for name, value in headers}
            kind = given.get(b"content-type")
            if message["status"] == 413 and kind != MEDIA_TYPE.encode():
                self.is_too_large = True
                return
            if b"content-encoding" in given and b"etag" in given:
                # Compressed, it is the same state and other bytes (RFC 9110, 8.8.1).
                headers[:] = [(n, b"W/" + v if n.lower() == b"etag" else v) for n, v in headers]
            self.status = message["status"]
            self.started = True
            state: dict[str, Any] = self._scope["state"]
            added = {"x-request-id": self.request_id, **headers_of(route_of(self._scope))}
            added |= state.get("headers", {})
            headers += [
                (name, value.encode())
                for name, value in ((key.lower().encode(), one) for key, one in added.items())
                if name not in given
            ]
        elif self.is_too_large:
            return
        await self._send(message)


def nothing() -> None:
    """Do nothing at the end of a request that took no turn."""


def request_id(scope: Scope) -> str:
    """Return the caller's `X-Request-ID` where it is well formed, else a new id."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.fullmatch(given := value.decode("latin-1")):
            return str(given)
    return uuid.uuid4().hex


def route_path(scope: Scope) -> str:
    """Return the route's template, so that no id becomes a label; unknown paths share one."""
    return str(getattr(route_of(scope), "path", "unknown"))


def route_of(scope: Scope) -> Any:
    """Return the route of a request with its router's prefix; None before one is found."""
    return scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")

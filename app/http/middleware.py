"""The context of every request: its id, its time limit, its log line and its metrics."""

import os
import re
import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, Summary
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.connections import HOLDER, Holder
from app.errors import INTERNAL, TrackerError
from app.http.deprecation import headers_of
from app.http.problems import MEDIA_TYPE, TOO_LARGE, TOO_SLOW, UNAVAILABLE, respond
from app.http.time_limit import TimeLimit
from app.logs import bound_logger

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class RequestContextMiddleware:
    """Gives every request its context; as pure ASGI, since `BaseHTTPMiddleware` is slow."""

    def __init__(self, app: ASGIApp, *, seconds: float, registry: CollectorRegistry) -> None:
        self.app = app
        self.seconds = seconds
        # A histogram for each route and status would be thousands of lines: those by method say
        # how long answers take, those by route which.
        self.answers = Counter(
            "tiendo_http_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=registry,
        )
        self.by_route = Summary(
            "tiendo_http_route_seconds",
            "Seconds until the answer was complete, by route.",
            ("method", "route"),
            registry=registry,
        )
        self.by_method = Histogram(
            "tiendo_http_request_seconds",
            "Seconds until the answer was complete.",
            ("method",),
            registry=registry,
            buckets=BUCKETS,
        )
        self._measured: dict[tuple[str, str, int], tuple[Counter, Summary, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; an unhandled failure is answered with a problem document."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        state = scope.setdefault("state", {})
        answer = SentResponse(send, request_id(scope), scope)
        state["request_id"] = answer.request_id
        # Every log line of this request can be found by its id.
        state["holder"] = Holder(request_id=answer.request_id)
        holder = HOLDER.set(state["holder"])
        try:
            await self._serve(scope, receive, answer)
        finally:
            if "at_end" in state:
                state["at_end"]()
            self._record(scope, answer, time.perf_counter() - started)
            HOLDER.reset(holder)

    async def _serve(self, scope: Scope, receive: Receive, answer: "SentResponse") -> None:
        body = ReceivedBody(receive)
        problem: TrackerError | None = scope["app"].state["clock"].refusal(scope)
        if problem is None:
            try:
                with TimeLimit(self.seconds):
                    await self.app(scope, body.receive, answer.send)
            except TimeoutError:
                problem = TOO_SLOW if body.is_awaited else UNAVAILABLE
            except Exception:
                bound_logger().exception("unhandled")
                problem = INTERNAL
            else:
                if not answer.is_too_large:
                    return
                problem = TOO_LARGE
        if not answer.started:
            answer.is_too_large = False
            await respond(Request(scope), problem)(scope, receive, answer.send)

    def _record(self, scope: Scope, answer: "SentResponse", seconds: float) -> None:
        method, route, state = scope["method"], route_path(scope), scope["state"]
        # Finding the labels' own histogram takes longer than adding to it.
        key = method, route, answer.status
        if key not in self._measured:
            self._measured[key] = (
                self.answers.labels(*key),
                self.by_route.labels(*key[:2]),
                self.by_method.labels(key[0]),
            )
        answers, by_route, by_method = self._measured[key]
        answers.inc()
        by_route.observe(seconds)
        by_method.observe(seconds)
        bound_logger().info(
            "request",
            method=method,
            route=route,
            status=answer.status,
            ms=round(seconds * 1000, 1),
            client=state.get("client"),
            agency=state.get("agency"),
        )


class ReceivedBody:
    """The body of one request, of which it is known whether it is being waited for."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_whole = False
        self.is_awaited = False

    async def receive(self) -> Message:
        """The next part; after the last, whatever else may come."""
        if self._is_whole:
            return await self._receive()
        self.is_awaited = True
        message = await self._receive()
        self.is_awaited = False
        self._is_whole = not message.get("more_body", False)
        return message


class SentResponse:
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
            self._begin(message)
        if not self.is_too_large:
            await self._send(message)

    def _begin(self, message: Message) -> None:
        headers = message.setdefault("headers", [])
        # The names are in lower case: the framework's own, and those of our middleware.
        given = dict(headers)
        if message["status"] == 413 and given.get(b"content-type") != MEDIA_TYPE.encode():
            self.is_too_large = True
            return
        if b"content-encoding" in given and b"etag" in given:
            # Compressed, it is the same state and other bytes (RFC 9110, 8.8.1).
            headers[:] = [(n, b"W/" + v if n == b"etag" else v) for n, v in headers]
        self.status = message["status"]
        self.started = True
        headers.append((b"x-request-id", self.request_id.encode()))
        added = headers_of(route_of(self._scope)) | self._scope["state"].get("headers", {})
        for name, value in added.items():
            key = name.lower().encode()
            if key not in given:
                headers.append((key, value.encode()))


def request_id(scope: Scope) -> str:
    """Return the caller's `X-Request-ID` where it is well formed, else a new id."""
    if b"x-request-id" in dict(scope["headers"]):
        for name, value in scope["headers"]:
            given = value.decode("latin-1")
            if name == b"x-request-id" and REQUEST_ID.fullmatch(given):
                return str(given)
    return os.urandom(16).hex()


def route_path(scope: Scope) -> str:
    """Return the route's template, so that no id becomes a label; unknown paths share one."""
    return str(getattr(route_of(scope), "path", "unknown"))


def route_of(scope: Scope) -> Any:
    """Return the route of a request; None before one is found."""
    return scope.get("route")

"""Calls from pages in a browser, which asks us first whether the page's origin may call (CORS)."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

SENT = [
    "Acting-Agency",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Prefer",
    "X-Request-ID",
]
"""The request headers that a page may send beyond those that every page may."""
READ = [
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
]
"""The headers of our answers that a page may read."""


class CallsFromPages(CORSMiddleware):
    """Answers the browser's question; tokens go in a header, so no cookies are let through."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=SENT,
            expose_headers=READ,
        )

"""Announcing that a route will go: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), its successor.

Nothing under /v1 is deprecated today. A route that is to go is declared with
`**deprecated(since=…, sunset=…)` and is listed in openapi/CHANGES.md under Deprecated.
"""

from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

from app.clock import PROVINCE

SINCE = "x-deprecated-since"
SUNSET = "x-sunset"
SUCCESSOR = "x-successor"


def deprecated(*, since: date, sunset: date, successor: str | None = None) -> dict[str, Any]:
    """The deprecation of a route; both days begin at midnight in the province.

    On *sunset* the route is gone; *successor* is the path of what takes its place. Raises
    `ValueError` where it would go before it is deprecated, which RFC 9745 forbids.
    """
    if sunset < since:
        raise ValueError(f"{sunset} is before {since}")
    said = {SINCE: since.isoformat(), SUNSET: sunset.isoformat()}
    if successor is not None:
        said[SUCCESSOR] = successor
    return {"deprecated": True, "openapi_extra": said}


def headers_of(route: Any) -> dict[str, str]:
    """The headers of every answer of a deprecated route, refusals included; none for others."""
    said = getattr(route, "openapi_extra", None) or {}
    if SINCE not in said:
        return {}
    headers = {
        "Deprecation": f"@{int(_beginning(said[SINCE]).timestamp())}",
        "Sunset": format_datetime(_beginning(said[SUNSET]), usegmt=True),
    }
    if SUCCESSOR in said:
        headers["Link"] = f'<{said[SUCCESSOR]}>; rel="successor-version"'
    return headers


def _beginning(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), PROVINCE).astimezone(UTC)

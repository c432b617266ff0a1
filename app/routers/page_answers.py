"""Answering with a page for a person, who has a browser and no token."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Request
from fastapi.responses import HTMLResponse
from pydantic import AfterValidator

from app.config import Settings
from app.documents import pages
from app.errors import Text, TrackerError
from app.http.settings import settings_of

NOBODY = uuid.UUID(int=0)
"""In the place of a client: pages are asked for without a token."""
CLOSED = Text(
    "Trang này không được công khai, hoặc liên kết đã hết hạn hay bị thu hồi.",
    "This page is not public, or its link has ended or was revoked.",
)
MOST_LETTERS = 200
"""More than any word of a page's address has."""


def _shortened(value: str) -> str:
    return value[:MOST_LETTERS]


Written = Annotated[str, AfterValidator(_shortened)]
"""A word of a page's address: whatever it is, a person gets a page and no JSON."""


def path_of(request: Request) -> str:
    """The path of a page, to which its links add words: without the slash that a person or a
    program that passed the address on put at its end."""
    return request.url.path.rstrip("/")


async def page_answer(
    request: Request, language: str, draw: Callable[[], Awaitable[str]]
) -> HTMLResponse:
    """The page that *draw* makes, or a page that says why there is none."""
    settings = settings_of(request)
    try:
        text = await draw()
    except TrackerError as error:
        return refusal(settings, language, error)
    return HTMLResponse(text, headers=page_headers(settings, language))


def refusal(settings: Settings, language: str, error: TrackerError) -> HTMLResponse:
    """The page that says why there is none."""
    sentence = error.faults[0].detail if error.faults else error.detail
    text = pages.page("refusal.html", language, error=error, sentence=getattr(sentence, language))
    return HTMLResponse(text, error.status, headers=page_headers(settings, language))


def page_headers(settings: Settings, language: str) -> dict[str, str]:
    """Nothing is loaded from anywhere, the address with its key is told to nobody, and only the
    operator's portals put the page into a frame."""
    frames = " ".join(settings.frame_ancestors) or "'none'"
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src {pages.style_source()}; img-src data:;"
            f" form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
        ),
        "Content-Language": language,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Cache-Control": "private, no-store",
    }

"""Pages for people, made of templates; what people wrote is escaped wherever it stands.

A page has no script, its one style sheet stands in it, and it asks for nothing elsewhere.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from app.documents.svg.bars import stacked_bar
from app.documents.svg.states import LOOKS, PATTERNS
from app.official_words import day_words, period_words

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parents[1] / "pages"
CHIP = Markup('<span class="chip c-{}"><span aria-hidden="true" class="sy">{}</span> {}</span>')
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@cache
def style() -> str:
    """The style sheet of all pages."""
    return (FOLDER / "board.css").read_text(encoding="utf-8")


@cache
def style_source() -> str:
    """The name of the style sheet in a content security policy, which allows no other one."""
    digest = hashlib.sha256(style().encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _environment() -> "Environment":
    from jinja2 import (  # noqa: PLC0415 - loaded when first needed
        Environment,
        FileSystemLoader,
        StrictUndefined,
    )

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(name: str, language: str, **given: Any) -> str:
    """The page of a template of `app/pages`, in a language."""
    words = _words(language)
    template = _environment().get_template(name)
    return template.render(
        language=language,
        style=Markup(style()),  # noqa: S704 - a file of ours
        patterns=Markup(PATTERNS),  # noqa: S704 - a constant of ours
        looks=LOOKS,
        chips=_chips(language),
        **words,
        **given,
    )


def _words(language: str) -> dict[str, Callable[..., Any]]:
    """The functions by which a page writes in a language: a choice of two sentences, days, numbers,
    periods."""
    is_vi = language == "vi"

    def say(vi: str, en: str) -> str:
        return vi if is_vi else en

    def bar(counts: dict[str, int], height: int = 14) -> Markup:
        drawn = stacked_bar(counts, language=language, height=height)
        return Markup(drawn)  # noqa: S704 - escapes what it is given

    def number(value: int) -> str:
        return f"{value:,}".replace(",", ".") if is_vi else f"{value:,}"

    def percent(value: float | None) -> str:
        if value is None:
            return "–"
        return f"{value:.1f}%".replace(".", ",") if is_vi else f"{value:.1f}%"

    def occurrence(value: str) -> str:
        return say("Một lần", "Once") if value == "once" else value

    return {
        "say": say,
        "text": lambda pair: getattr(pair, language),
        "bar": bar,
        "number": number,
        "percent": percent,
        # The same few days and periods stand on a page hundreds of times.
        "day": lru_cache(day_words if is_vi else english_day),
        "period": lru_cache(period_words if is_vi else _english_period),
        "occurrence": occurrence,
    }


@cache
def _chips(language: str) -> dict[str, Markup]:
    """The label of each state of an assignment, in the page's language."""
    drawn = {
        state: CHIP.format(look.css, look.symbol, getattr(look.words, language))
        for state, look in LOOKS.items()
    }
    return drawn | {"upcoming": escape("Chưa bắt đầu" if language == "vi" else "Upcoming")}


def english_day(day: date | None) -> str:
    """A day as English pages have it: 5 Jan 2025."""
    return "…" if day is None else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _english_period(period: str) -> str:
    year, _, part = period.partition("-")
    return f"{part} {year}" if part else year


def percent_of(part: int, whole: int) -> float | None:
    """The percentage that a part is of a whole; None if the whole is 0."""
    return 100 * part / whole if whole else None

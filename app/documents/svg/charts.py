"""A picture that stands alone: one bar a group, with its words beside it and a legend below."""

from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import NamedTuple

from app.documents.svg.bars import in_words
from app.documents.svg.states import LOOKS, PATTERNS
from app.documents.word.texts import writable

WIDTH, LEFT, RIGHT = 720, 250, 672
BAR, LINE, GAP, TOP = 24, 16, 14, 56
LETTERS, MOST_LINES = 34, 4
"""The letters of a line of a label, and its most lines."""
LEGEND = 232
"""The width of one state in the legend."""
FEW = 22
"""A part that is narrower has no number in it."""
SYMBOL = 44
"""A part that is as wide has its symbol beside its number."""


class Bar(NamedTuple):
    """One bar: its label, and the number of assignments in each state."""

    label: str
    counts: Mapping[str, int]


def bar_chart(rows: Sequence[Bar], *, title: str, language: str) -> str:
    """The bars, as long as their numbers; symbols, patterns and words stand beside colours, so that
    print in grey tells them apart."""
    longest = max((sum(row.counts.values()) for row in rows), default=0) or 1
    body, y = [], float(TOP)
    for row in rows:
        drawn, height = _row(row, y, (RIGHT - LEFT) / longest, language)
        body.append(drawn)
        y += height + GAP
    shown = [state for state in LOOKS if any(row.counts.get(state) for row in rows)]
    body += [_legend(number, state, y + GAP, language) for number, state in enumerate(shown)]
    height = y + GAP + LINE * 2 * (1 + len(shown) // 3) + GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}"'
        f' width="{WIDTH}" height="{height:.0f}" role="img" aria-label="{escape(title)}"'
        f' font-family="Noto Sans, DejaVu Sans, sans-serif" font-size="13" fill="#1c2430">'
        f'<defs>{PATTERNS}</defs><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="16" y="30" font-size="18" font-weight="bold">{escape(title)}</text>'
        f"{''.join(body)}</svg>"
    )


def _row(row: Bar, y: float, unit: float, language: str) -> tuple[str, float]:
    """A bar with its label before it and its whole number after it; and how high both are."""
    lines = wrap(row.label, LETTERS, max_lines=MOST_LINES, placeholder=" …") or [""]
    drawn = [
        f'<text x="{LEFT - 12}" y="{y + LINE * (number + 0.85):.1f}" text-anchor="end">'
        f"{escape(writable(line))}</text>"
        for number, line in enumerate(lines)
    ]
    x = float(LEFT)
    for state in LOOKS:
        count = row.counts.get(state, 0)
        if count:
            drawn.append(_part(state, count, (x, y, count * unit)))
            x += count * unit
    whole = sum(row.counts.values())
    drawn.append(f'<text x="{x + 8:.1f}" y="{y + 17:.1f}" font-weight="bold">{whole}</text>')
    words = escape(writable(f"{row.label}: {in_words(row.counts, language)}"))
    return f"<g><title>{words}</title>{''.join(drawn)}</g>", max(BAR, LINE * len(lines))


def _part(state: str, count: int, place: tuple[float, float, float]) -> str:
    x, y, width = place
    part = (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR}"'
        f' fill="{LOOKS[state].fill}" stroke="#fff"/>'
    )
    if width < FEW:
        return part
    look = LOOKS[state]
    words = f"{look.symbol} {count}" if width >= SYMBOL else str(count)
    return (
        f'{part}<text x="{x + width / 2:.1f}" y="{y + 17:.1f}" text-anchor="middle"'
        f' fill="{look.ink}" stroke="{look.rim}" stroke-width="3" paint-order="stroke">'
        f"{words}</text>"
    )


def _legend(number: int, state: str, y: float, language: str) -> str:
    x, look = 16 + LEGEND * (number % 3), LOOKS[state]
    at = y + 2 * LINE * (number // 3)
    words = escape(getattr(look.words, language))
    return (
        f'<rect x="{x}" y="{at:.1f}" width="18" height="14" fill="{look.fill}" stroke="#566172"/>'
        f'<text x="{x + 26}" y="{at + 12:.1f}">{look.symbol} {words}</text>'
    )

"""Lines over time, labelled where they end instead of in a legend."""

from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from typing import NamedTuple

from app.official_words import day_words

WIDTH, HEIGHT = 720, 250
LEFT, RIGHT, TOP, BOTTOM = 44, 560, 14, 220
LABEL = 12
"""The least distance of two labels."""
MOST_TICKS = 5


class ChartLine(NamedTuple):
    """One line: its name, its colour, dashed or not, and its value at each point."""

    name: str
    colour: str
    is_dashed: bool
    values: Sequence[int]


def line_chart(
    days: Sequence[date],
    lines: Sequence[ChartLine],
    *,
    title: str,
    summary: str,
    written: Callable[[date], str] = day_words,
) -> str:
    """A chart of the lines over *days*, which are ascending and *written* so; *summary* describes
    the chart."""
    top = _top(max((max(line.values, default=0) for line in lines), default=0))
    body = "".join((*_grid(top), *_days(days, written), *_lines(days, lines, top)))
    return (
        f'<svg class="trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{escape(title)}. {escape(summary)}"'
        f' font-family="Noto Sans, DejaVu Sans, sans-serif">{body}</svg>'
    )


def _top(most: int) -> int:
    """The end of the scale: 1, 2 or 5 with zeros, at which everything has room."""
    step = 1
    while step * MOST_TICKS < most:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step * MOST_TICKS


def _x(days: Sequence[date], day: date) -> float:
    whole = (days[-1] - days[0]).days
    return RIGHT if not whole else LEFT + (RIGHT - LEFT) * (day - days[0]).days / whole


def _y(value: int, top: int) -> float:
    return BOTTOM - (BOTTOM - TOP) * value / top


def _grid(top: int) -> list[str]:
    return [
        f'<line x1="{LEFT}" x2="{RIGHT}" y1="{_y(value, top):.1f}" y2="{_y(value, top):.1f}"'
        f' stroke="#e3e7ee"/><text x="{LEFT - 8}" y="{_y(value, top) + 4:.1f}" font-size="12"'
        f' fill="#566172" text-anchor="end">{value}</text>'
        for value in range(0, top + 1, max(1, top // MOST_TICKS))
    ]


def _days(days: Sequence[date], written: Callable[[date], str]) -> list[str]:
    """The first day, the ends of years, and the last day, where they do not touch."""
    shown = [days[0], *(day for day in days[1:-1] if day.month == 12), days[-1]]
    texts, free_from = [], 0.0
    for number, day in enumerate(shown):
        x, is_last = _x(days, day), number == len(shown) - 1
        if (x < free_from or RIGHT - x < 90) and not is_last:
            continue
        anchor = "start" if number == 0 and not is_last else "middle"
        free_from = x + 90
        texts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{BOTTOM}" y2="{BOTTOM + 5}" stroke="#8b93a0"/>'
            f'<text x="{x:.1f}" y="{BOTTOM + 20}" font-size="12" fill="#566172"'
            f' text-anchor="{anchor}">{written(day)}</text>'
        )
    return texts


def _lines(days: Sequence[date], lines: Sequence[ChartLine], top: int) -> list[str]:
    drawn, taken = [], [-1000.0]
    for line in sorted(lines, key=lambda one: one.values[-1]):
        points = " ".join(
            f"{_x(days, day):.1f},{_y(value, top):.1f}"
            for day, value in zip(days, line.values, strict=True)
        )
        end = _y(line.values[-1], top)
        label = end
        while any(abs(label - other) < LABEL + 4 for other in taken):
            label -= 1
        taken.append(label)
        dashes = ' stroke-dasharray="7 4"' if line.is_dashed else ""
        drawn.append(
            f'<polyline fill="none" stroke="{line.colour}" stroke-width="3"{dashes}'
            f' points="{points}"/><circle cx="{_x(days, days[-1]):.1f}" cy="{end:.1f}" r="4"'
            f' fill="{line.colour}"/><text x="{RIGHT + 10}" y="{label + 5:.1f}" font-size="14"'
            f' font-weight="700" fill="{line.colour}">{escape(line.name)}:'
            f" {line.values[-1]}</text>"
        )
    return drawn

"""Bars of 100 %: how many of a whole are in each state."""

from collections.abc import Mapping
from html import escape

from app.documents.svg.states import LOOKS, PATTERNS


def stacked_bar(counts: Mapping[str, int], *, language: str = "vi", height: int = 14) -> str:
    """A bar as wide as its place, by states in their order; its text has the same numbers in words.
    It stands in a page that has the patterns; empty where there is nothing to show."""
    drawn = _parts(counts)
    if not drawn:
        return ""
    rects = "".join(
        f'<rect x="{x:.2f}%" y="0" width="{width:.2f}%" height="{height}"'
        f' fill="{LOOKS[state].fill}" stroke="#fff"/>'
        for state, x, width in drawn
    )
    return (
        f'<svg class="bar" role="img" aria-label="{escape(in_words(counts, language))}"'
        f' width="100%" height="{height}" preserveAspectRatio="none">{rects}</svg>'
    )


def bar_picture(counts: Mapping[str, int], *, width: int = 720, height: int = 36) -> str:
    """The same as a picture that stands alone, for a document."""
    rects = "".join(
        f'<rect x="{x * width / 100:.1f}" y="0" width="{part * width / 100:.1f}"'
        f' height="{height}" fill="{LOOKS[state].fill}" stroke="#fff"/>'
        for state, x, part in _parts(counts)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}"><defs>{PATTERNS}</defs>{rects}</svg>'
    )


def in_words(counts: Mapping[str, int], language: str) -> str:
    """The counts of a bar as a sentence has them: “quá hạn 3; trong hạn 5”."""
    return "; ".join(
        f"{getattr(LOOKS[state].words, language).lower()} {counts[state]}"
        for state in LOOKS
        if counts.get(state)
    )


def _parts(counts: Mapping[str, int]) -> list[tuple[str, float, float]]:
    """Each state that is there, where it begins and how wide it is, in percent."""
    whole = sum(counts.get(state, 0) for state in LOOKS)
    parts, begun = [], 0
    for state in LOOKS:
        if count := counts.get(state, 0):
            parts.append((state, 100 * begun / whole, 100 * count / whole))
            begun += count
    return parts

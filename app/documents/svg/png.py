"""Drawing our own pictures as PNG, by the fonts that the package carries and no others.

Loaded only in processes of their own: drawing holds Python's lock for as long as it takes.
"""

from pathlib import Path

import resvg_py

FONTS = sorted(str(path) for path in (Path(__file__).parents[1] / "fonts").glob("*.ttf"))
FAMILY = "Noto Sans"
ZOOM = 2
"""A picture of 960 px across 16.5 cm is printed with 295 dots an inch."""


def png_of(svg: str) -> bytes:
    """The picture as PNG, in twice its size; the same picture is the same bytes everywhere."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        zoom=ZOOM,
        font_files=FONTS,
        skip_system_fonts=True,
        font_family=FAMILY,
        sans_serif_family=FAMILY,
        languages=["vi"],
    )

"""Having a picture drawn as PNG by a process of its own, one after another."""

import asyncio

from app.documents.confined.processes import EndedError, run_module
from app.errors import FileNotWrittenError, Text

DRAWER = "app.documents.svg.png_alone"
SECONDS = 20

_ONE_AT_A_TIME = asyncio.Semaphore(1)


TOO_LARGE = Text(
    "Biểu đồ quá lớn nên không vẽ được thành ảnh; hãy lấy dạng SVG.",
    "The chart is too large to be drawn as dots: take it as SVG.",
)


async def draw_png(svg: str) -> bytes:
    """The picture as PNG. Raises `FileNotWrittenError`."""
    async with _ONE_AT_A_TIME:
        try:
            return await run_module(DRAWER, svg.encode(), seconds=SECONDS)
        except EndedError:
            raise FileNotWrittenError(TOO_LARGE) from None

"""Draws one picture as PNG in a process of its own: `python -m app.documents.svg.png_alone`.

On the standard input: the SVG. On the standard output: the PNG. Drawing holds Python's lock, so
that beside requests it would hold them all up.
"""

import sys

from app.documents.confined.limited import limit
from app.documents.svg.png import png_of

CPU_SECONDS = 10
MEMORY_BYTES = 512 * 1024 * 1024


def main() -> None:
    """Limit this process, then draw the picture on its standard input."""
    limit(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
    sys.stdout.buffer.write(png_of(sys.stdin.buffer.read().decode()))


if __name__ == "__main__":
    main()

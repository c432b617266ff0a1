"""Texts that are longer than a cell of Excel, which holds 32,767 units of UTF-16."""

from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest

from app.documents.excel.book import Value

MOST_UNITS = 32_767
SURE = MOST_UNITS // 2
"""A text of so many characters fits whatever they are: none takes more than two units."""


def continued(row: Sequence[Value], naming: Collection[int]) -> Iterator[Sequence[Value]]:
    """The row, and below it the rest of the texts that do not fit, under the values *naming* it."""
    long = {n: pieces(text) for n, text in enumerate(row) if isinstance(text, str) and text[SURE:]}
    if not any(rest for _, *rest in long.values()):
        yield row
        return
    for number, parts in enumerate(zip_longest(*long.values())):
        found = dict(zip(long, parts, strict=True))
        yield [
            found.get(n, value if number == 0 or n in naming else None)
            for n, value in enumerate(row)
        ]


def pieces(text: str) -> list[str]:
    """The text in pieces that fit, no character cut in two."""
    found, begun, units = [], 0, 0
    for at, character in enumerate(text):
        width = 1 + (character > "\uffff")
        if units + width > MOST_UNITS:
            found.append(text[begun:at])
            begun, units = at, 0
        units += width
    return [*found, text[begun:]]

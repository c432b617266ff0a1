"""The body that a proposal names first, so that proposals are grouped by the body that has to
decide."""

import re
from collections import defaultdict
from collections.abc import Iterable

from app.queries.registry.agencies import AgencyNamesRow

_WORD = re.compile(r"\w+")
_IN_FULL, _SHORT = "ủy ban nhân dân", "ubnd"


class BodiesNamed:
    """The bodies of the registry by their spellings, which are found in texts word by word.

    A report may hold tens of thousands of long texts: each word of them is looked up, and the
    spellings that begin with it are compared, instead of all spellings with all texts.
    """

    def __init__(self, names: Iterable[AgencyNamesRow]) -> None:
        self._by_word: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for spelling, name in {pair for row in names for pair in _spellings(row)}:
            if first := _WORD.search(spelling):
                self._by_word[first[0]].append((spelling[first.start() :], name))
        for spellings in self._by_word.values():
            spellings.sort(key=lambda one: (-len(one[0]), one[1]))

    def first(self, text: str, *, but: str) -> str | None:
        """The name of the body that *text* names first, by its longest spelling; None for none.

        *but* is the agency that writes: it doesn't decide on what it proposes itself.
        """
        searched = text.casefold()
        for word in _WORD.finditer(searched):
            for spelling, name in self._by_word.get(word[0], ()):
                if name != but and _stands_at(searched, word.start(), spelling):
                    return name
        return None


def _stands_at(text: str, place: int, spelling: str) -> bool:
    """True where the spelling stands there as whole words: “CA” is not in “các”."""
    end = place + len(spelling)
    if not text.startswith(spelling, place):
        return False
    return not (_WORD.match(spelling[-1]) and _WORD.match(text[end : end + 1]))


def _spellings(row: AgencyNamesRow) -> Iterable[tuple[str, str]]:
    for spelling in (row.name, row.short_name, *row.aliases):
        if spelling:
            written = spelling.casefold()
            yield written, row.name
            yield written.replace(_IN_FULL, _SHORT), row.name

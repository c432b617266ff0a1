"""The agencies that an unresolved text may mean. A person chooses from them; none is ever accepted
here."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.documents.names.index import KnownName, NamedKind, Spelling
from app.documents.names.persons import looks_like_person
from app.documents.names.words import Word, fold_word

_AT_MOST = 3
_AT_MOST_SEARCHED = 200  # texts a book, which is made for one file
_LONGEST_TEXT = 40  # words; more is prose
# Measured on the sample's names: real typos are 93 and more, "Sở Nội vụ" and "Sở Ngoại vụ" 90.
_LEAST_RATIO = 85.0
# By weight of words, task 3.6 of the sample plan and the centre that it probably means share 53.
_LEAST_SHARE = 50.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`score` is 0 to 100."""

    code: str
    name: str
    score: float


class Suggester:
    """Like names by their letters (typos) and by their rarer words (another name for one body)."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        names = [one for one in spellings if not (one.is_variant or one.is_code)]
        self._names = [one.known for one in names]
        self._keys = [_key(map(fold_word, one.exact)) for one in names]
        self._words = [frozenset(one.exact) for one in names]
        self._parts: dict[tuple[str, ...], list[KnownName]] = defaultdict(list)
        for one in names:
            for part in _parts(one):
                self._parts[tuple(map(fold_word, part))].append(one.known)
        counted = Counter(word for words in self._words for word in words)
        self._weights = {word: math.log(1 + len(names) / n) for word, n in counted.items()}
        self._rarest = math.log(1 + len(names))
        self._total = [self._weight(words) for words in self._words]
        self._found: dict[tuple[str, ...], tuple[Suggestion, ...]] = {}

    def suggest(self, words: Sequence[Word]) -> tuple[Suggestion, ...]:
        """The agencies that a text may mean. The same words are searched once; if a file has very
        many texts, only the first few hundred are searched."""
        key = tuple(word.exact for word in words)
        if key not in self._found:
            if len(self._found) >= _AT_MOST_SEARCHED:
                return ()
            self._found[key] = self._search(words)
        return self._found[key]

    def _search(self, words: Sequence[Word]) -> tuple[Suggestion, ...]:
        words = [word for word in words if not word.is_remark]
        if not 0 < len(words) <= _LONGEST_TEXT or sum(word.exact.isdigit() for word in words) > 2:
            return ()
        if named := self._parts.get(tuple(word.folded for word in words)):
            return best((known, 95.0) for known in named)
        if looks_like_person(words):
            return ()
        return best([*self._by_letters(words), *self._by_words(words)])

    def _by_letters(self, words: Sequence[Word]) -> list[tuple[KnownName, float]]:
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - loaded when first needed

        text = _key(word.folded for word in words)
        found = process.extract(
            text, self._keys, scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO, limit=3 * _AT_MOST
        )
        return [(self._names[place], score) for _, score, place in found]

    def _by_words(self, words: Sequence[Word]) -> list[tuple[KnownName, float]]:
        ours = {word.exact for word in words}
        weight = self._weight(ours)
        shares = ((place, self._share(ours, weight, place)) for place in range(len(self._names)))
        return [(self._names[place], share) for place, share in shares if share >= _LEAST_SHARE]

    def _share(self, ours: set[str], weight: float, place: int) -> float:
        common = ours & self._words[place]
        if len(common) < 2:
            return 0.0
        return 100 * self._weight(common) / math.sqrt(weight * self._total[place])

    def _weight(self, words: Iterable[str]) -> float:
        return sum(self._weights.get(word, self._rarest) for word in words)


def best(scored: Iterable[tuple[KnownName, float]]) -> tuple[Suggestion, ...]:
    """Best first, a code once."""
    found: dict[str, Suggestion] = {}
    for known, score in sorted(scored, key=lambda pair: -pair[1]):
        found.setdefault(known.code, Suggestion(known.code, known.name, round(score, 1)))
    return tuple(found.values())[:_AT_MOST]


def _key(folded: Iterable[str]) -> str:
    # Written out, the words that all committees share would make any two of them alike.
    return " ".join(folded).replace("uy ban nhan dan", "ubnd")


def _parts(spelling: Spelling) -> list[tuple[str, ...]]:
    """ "huyện Hương Sơn" and "Hương Sơn" of the committee, "Nội vụ" of the department."""
    exact = spelling.exact
    if spelling.known.kind is NamedKind.COLLECTIVE:
        return []
    if exact[:4] == ("uỷ", "ban", "nhân", "dân") and len(exact) > 5:
        level = 2 if exact[4] in {"thành", "thị", "đặc"} else 1
        return [exact[4:], exact[4 + level :]]
    return [exact[1:]] if exact[0] == "sở" and len(exact) > 1 else []

"""Known names by their words: which of them begins here, and how far it runs."""

import enum
import functools
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.documents.names.words import Gap, Word, fold_word


class NamedKind(enum.StrEnum):
    """The body that a name stands for."""

    AGENCY = "agency"
    COLLECTIVE = "collective"


@dataclass(frozen=True, slots=True)
class KnownName:
    """One spelling (official name, short name, alias or code); a code has many.

    `level` is the agency's kind ("department", "commune_committee"), None for a collective.
    """

    code: str
    kind: NamedKind
    name: str
    level: str | None


@dataclass(frozen=True, slots=True)
class Spelling:
    """A known name as words; `is_variant` for one that we made from it, which yields to a real one.

    A bare code is a spelling too, but only verbatim: "BAO" is an agency, "báo" and "bảo" aren't.
    """

    known: KnownName
    exact: tuple[str, ...]
    gaps: tuple[Gap, ...]
    is_variant: bool = False

    @property
    def is_code(self) -> bool:
        return self.known.name == self.known.code


@dataclass(frozen=True, slots=True)
class Match:
    """A match of a known name, whose words go up to `end`; several `names` (one a code) if they
    can't be told apart. Not `is_literal`: the words lack marks that the name has."""

    end: int
    names: tuple[KnownName, ...]
    is_literal: bool
    is_elliptic: bool = False


@dataclass(slots=True)
class _Node:
    following: dict[str, "_Node"] = field(default_factory=dict)
    spellings: dict[tuple[str, tuple[str, ...]], Spelling] = field(default_factory=dict)


class NameIndex:
    """A tree of folded words, so that a look-up costs the length of a name and not their number."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._root = _Node()
        for spelling in spellings:
            self._add(spelling)

    def _add(self, spelling: Spelling) -> None:
        node = self._root
        for word in spelling.exact:
            node = node.following.setdefault(fold_word(word), _Node())
        key = (spelling.known.code, spelling.exact)
        kept = node.spellings.get(key)
        if kept is None or kept.is_variant:
            node.spellings[key] = spelling

    def matches(
        self, text: str, words: Sequence[Word], start: int, prefix: tuple[str, ...] = ()
    ) -> list[Match]:
        """The names that begin at `start`, longest first; `prefix` was written earlier, for all."""
        node: _Node | None = self._root
        for word in prefix:
            node = node.following.get(word) if node else None
        found: list[Match] = []
        for end in range(start, len(words)):
            word_here = words[end]
            if end > start and word_here.gap in {Gap.STOP, Gap.COLON}:
                break
            node = node.following.get(word_here.folded) if node else None
            if node is None:
                break
            if node.spellings and words[start].opens and word_here.closes:
                run = words[start : end + 1]
                fits = [one for one in node.spellings.values() if _fits(one, text, run, prefix)]
                found += _decide(fits, run, end + 1, len(prefix))
        return found[::-1]

    def completed(
        self, text: str, words: Sequence[Word], start: int, prefixes: Iterable[tuple[str, ...]]
    ) -> list[Match]:
        """Under "UBND các huyện, thị xã:" "Kỳ Anh" is two agencies: then both are the match."""
        by_end: dict[int, Match] = {}
        for prefix in prefixes:
            for match in self.matches(text, words, start, prefix):
                other = by_end.get(match.end)
                if other is None or match.is_literal > other.is_literal:
                    by_end[match.end] = match
                elif match.is_literal == other.is_literal:
                    by_end[match.end] = _either(other, match)
        return list(by_end.values())


def _either(one: Match, other: Match) -> Match:
    names = {known.code: known for known in (*one.names, *other.names)}
    return replace(one, names=tuple(names.values()))


def _fits(spelling: Spelling, text: str, run: Sequence[Word], prefix: tuple[str, ...]) -> bool:
    """A comma or hyphen in the text must be one in the name too; a missing one doesn't matter."""
    if spelling.is_code:
        return not prefix and text[run[0].start : run[-1].end] == spelling.known.code
    inner = spelling.gaps[len(prefix) + 1 :]
    return all(
        word.gap in {Gap.SPACE, Gap.LINE} or gap in {Gap.COMMA, Gap.LINK}
        for word, gap in zip(run[1:], inner, strict=True)
    )


def _decide(fits: list[Spelling], run: Sequence[Word], end: int, skipped: int) -> list[Match]:
    """Marks decide between names; only if no name has just these, one with more marks may be it."""
    written = tuple(word.exact for word in run)
    literal = [one for one in fits if one.exact[skipped:] == written]
    originals = [one for one in literal if not one.is_variant]
    if literal:
        return [Match(end, _one_a_code(originals or literal), True, skipped > 0)]
    if any(_lost_marks(written, one.exact[skipped:]) for one in fits):
        return [Match(end, _one_a_code(fits), False, skipped > 0)]
    return []


def _one_a_code(spellings: Iterable[Spelling]) -> tuple[KnownName, ...]:
    return tuple({one.known.code: one.known for one in spellings}.values())


def _lost_marks(written: Sequence[str], known: Sequence[str]) -> bool:
    return all(map(_word_lost_marks, written, known))


@functools.lru_cache(maxsize=16384)
def _word_lost_marks(written: str, known: str) -> bool:
    """Each letter has the name's marks or fewer. Other marks are another word ("Lập", "Lạp")."""
    ours, theirs = _letters(written), _letters(known)
    return len(ours) == len(theirs) and all(
        one[0] == other[0] and one[1] <= other[1] for one, other in zip(ours, theirs, strict=True)
    )


def _letters(word: str) -> list[tuple[str, frozenset[str]]]:
    letters: list[tuple[str, frozenset[str]]] = []
    for sign in unicodedata.normalize("NFD", word):
        if unicodedata.combining(sign) and letters:
            letters[-1] = (letters[-1][0], letters[-1][1] | {sign})
        else:
            letters.append(("d", frozenset("-")) if sign == "đ" else (sign, frozenset()))
    return letters

"""The words of a lead or coordinating cell -> known agencies, collectives, and unresolved text.

What is accepted is a known name as it is written (or with marks lost, if only one name can be
meant) that stands by itself: "Văn phòng Sở Nội vụ" isn't Sở Nội vụ. Everything else comes back as
unresolved text, with suggestions, for a person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.documents.names import notes
from app.documents.names.index import KnownName, Match, NamedKind, NameIndex
from app.documents.names.persons import looks_like_person, names_only_people
from app.documents.names.phrases import (
    is_ditto,
    starts_exception,
    with_posts_joined,
    without_related,
)
from app.documents.names.reader import FoundName, read_words
from app.documents.names.spellings import spellings_of
from app.documents.names.suggestions import Suggester, Suggestion, best
from app.documents.names.words import NamedPart, Word, split_words
from app.errors import Text

__all__ = ["KnownName", "Mention", "NameBook", "NamedKind", "Suggestion", "is_person"]

_LONGEST_CELL = 10_000  # characters
_SUGGESTIONS_A_CELL = 20  # a cell with more unresolved texts is prose, and each costs a search
_LONGEST_SEARCHED = 60  # words
_LONGEST_REMARK = 300  # characters in brackets that are looked through
_CONTAINED = 85.0  # the score of a known name inside of an unresolved text


@dataclass(frozen=True, slots=True)
class Mention:
    """One name of a cell. `source_text` is the cell's own words, verbatim.

    `kind` and `code` are None if it is unresolved; `suggestions` (best first) are for a person.
    `is_related_only`: "… liên quan"; kept, and never expanded into agencies.
    `note` says why it is unresolved, or how it was understood if not literally.
    `role` is the part that the cell itself gives it, whatever its column.
    `is_person`: a person or a telephone number, which owes nothing and is not kept.
    """

    source_text: str
    kind: NamedKind | None
    code: str | None
    is_related_only: bool = False
    suggestions: tuple[Suggestion, ...] = ()
    note: Text | None = None
    role: NamedPart | None = None
    is_person: bool = False


class NameBook:
    """The names that exist on one day: which these are is the caller's to choose."""

    def __init__(self, names: Iterable[KnownName]) -> None:
        names = tuple(names)
        spellings = tuple(spellings_of(names))
        self._index = NameIndex(spellings)
        self._suggester = Suggester(spellings)
        self._by_code = {known.code.casefold(): known for known in names}

    def read_cell(self, text: str) -> tuple[Mention, ...]:
        """In the cell's order, one mention a code; nothing of the cell is dropped but joining
        words ("và", "chủ trì, phối hợp với") and prefixes ("Các sở, ngành:")."""
        if is_ditto(text):
            return (Mention(text.strip(), None, None, note=notes.DITTO),)
        text, rest = _cut(text)
        words = with_posts_joined(split_words(text))
        mentions = self._mentions(text, words)
        if words and not mentions:
            mentions = [self._unresolved(text.strip(), words)]
        if rest.strip():
            mentions.append(Mention(rest.strip(), None, None, note=notes.TOO_LONG))
        return _one_a_code(mentions)

    def find(self, text: str) -> Mention:
        """`text` as one whole name, or as a code in any case."""
        text = text.strip(" \t\r\n.,;")
        if known := self._by_code.get(text.casefold()):
            return Mention(text, known.kind, known.code)
        mentions = self.read_cell(text)
        if len(mentions) == 1 and mentions[0].source_text == text:
            return mentions[0]
        return self._unresolved(text, split_words(text[:_LONGEST_CELL]))

    def is_one_body(self, text: str) -> bool:
        """True if a text is one known name and nothing else; nothing is suggested for any other."""
        words = with_posts_joined(split_words(text[:_LONGEST_CELL]))
        found = read_words(text, words, self._index)
        if len(found) != 1 or found[0].match is None or found[0].is_related:
            return False
        whole = found[0].start == 0 and found[0].end == len(words)
        return whole and len(found[0].match.names) == 1 and not found[0].has_remark

    def names_other_in_brackets(self, mention: Mention) -> bool:
        """ "UBND tỉnh (Sở Nội vụ tham mưu)": True if the brackets behind a known name hold another
        name, whose body is not given the task."""
        _, opened, remark = mention.source_text.partition("(")
        if not opened or mention.code is None:
            return False
        near = self._contained(split_words(remark[:_LONGEST_REMARK].rstrip(" )")))
        return any(one.code != mention.code for one in near)

    def _mentions(self, text: str, words: Sequence[Word]) -> list[Mention]:
        mentions: list[Mention] = []
        to_suggest = _SUGGESTIONS_A_CELL
        for found in read_words(text, words, self._index):
            source_text = text[words[found.start].start : words[found.end - 1].end]
            run = words[found.start : found.end]
            if found.match:
                is_head = run[0].is_after_head
                mention = _mention(source_text, found, found.match, is_head=is_head)
            elif to_suggest:
                mention = self._unresolved(
                    source_text, run, is_related=found.is_related, is_listed=found.is_listed
                )
                if mention.is_person and run[-1].is_remark:
                    mentions += self._body_of_person(text, run[-1])
                to_suggest -= 1
            else:
                mention = Mention(
                    source_text,
                    None,
                    None,
                    found.is_related,
                    note=notes.UNKNOWN,
                    is_person=not found.is_listed and looks_like_person(run),
                )
            mentions.append(replace(mention, role=found.role))
        return mentions

    def _unresolved(
        self,
        source_text: str,
        run: Sequence[Word],
        *,
        is_related: bool = False,
        is_listed: bool = False,
    ) -> Mention:
        suggestions: tuple[Suggestion, ...] = ()
        if not starts_exception(run, 0):
            suggestions = self._contained(run) or self._suggester.suggest(without_related(run))
        return Mention(
            source_text,
            None,
            None,
            is_related,
            suggestions,
            notes.unresolved(is_related=is_related, has_suggestions=bool(suggestions)),
            # Wards are named after people; and who is named with a body may stand for it.
            is_person=not is_listed and not suggestions and looks_like_person(run),
        )

    def _body_of_person(self, text: str, remark: Word) -> list[Mention]:
        """ "Nguyễn Văn An (Sở Nội vụ)": the person is left out, the body may be meant."""
        said = text[remark.start : remark.end]
        suggestions = self._contained(split_words(said.strip("()")))
        return [Mention(said, None, None, False, suggestions, notes.NEAR)] if suggestions else []

    def _contained(self, run: Sequence[Word]) -> tuple[Suggestion, ...]:
        """ "Văn phòng Sở Nội vụ": perhaps that department, but a person must say so."""
        for start in range(min(len(run), _LONGEST_SEARCHED)):
            found = [one for one in self._index.matches("", run, start) if one.end > start + 1]
            if found and found[0].is_literal:
                return best((known, _CONTAINED) for known in found[0].names)
        return ()


def is_person(text: str) -> bool:
    """True for a short text that names a person or gives a telephone number, and nothing else."""
    words = split_words(text[:_LONGEST_CELL])
    return bool(words) and names_only_people(words)


def _mention(source_text: str, found: FoundName, match: Match, *, is_head: bool) -> Mention:
    known = match.names[0]
    is_undecided = found.is_collective and (found.has_remark or found.has_exception)
    if len(match.names) > 1 or is_undecided:
        note = notes.RESTRICTED if is_undecided else notes.AMBIGUOUS
        suggestions = best((one, 100.0) for one in match.names)
        return Mention(source_text, None, None, found.is_related, suggestions, note)
    said = notes.resolved(found, match, is_head=is_head)
    return Mention(source_text, known.kind, known.code, found.is_related, note=said)


def _cut(text: str) -> tuple[str, str]:
    """The part of a cell that is read; it ends between two names, so that none is cut in two."""
    if len(text) <= _LONGEST_CELL:
        return text, ""
    head = text[:_LONGEST_CELL]
    at = max(head.rfind(";"), head.rfind("\n")) + 1 or head.rfind(",") + 1
    return text[:at], text[at:]


def _one_a_code(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """A code that is named for itself later on isn't only "liên quan"."""
    kept: dict[str | int, Mention] = {}
    for number, mention in enumerate(mentions):
        key = mention.code or number
        if key not in kept or (kept[key].is_related_only and not mention.is_related_only):
            kept[key] = mention
    return tuple(kept.values())

"""Walks through an agency cell once and cuts it into known names and the words between them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.documents.names.index import Match, NamedKind, NameIndex
from app.documents.names.persons import begins_person, looks_like_person
from app.documents.names.phrases import (
    class_at,
    connective_at,
    gives_at,
    is_bare_head,
    is_head,
    is_role,
    names_part_of_a_body,
    prefix_at,
    qualifier_at,
    role_at,
    role_in_remark,
    says_related,
    starts_exception,
    starts_place,
)
from app.documents.names.words import Gap, NamedPart, Word

_LONGEST_CHAIN = 6  # connectives in a row: "chủ trì, phối hợp với"
_SEPARATORS = frozenset({Gap.COMMA, Gap.COLON, Gap.STOP})


@dataclass(frozen=True, slots=True)
class FoundName:
    """The words from `start` to before `end`; without a `match` they are unresolved.

    `role` is the part that the cell itself gives them ("… chủ trì", "phối hợp với …").
    """

    start: int
    end: int
    match: Match | None = None
    is_related: bool = False
    has_remark: bool = False
    has_exception: bool = False
    role: NamedPart | None = None
    is_listed: bool = False  # among the places of a list, so it names no person

    @property
    def is_collective(self) -> bool:
        return self.match is not None and self.match.names[0].kind is NamedKind.COLLECTIVE


@dataclass(slots=True)
class _Prefix:
    """ "Các sở, ngành:" written once for the names after it; `at` is its place among the found."""

    start: int
    end: int
    at: int
    folded: tuple[tuple[str, ...], ...]


def read_words(text: str, words: Sequence[Word], index: NameIndex) -> list[FoundName]:
    """In the cell's order, never overlapping; joining words and prefixes in use are in none."""
    return _spread_related(words, _Reader(text, words, index).read())


class _Reader:
    def __init__(self, text: str, words: Sequence[Word], index: NameIndex) -> None:
        self._text = text
        self._words = words
        self._index = index
        self._found: list[FoundName] = []
        self._pending: int | None = None  # where the unresolved words before here begin
        self._free_at = 0  # a name may begin here, because what is before it has ended
        self._prefix: _Prefix | None = None
        self._candidates: dict[int, list[Match]] = {}
        self._role: NamedPart | None = None  # of the names that follow
        self._role_from: int | None = None  # where the found begin that a role may still name

    def read(self) -> list[FoundName]:
        place = 0
        while place < len(self._words):
            place = self._step(place)
        self._end_line(place)
        return self._found

    def _step(self, place: int) -> int:
        word = self._words[place]
        if word.is_bullet:
            self._end_line(place)
        elif word.gap is Gap.STOP:
            self._flush(place)
        if word.is_remark and self._attach_remark(place):
            return place + 1
        return self._take(place) or self._skip_connective(place) or self._keep(place)

    def _take(self, place: int) -> int:
        """ "Các sở, ngành:" opens a list, "Các sở, ngành" by itself is a collective."""
        if not self._is_free(place):
            return 0
        return (
            self._take_prefix(place, by_colon=True)
            or self._take_name(place)
            or self._take_prefix(place, by_colon=False)
            or self._take_class(place)
        )

    def _keep(self, place: int) -> int:
        if self._is_free(place) and self._begins_anew(place):
            self._flush(place)
        if self._pending is None:
            self._pending = place
        return place + 1

    def _begins_anew(self, place: int) -> bool:
        is_named = is_head(self._words, place) or self._is_new(place)
        return is_named or (not self._prefix and begins_person(self._words, place))

    def _is_new(self, place: int) -> bool:
        """A comma parts "VNPT, FPT" and "Viettel, Mobifone", but not "Sở VH, TT và DL"."""
        word, pending = self._words[place], self._pending
        if word.gap is not Gap.COMMA or pending is None:
            return False
        if place - pending == 1 and word.is_capital:
            return True
        is_listed = self._words[place - 1].is_acronym and is_head(self._words, pending)
        return word.is_acronym and word.end - word.start > 2 and not is_listed

    def _is_free(self, place: int) -> bool:
        word = self._words[place]
        if place == self._free_at or word.gap in _SEPARATORS or self._parts_person(place):
            return True
        if word.gap is not Gap.LINE or not word.is_capital:
            return False
        return self._pending is None or not names_part_of_a_body(self._words[self._pending : place])

    def _parts_person(self, place: int) -> bool:
        """A dash parts "Sở Nội vụ - Nguyễn Văn An" and "Nguyễn Văn An - Sở Nội vụ"."""
        if self._words[place].gap is not Gap.LINK:
            return False
        before = self._words[self._pending : place] if self._pending is not None else ()
        return begins_person(self._words, place) or bool(before and looks_like_person(before))

    def _attach_remark(self, place: int) -> bool:
        word = self._words[place]
        last = self._found[-1] if self._found else None
        if self._pending is not None or last is None or last.end != place:
            return False
        if word.gap not in {Gap.SPACE, Gap.LINE}:
            return False
        role = role_in_remark(self._text[word.start : word.end])
        self._found[-1] = replace(
            last, end=place + 1, has_remark=role is None, role=role or last.role
        )
        if role:
            self._spread_role(role, len(self._found) - 1)
        self._free_at = place + 1
        return True

    def _spread_role(self, role: NamedPart, end: int) -> None:
        """Give a role to a list of names: once a cell has named a role, "Sở B, Sở C (phối hợp)"
        gives it to both."""
        for at in range(self._role_from or end, end):
            self._found[at] = replace(self._found[at], role=self._found[at].role or role)
        self._role_from = len(self._found)

    def _take_prefix(self, place: int, *, by_colon: bool) -> int:
        length, folded, needs_colon = prefix_at(self._words, place)
        after = place + length
        if not length or after >= len(self._words):
            return 0
        gap = self._words[after].gap
        opens = gap is Gap.COLON if by_colon else gap in {Gap.SPACE, Gap.LINE} and not needs_colon
        if not opens:
            return 0
        if not by_colon and not self._index.completed(self._text, self._words, after, folded):
            return 0
        self._end_line(place)
        self._prefix = _Prefix(place, after, len(self._found), folded)
        self._candidates.clear()
        self._free_at = after
        return after

    def _take_name(self, place: int) -> int:
        for match in self._names_at(place):
            end, is_related = match.end, False
            if match.names[0].kind is NamedKind.COLLECTIVE:
                length, is_related = qualifier_at(self._words, match.end)
                end += length
            if self._ends(end):
                self._flush(place)
                self._found.append(FoundName(place, end, match, is_related, role=self._role))
                self._free_at = end
                return end
        return 0

    def _take_class(self, place: int) -> int:
        length, is_related = class_at(self._words, place)
        end = place + length
        if not length or not self._ends(end):
            return 0
        self._flush(place)
        self._found.append(FoundName(place, end, is_related=is_related, role=self._role))
        self._free_at = end
        return length + place

    def _skip_connective(self, place: int) -> int:
        length = connective_at(self._words, place, is_open=self._pending is None)
        after = place + length
        if self._pending is not None and is_bare_head(self._words[self._pending : place]):
            return 0
        if self._advises(place, length):
            return 0
        if not length or not self._leads_on(after):
            is_bare = length and not is_role(self._words, place, length) and self._pending is None
            if not is_bare or self._words[place].folded != "va":
                return 0
        self._leave_giver(place, length)
        self._flush(place)
        if role := role_at(self._words, place, length):
            self._give_role(role, after)
        self._free_at = after
        return after

    def _leave_giver(self, place: int, length: int) -> None:
        """ "UBND tỉnh giao Sở Nội vụ": whoever gives the work doesn't do it, so a person looks."""
        last = self._found[-1] if self._found else None
        if last is not None and last.end == place and gives_at(self._words, place, length):
            self._found[-1] = replace(last, match=None)

    def _advises(self, place: int, length: int) -> bool:
        """ "Sở Nội vụ tham mưu UBND tỉnh": whom a body advises is given nothing by that."""
        last = self._found[-1] if self._found else None
        phrase = [word.exact for word in self._words[place : place + length]]
        is_said_of_last = last is not None and last.end == place
        return is_said_of_last and phrase == ["tham", "mưu"] and bool(self._names_at(place + 2))

    def _give_role(self, role: NamedPart, after: int) -> None:
        """ "Sở A, Sở B phối hợp" says it of the names before, "phối hợp với Sở A" of those after.

        Where nothing was said before, only the names since the last ";" or line are meant.
        """
        begin = self._role_from
        if begin is None:
            begin = self._begin_of_clause()
        follows = after < len(self._words) and self._words[after].gap not in {Gap.COMMA, Gap.STOP}
        opens = follows and not connective_at(self._words, after)
        if begin < len(self._found) and not opens:
            self._found[begin:] = [replace(one, role=role) for one in self._found[begin:]]
            self._role = None
        else:
            self._role = role
        self._role_from = len(self._found)

    def _begin_of_clause(self) -> int:
        begin = len(self._found)
        while begin > 0:
            begin -= 1
            if self._words[self._found[begin].start].gap in {Gap.STOP, Gap.LINE}:
                break
        return begin

    def _leads_on(self, place: int) -> bool:
        """True if a connective before here joins something, and isn't a word of a name."""
        for _ in range(_LONGEST_CHAIN):
            if place >= len(self._words) or self._words[place].gap in _SEPARATORS:
                return True
            if self._begins_item(place):
                return True
            length = connective_at(self._words, place)
            if not length:
                return False
            place += length
        return False

    def _begins_item(self, place: int) -> bool:
        return bool(self._names_at(place)) or is_head(self._words, place)

    def _ends(self, place: int) -> bool:
        """True if a name that runs to here stands by itself."""
        if place >= len(self._words):
            return True
        word = self._words[place]
        if word.is_remark or word.gap in _SEPARATORS or self._parts_person(place):
            return True
        if length := connective_at(self._words, place):
            return is_role(self._words, place, length) or self._joins_item(place + length)
        if word.gap is Gap.SPACE:
            return bool(self._names_at(place))
        return self._begins_item(place) or (word.gap is Gap.LINE and self._stands_alone(place))

    def _stands_alone(self, place: int) -> bool:
        """True if a line names somebody by itself, though nobody known. "Công an tỉnh⏎Nghệ An" and
        "Sở Tài chính⏎Đầu tư" are one name each, of which the first line is another body."""
        word = self._words[place]
        is_short_name = word.is_acronym and word.end - word.start > 2
        named = is_short_name or word.exact.isdigit() or begins_person(self._words, place)
        return named and not starts_place(self._words, place)

    def _joins_item(self, place: int) -> bool:
        # "Sở Tài chính và Đầu tư" isn't Sở Tài chính: a conjunction needs another name after it.
        return place < len(self._words) and self._leads_on(place)

    def _names_at(self, place: int) -> list[Match]:
        if place not in self._candidates:
            found = self._index.matches(self._text, self._words, place)
            if self._prefix:
                prefixes = self._prefix.folded
                found += self._index.completed(self._text, self._words, place, prefixes)
            self._candidates[place] = sorted(found, key=lambda match: -match.end)
        return self._candidates[place]

    def _flush(self, place: int) -> None:
        if self._pending is None:
            return
        start, end, self._pending = self._pending, place, None
        while end > start and self._words[end - 1].exact in {"và", "với", "cùng"}:
            end -= 1
        if end > start:
            last = self._words[end - 1]
            said = role_in_remark(self._text[last.start : last.end]) if last.is_remark else None
            is_related = says_related(self._words[start:end])
            role, is_listed = said or self._role, self._is_listed(start)
            self._found.append(
                FoundName(start, end, is_related=is_related, role=role, is_listed=is_listed)
            )
            if said:
                self._spread_role(said, len(self._found) - 1)

    def _is_listed(self, start: int) -> bool:
        """ "UBND các phường: Trần Phú, Lê Lợi" and "UBND xã A, Lê Lợi" list places."""
        if self._prefix is not None:
            return True
        last = self._found[-1] if self._found else None
        level = last.match.names[0].level if last and last.match else None
        return bool(level and level.endswith("_committee")) and (
            self._words[start].gap is Gap.COMMA and not begins_person(self._words, start)
        )

    def _end_line(self, place: int) -> None:
        """A prefix that completed nothing was no prefix: its words are kept, unresolved."""
        self._flush(place)
        prefix, self._prefix = self._prefix, None
        self._candidates.clear()
        if prefix and not any(found.match for found in self._found[prefix.at :]):
            self._found.insert(prefix.at, FoundName(prefix.start, prefix.end))


def _spread_related(words: Sequence[Word], found: list[FoundName]) -> list[FoundName]:
    """ "Các sở, ngành, địa phương liên quan" is one list: "liên quan" is said of all of it.

    Likewise what is excepted from a collective may stand after a comma.
    """
    spread = list(found)
    for place in range(len(found) - 1, 0, -1):
        here, before = spread[place], spread[place - 1]
        if here.match or words[here.start].gap in {Gap.STOP, Gap.COLON}:
            continue
        if before.is_collective and starts_exception(words, here.start):
            spread[place - 1] = replace(before, has_exception=True)
        continues = not words[here.start].is_capital and words[here.start].exact != "các"
        if here.is_related and continues and (before.is_collective or not before.match):
            spread[place - 1] = replace(before, is_related=True)
    return spread

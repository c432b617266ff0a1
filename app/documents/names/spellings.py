"""The other ways in which a known name is usually written, made from the one that is stored."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from app.documents.names.index import KnownName, NamedKind, Spelling
from app.documents.names.words import Gap, Word, split_words

PLACES = (
    ("huyện",),
    ("thành", "phố"),
    ("thị", "xã"),
    ("quận",),
    ("xã",),
    ("phường",),
    ("thị", "trấn"),
    ("đặc", "khu"),
)
_COMMITTEE = ("uỷ", "ban", "nhân", "dân")
_FRONT = ("mặt", "trận", "tổ", "quốc")
_LONGEST_NAME = 60  # words; what is longer is no name
_Part = tuple[str, Gap]  # a word, and what stands before it
_Parts = tuple[_Part, ...]


def spellings_of(names: Iterable[KnownName]) -> Iterator[Spelling]:
    """Each as stored, then its variants (a code has none); one spelling may come more than once.

    A name without words, or with more than 60, is left out.
    """
    names = list(names)
    province = _province(names)
    for known in names:
        words = [word for word in split_words(known.name) if not word.is_remark]
        if not 0 < len(words) <= _LONGEST_NAME:
            continue
        stored = tuple((word.exact, word.gap) for word in words)
        yield _spelling(known, stored, is_variant=False)
        if known.name != known.code:
            for parts in _variants(known, words, stored, province):
                yield _spelling(known, parts, is_variant=True)


def _spelling(known: KnownName, parts: _Parts, *, is_variant: bool) -> Spelling:
    exact = tuple(word for word, _ in parts)
    return Spelling(known, exact, tuple(gap for _, gap in parts), is_variant)


def _variants(
    known: KnownName, words: Sequence[Word], stored: _Parts, province: _Parts
) -> Iterator[_Parts]:
    if known.kind is NamedKind.COLLECTIVE:
        for parts in (stored, *_each_with_all(stored), *_reordered_places(stored)):
            yield from _with_and_without_all(parts)
            yield from _with_and_without_all(_comma_as_and(parts))
        return
    for parts in (stored, *_merged_acronyms(words), *_of_the_country(stored)):
        yield parts
        yield _and_as_comma(parts)
        yield from _with_province(parts, province)


def _province(names: Iterable[KnownName]) -> _Parts:
    """("tỉnh", "Hà", "Tĩnh") from the provincial committee's name; () if there is not one."""
    found: set[_Parts] = set()
    for known in names:
        if known.level != "provincial_committee":
            continue
        exact = [word.exact for word in split_words(known.name)]
        if tuple(exact[:4]) == _COMMITTEE:
            found.add(tuple((word, Gap.SPACE) for word in exact[4:]))
    named = {parts for parts in found if len(parts) > len(_unit(parts))}
    return named.pop() if len(named) == 1 else ()


def _unit(province: _Parts) -> _Parts:
    return province[: 2 if province and province[0][0] == "thành" else 1]


def _with_province(parts: _Parts, province: _Parts) -> Iterator[_Parts]:
    """ "Công an tỉnh" is also "Công an tỉnh Hà Tĩnh", "Sở Nội vụ" also "Sở Nội vụ tỉnh"."""
    unit = _unit(province)
    named = province[len(unit) :]
    exact = [word for word, _ in parts]
    if not named or tuple(exact[:4]) == _COMMITTEE:
        return
    if tuple(exact[-len(named) :]) == tuple(word for word, _ in named):
        return
    if parts[-len(unit) :] == unit or exact[-2:] == ["tỉnh", "uỷ"]:
        yield parts + named
    elif unit[0][0] not in exact:
        yield from (parts + unit, parts + province, parts + named)


def _of_the_country(parts: _Parts) -> Iterator[_Parts]:
    """ "Mặt trận Tổ quốc" is named with and without "Việt Nam"."""
    exact = tuple(word for word, _ in parts)
    for at in range(len(exact) - 3):
        after = at + 4
        if exact[at:after] == _FRONT and exact[after : after + 2] != ("việt", "nam"):
            country = (("việt", Gap.SPACE), ("nam", Gap.SPACE))
            yield parts[:after] + country + parts[after:]


def _merged_acronyms(words: Sequence[Word]) -> Iterator[_Parts]:
    """ "Sở VH,TT&DL" is also "Sở VHTT&DL", "Sở VHTTDL", "Sở VH TT và DL"."""
    first, last = _acronym_run(words)
    run = [word for word in words[first:last] if word.exact != "và"]
    if not 2 <= len(run) <= 4:
        return
    before = tuple((word.exact, word.gap) for word in words[:first])
    after = tuple((word.exact, word.gap) for word in words[last:])
    for joints in itertools.product(("", " ", "và"), repeat=len(run) - 1):
        parts = [(run[0].exact, run[0].gap)]
        for joint, word in zip(joints, run[1:], strict=True):
            if joint == "":
                parts[-1] = (parts[-1][0] + word.exact, parts[-1][1])
            else:
                parts += [("và", Gap.SPACE)] if joint == "và" else []
                parts.append((word.exact, Gap.LINK))
        yield (*before, *parts, *after)


def _acronym_run(words: Sequence[Word]) -> tuple[int, int]:
    """The longest stretch of capitals held together by "&", "," and "-", as in "LĐ-TB&XH"."""
    best = (0, 0)
    start = 0
    for place in range(1, len(words) + 1):
        if place < len(words) and _are_held(words[place - 1], words[place]):
            continue
        best = max(best, (start, place), key=lambda run: run[1] - run[0])
        start = place
    return best


def _are_held(left: Word, right: Word) -> bool:
    is_close = right.start == left.end + (right.gap in {Gap.COMMA, Gap.LINK})
    return is_close and all(word.is_acronym or word.exact == "và" for word in (left, right))


def _reordered_places(parts: _Parts) -> Iterator[_Parts]:
    """ "các huyện, thị xã, thành phố" is the same class as "các huyện, thành phố, thị xã"."""
    for start in range(len(parts)):
        listed = _place_list(parts[start:])
        if len(listed) > 1:
            for places in _of_one_level(listed):
                for order in itertools.permutations(places):
                    yield parts[:start] + _with_commas(order)
            return


def _of_one_level(listed: list[tuple[str, ...]]) -> Iterator[list[tuple[str, ...]]]:
    """Townships until 2025 and special zones since are communes and wards too, for a class."""
    yield listed
    if set(listed) == {("xã",), ("phường",)}:
        others = (("thị", "trấn"), ("đặc", "khu"))
        yield from ([*listed, other] for other in others)


def _each_with_all(parts: _Parts) -> Iterator[_Parts]:
    """ "các sở, các ban, ngành" and "các sở, các ban, các ngành"."""
    commas = [place for place, (_, gap) in enumerate(parts) if gap is Gap.COMMA]
    if parts[0][0] != "các" or len(commas) < 2:
        return
    for chosen in (commas[:1], commas):
        spread = list(parts)
        for place in reversed(chosen):
            spread[place : place + 1] = [("các", Gap.COMMA), (parts[place][0], Gap.SPACE)]
        yield tuple(spread)


def _place_list(parts: _Parts) -> list[tuple[str, ...]]:
    """The kinds of places if nothing else stands here, to the end of the name."""
    words = [word for word, _ in parts if word != "và"]
    listed: list[tuple[str, ...]] = []
    while words:
        place = next((one for one in PLACES if tuple(words[: len(one)]) == one), None)
        if place is None or len(listed) == 4:
            return []
        listed.append(place)
        words = words[len(place) :]
    return listed


def _with_commas(listed: Iterable[tuple[str, ...]]) -> _Parts:
    return tuple(
        (word, Gap.COMMA if number == 0 and place > 0 else Gap.SPACE)
        for place, words in enumerate(listed)
        for number, word in enumerate(words)
    )


def _comma_as_and(parts: _Parts) -> _Parts:
    for place in range(len(parts) - 1, 0, -1):
        word, gap = parts[place]
        if gap is Gap.COMMA:
            joined = (("và", Gap.SPACE), (word, Gap.SPACE))
            return parts[:place] + joined + parts[place + 1 :]
    return parts


def _and_as_comma(parts: _Parts) -> _Parts:
    """Only in a name that is a list anyway: "Văn hóa, Thể thao, Du lịch"."""
    places = [place for place, (word, _) in enumerate(parts) if word == "và"]
    if len(places) != 1 or all(gap is not Gap.COMMA for _, gap in parts):
        return parts
    place = places[0]
    return (*parts[:place], (parts[place + 1][0], Gap.COMMA), *parts[place + 2 :])


def _with_and_without_all(parts: _Parts) -> Iterator[_Parts]:
    """ "các" comes and goes: "Các sở, ngành", "UBND xã, phường"."""
    yield parts
    exact = [word for word, _ in parts]
    if exact[0] == "các":
        yield parts[1:]
    elif tuple(exact[:5]) == (*_COMMITTEE, "các"):
        yield parts[:4] + parts[5:]
    elif tuple(exact[:4]) == _COMMITTEE:
        yield (*parts[:4], ("các", Gap.SPACE), *parts[4:])
    else:
        yield (("các", Gap.STOP), *parts)

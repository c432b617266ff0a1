"""People in a cell of agencies: their names and their telephone numbers."""

import re
from collections.abc import Iterator, Sequence

from app.documents.names.words import Gap, Word
from app.documents.tables.people import RARER_SURNAMES, SURNAMES

_SURNAME = re.compile(SURNAMES)
_RARER = re.compile(
    rf"(?:{RARER_SURNAMES}) (?:a|văn|thị|đình|xuân|quang|ngọc|đức|hữu|quốc|trọng|duy|việt|bá|sỹ)"
)
_TITLES = re.compile(
    r"(?:đ c|đồng chí|ông|bà|anh|chị|cô|chú|ts|ths|bs|ks|pgđ|gđ|bác sĩ|đt|sđt|tel)\b"
)
# "GĐ các đơn vị", "GĐ Trung tâm …" are posts, whoever holds them.
_OF_A_BODY = re.compile(
    r"p?gđ (?:các|sở|ban|trung|công|bệnh|trường|đơn|cơ|quỹ|viện|đài|nhà|chi|hợp|ngân|khu|kho)\b"
)
_TELEPHONE = re.compile("(?:0|84)[0-9]{8,10}")
# Provinces, districts, cities and countries that begin as surnames do, and stand alone in cells and
# lines.
_PLACES = frozenset({
    "hà tĩnh", "hà nội", "hà nam", "hà giang", "hà tiên", "hà đông", "hà trung", "hà quảng",
    "cao bằng", "cao lãnh", "cao lộc", "cao phong", "thái nguyên", "thái bình", "thái thụy",
    "lâm đồng", "thái lan", "hoàng sa", "hoàng mai", "hoàng su phì", "lý sơn", "lý nhân",
    "mai châu", "mai sơn", "vũ quang", "vũ thư", "hồ chí minh", "phan thiết", "phan rang",
    "lương sơn", "lương tài", "đoàn hùng", "trần văn thời", "châu đốc", "châu đức", "châu phú",
    "châu thành", "thái bình dương", "châu âu", "châu á", "châu phi", "châu mỹ", "lưu vĩnh sơn",
})  # fmt: skip
_PARTS = frozenset({Gap.COMMA, Gap.LINK})
_SHORTEST_RUN, _LONGEST_RUN = 3, 5  # words of a name that stands without a title


def looks_like_person(words: Sequence[Word]) -> bool:
    """Names and telephone numbers of people are kept as text and never compared with agencies.

    What stands in brackets behind a name ("(0912 345 678)", "(PGĐ)") makes it no other thing;
    several people in a row are people too.
    """
    words = [word for word in words if not word.is_remark]
    if not words:
        return False
    if _titled(words, 0):
        return True
    if _has_telephone(words):
        return True
    named = [run for run in _listed(words) if not all(word.exact.isdigit() for word in run)]
    return bool(named) and all(map(_is_name, named))


def names_only_people(words: Sequence[Word]) -> bool:
    """True where a text has nothing but people, their titles and their telephone numbers."""
    if not looks_like_person(words):
        return False
    start = next((len(title) for title in _titles(words)), 0)
    return all(
        word.is_capital or word.is_remark or word.exact.isdigit() or word.exact == "và"
        for word in words[start:]
    )


def begins_person(words: Sequence[Word], place: int) -> bool:
    """True if a person is named from here: by a title, or by a surname and two names and more."""
    if _titled(words, place):
        return True
    if place >= len(words) or words[place].is_remark or not _has_surname(words[place:]):
        return False
    end = place + 1
    while end < len(words) and words[end].gap is Gap.SPACE and not words[end].is_remark:
        end += 1
    run = words[place:end]
    return _SHORTEST_RUN <= len(run) <= _LONGEST_RUN and all(word.is_capital for word in run)


def _titled(words: Sequence[Word], place: int) -> bool:
    begins = " ".join(word.exact for word in words[place : place + 2])
    return bool(_TITLES.match(begins)) and not _OF_A_BODY.match(begins)


def _titles(words: Sequence[Word]) -> Iterator[Sequence[Word]]:
    """The title at the beginning, if there is one, in as many words as it has."""
    for count in (1, 2):
        if _TITLES.fullmatch(" ".join(word.exact for word in words[:count])):
            yield words[:count]


def _has_telephone(words: Sequence[Word]) -> bool:
    """True where digits in a row are a telephone number, and not a day or the number of a text."""
    runs, run = list[str](), ""
    for word in words:
        if word.exact.isdigit():
            run += word.exact
        else:
            runs.append(run)
            run = ""
    return any(_TELEPHONE.fullmatch(digits) for digits in (*runs, run))


def _listed(words: Sequence[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = [[]]
    for word in words:
        if word.exact == "và" or (parts[-1] and word.gap in _PARTS):
            parts.append([])
        if word.exact != "và":
            parts[-1].append(word)
    return parts


def _has_surname(words: Sequence[Word]) -> bool:
    begins = " ".join(word.exact for word in words[:2])
    return bool(_SURNAME.fullmatch(words[0].exact) or (words[2:] and _RARER.fullmatch(begins)))


def _is_name(words: Sequence[Word]) -> bool:
    named = [word for word in words if not word.exact.isdigit()]
    if not _has_surname(words):
        return False
    if " ".join(word.exact for word in named) in _PLACES:
        return False
    return 2 <= len(named) <= _LONGEST_RUN and all(word.is_capital for word in named)

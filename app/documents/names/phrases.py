"""Words of an agency cell that are no names: what joins names, qualifies them or stands in."""

import re
from collections.abc import Sequence

from app.documents.names.spellings import PLACES
from app.documents.names.words import Gap, Word
from app.documents.vietnamese import fold, normalise

_Phrases = frozenset[tuple[str, ...]]


def _phrases(text: str) -> _Phrases:
    """Also as they look when the whole cell was typed without marks."""
    spelled = [form(phrase) for phrase in text.split(";") for form in (normalise, fold)]
    return frozenset(tuple(phrase.split()) for phrase in spelled)


_CONJUNCTIONS = _phrases("và;với;cùng;cùng với;do;giao;là")
_ROLES = _phrases(
    "chủ trì;đồng chủ trì;chủ trì tham mưu;chủ trì thực hiện;cơ quan chủ trì;đơn vị chủ trì;"
    "phối hợp;phối hợp với;phối hợp cùng;phối hợp thực hiện;cơ quan phối hợp;đơn vị phối hợp;"
    "thực hiện;tham mưu;đề nghị;đầu mối"
)
_CONNECTIVES = _CONJUNCTIONS | _ROLES
_HEADS = _phrases(
    "sở;các;ban;uỷ ban;hội đồng;công an;bộ;cục;chi cục;văn phòng;phòng;thanh tra;kho bạc;ngân hàng;"
    "bảo hiểm;toà án;viện;tỉnh uỷ;huyện uỷ;thành uỷ;thị uỷ;đảng uỷ;thường trực;mặt trận;"
    "đoàn;hội;liên đoàn;liên hiệp;liên minh;báo;đài;trung tâm;trường;đại học;bệnh viện;quỹ;"
    "công ty;tổng công ty;doanh nghiệp;cơ quan;cơ sở;đơn vị;địa phương;tổ chức;ông;bà;đồng chí"
)
_SMALL_HEADS = frozenset({"các", "cơ", "đơn", "địa", "tổ", "doanh"})  # "sở, ban, ngành" is one name
# "Văn phòng⏎Sở Nội vụ" is one body of that department and not the department.
_PARTS_OF_A_BODY = _phrases(
    "văn phòng;thanh tra;phòng;chi cục;trung tâm;ban;bộ phận;tổ;công đoàn;đoàn;đảng uỷ;đảng bộ;"
    "chi bộ;giám đốc;phó giám đốc;lãnh đạo;chánh;phó;trưởng;cán bộ;công chức;trường;bệnh viện"
)
_OF = frozenset({"thuộc", "của", "tại", "trừ", "cho", "về", "từ", "bởi", "do"})
_WHOLE_PROVINCE = _phrases("cấp tỉnh;của tỉnh;thuộc tỉnh;trong tỉnh;toàn tỉnh;trên địa bàn tỉnh")
_RELATED = _phrases("liên quan;có liên quan")
_EXCEPT = _phrases("trừ;ngoại trừ;không bao gồm;không kể")
_BESIDE_DEPARTMENTS = _phrases("ban;ngành;và ban;và ngành")
_LONGEST_PHRASE = 4
_COMMITTEE = ("uy", "ban", "nhan", "dan")
_FOLDED_PLACES = tuple(tuple(fold(word) for word in place) for place in PLACES)
_DITTO = re.compile(r"""(?:nt|n\.t\.?|nhu tren|["″〃“”']{1,2}|/{2}|\\{2})""")


def is_ditto(text: str) -> bool:
    """ "nt", "-nt-", "như trên", "//": the row above once more."""
    return len(text) < 40 and bool(_DITTO.fullmatch(fold(text).strip(" -–—.…()")))


def connective_at(words: Sequence[Word], start: int) -> int:
    """The number of words from here that join names ("chủ trì, phối hợp với")."""
    return _longest(words, start, _CONNECTIVES)


def is_role(words: Sequence[Word], start: int, length: int) -> bool:
    """True if these words say a part ("chủ trì", "phối hợp với") and don't merely join ("và")."""
    return tuple(word.exact for word in words[start : start + length]) in _ROLES


def is_head(words: Sequence[Word], start: int) -> bool:
    """True if an agency's name usually begins with what stands here."""
    is_written_small = words[start].exact in _SMALL_HEADS if start < len(words) else False
    return _longest(words, start, _HEADS) > 0 and (is_written_small or words[start].is_capital)


def names_part_of_a_body(words: Sequence[Word]) -> bool:
    """ "Văn phòng …", "… thuộc": a name after such words only says whose part it is."""
    return bool(words) and (words[-1].exact in _OF or _longest(words, 0, _PARTS_OF_A_BODY) > 0)


def starts_place(words: Sequence[Word], start: int) -> bool:
    """ "tỉnh Nghệ An", "huyện …": what stands here says whose the name before it is."""
    return _has(words, start, "tinh") > 0 or _level_at(words, start) is not None


def starts_exception(words: Sequence[Word], start: int) -> bool:
    """ "Trừ", "ngoại trừ", "không bao gồm", "không kể": what follows isn't given the task."""
    return _longest(words, start, _EXCEPT) > 0


def qualifier_at(words: Sequence[Word], start: int) -> tuple[int, bool]:
    """The number of words here that qualify a collective; True if to "those concerned" only."""
    length = _longest(words, start, _WHOLE_PROVINCE)
    related = _longest(words, start + length, _RELATED)
    return length + related, related > 0


def without_related(words: Sequence[Word]) -> Sequence[Word]:
    """Only a "liên quan" or "có liên quan" at the very end is taken off."""
    for length in (3, 2):
        if _longest(words, max(0, len(words) - length), _RELATED) == length:
            return words[:-length]
    return words


def says_related(words: Sequence[Word]) -> bool:
    """ "Liên quan" or "có liên quan" anywhere, if no punctuation parts it."""
    return any(_longest(words, place, _RELATED) for place in range(len(words)))


def prefix_at(words: Sequence[Word], start: int) -> tuple[int, tuple[tuple[str, ...], ...], bool]:
    """The words that "Các sở, ngành" or "UBND các huyện, thị xã" lends to each name that follows.

    Answers how many words it takes, what each following name may have to be completed with
    (folded), and whether a colon is needed for it to be read so.
    """
    place = start + _has(words, start, "cac")
    if _has(words, place, "so"):
        end = place + 1
        while length := _longest(words, end, _BESIDE_DEPARTMENTS):
            end += length
        return end - start, (("so",),), place == start
    if tuple(word.folded for word in words[start : start + 4]) != _COMMITTEE:
        return 0, (), True
    end = start + 4 + _has(words, start + 4, "cac")
    is_plural = end > start + 4
    levels: list[tuple[str, ...]] = []
    while level := _level_at(words, end):
        levels.append(level)
        end += len(level) + _has(words, end + len(level), "va")
    # "UBND các huyện, thành phố Hà Tĩnh" is every district and one city: not a list of names.
    needs_colon = not is_plural or len(levels) != 1
    return end - start, (_COMMITTEE, *(_COMMITTEE + level for level in levels)), needs_colon


def _level_at(words: Sequence[Word], start: int) -> tuple[str, ...] | None:
    here = tuple(word.folded for word in words[start : start + 2])
    return next((place for place in _FOLDED_PLACES if here[: len(place)] == place), None)


def _has(words: Sequence[Word], place: int, folded: str) -> int:
    return int(place < len(words) and words[place].folded == folded)


def _longest(words: Sequence[Word], start: int, phrases: _Phrases) -> int:
    """A phrase doesn't run across punctuation."""
    for length in range(min(_LONGEST_PHRASE, len(words) - start), 0, -1):
        run = words[start : start + length]
        if tuple(word.exact for word in run) not in phrases:
            continue
        if all(word.gap in {Gap.SPACE, Gap.LINE} for word in run[1:]):
            return length
    return 0

"""Words of an agency cell that are no names: they join names, qualify them or stand in for them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from app.documents.names.spellings import PLACES
from app.documents.names.words import Gap, NamedPart, Word
from app.documents.vietnamese import fold, normalise

_Phrases = frozenset[tuple[str, ...]]


def _phrases(text: str) -> _Phrases:
    """The phrases, also as they look when the whole cell was typed without marks."""
    spelled = [form(phrase) for phrase in text.split(";") for form in (normalise, fold)]
    return frozenset(tuple(phrase.split()) for phrase in spelled)


_CONJUNCTIONS = _phrases("và;với;cùng;cùng với")
_LEADS = _phrases(
    "chủ trì;đồng chủ trì;chủ trì tham mưu;chủ trì thực hiện;cơ quan chủ trì;đơn vị chủ trì;"
    "chủ trì chính;là cơ quan chủ trì;là đơn vị chủ trì;cơ quan thường trực;cơ quan đầu mối;"
    "đơn vị đầu mối"
)
_COORDINATES = _phrases(
    "phối hợp;phối hợp với;phối hợp cùng;phối hợp thực hiện;cơ quan phối hợp;đơn vị phối hợp;"
    "cùng phối hợp;tham gia;tham gia phối hợp;cùng tham gia;phối hợp tham gia;"
    "các đơn vị phối hợp;các cơ quan phối hợp;là cơ quan phối hợp;là đơn vị phối hợp"
)
# Only in front of a colon: "các tổ chức thành viên" is a name, "Thành viên: Sở A" none.
_LABELS = _phrases(
    "thành viên;các thành viên;cơ quan thành viên;hỗ trợ;hỗ trợ thực hiện;cùng thực hiện;"
    "đơn vị hỗ trợ;cơ quan hỗ trợ;cộng tác;giúp việc;cơ quan cùng thực hiện;"
    "đơn vị cùng thực hiện;các đơn vị cùng thực hiện"
)
# Only where a name may begin: "Bộ Ngoại giao" and "Phòng Tham mưu" end with such words.
_OPENING = _phrases(
    "do;giao;là;thực hiện;tham mưu;đề nghị;đầu mối;tất cả;toàn thể;toàn bộ;giao cho;phân công"
)
_GIVING = _phrases("giao;giao cho;phân công")
_ROLES = _LEADS | _COORDINATES | _phrases("thực hiện;tham mưu;đề nghị;đầu mối")
_CONNECTIVES = _CONJUNCTIONS | _ROLES | _OPENING
_HEADS = _phrases(
    "sở;các;ban;uỷ ban;hội đồng;công an;bộ;cục;chi cục;văn phòng;phòng;thanh tra;kho bạc;ngân hàng;"
    "bảo hiểm;toà án;viện;tỉnh uỷ;huyện uỷ;thành uỷ;thị uỷ;đảng uỷ;thường trực;mặt trận;"
    "đoàn;hội;liên đoàn;liên hiệp;liên minh;báo;đài;trung tâm;trường;đại học;bệnh viện;quỹ;"
    "công ty;tổng công ty;doanh nghiệp;cơ quan;cơ sở;đơn vị;địa phương;tổ chức;ông;bà;đồng chí;"
    "học viện;thuế;hải quan;bưu điện;viễn thông;điện lực;tập đoàn;chi nhánh;kiểm toán;tổng cục;"
    "thi hành án;hiệp hội;hợp tác xã;vườn;bảo tàng;thư viện;cảng;hạt;trạm;đội;tổ;câu lạc bộ;"
    "vnpt;viettel;mobifone;vinaphone;fpt"
)
# "Bộ" and "Phòng" alone are no body; of these a word that follows may be said of them.
_BARE_HEADS = _HEADS - _phrases(
    "các;cơ quan;cơ sở;đơn vị;địa phương;tổ chức;doanh nghiệp;tỉnh uỷ;huyện uỷ;thành uỷ;thị uỷ;"
    "công an;thanh tra;kho bạc;bưu điện;điện lực;thuế;hải quan;mặt trận;tổ;đội"
)
_POSTS = _phrases(
    "giám đốc;tổng giám đốc;thủ trưởng;lãnh đạo;chủ tịch;người đứng đầu;cục trưởng;chi cục trưởng;"
    "tổng biên tập;hiệu trưởng;viện trưởng;chỉ huy trưởng;chánh;trưởng"
)
_COMRADES = (("đồng", "chí"), ("đ", "c"), ("các", "đồng", "chí"))
_POSTS_OF_PARTS = _phrases("chánh;trưởng")  # "Chánh Văn phòng", "Trưởng Ban": the head's own word
_CLASS_NOUNS = _phrases(
    "cơ quan;đơn vị;địa phương;tổ chức;đoàn thể;doanh nghiệp;cá nhân;ngành;cấp;sở;ban;bộ;hội;"
    "phòng;ban ngành;lực lượng;tổ chức chính trị;hội đoàn thể;tổ chức xã hội"
)
_CLASS_ENDS = _phrases(
    "liên quan;có liên quan;khác;khác có liên quan;khác liên quan;cấp tỉnh;của tỉnh;thuộc tỉnh;"
    "trong tỉnh;toàn tỉnh;trên địa bàn;trên địa bàn tỉnh;ở địa phương;trực thuộc"
)
_SMALL_HEADS = frozenset({"các", "cơ", "đơn", "địa", "tổ", "doanh"})  # "sở, ban, ngành" is one name
# "Văn phòng⏎Sở Nội vụ" is one body of that department and not the department.
_PARTS_OF_A_BODY = _phrases(
    "văn phòng;thanh tra;phòng;chi cục;trung tâm;ban;bộ phận;tổ;công đoàn;đoàn;đảng uỷ;đảng bộ;"
    "chi bộ;giám đốc;phó giám đốc;lãnh đạo;chánh;phó;trưởng;cán bộ;công chức;trường;bệnh viện"
)
_OF = frozenset({"thuộc", "của", "tại", "trừ", "cho", "về", "từ", "bởi", "do"})
_WHOLE_PROVINCE = _phrases("cấp tỉnh;của tỉnh;thuộc tỉnh;trong tỉnh;toàn tỉnh;trên địa bàn tỉnh")
_LISTED = frozenset({Gap.COMMA, Gap.LINK})
_RELATED = _phrases("liên quan;có liên quan")
_EXCEPT = _phrases("trừ;ngoại trừ;không bao gồm;không kể")
_BESIDE_DEPARTMENTS = _phrases("ban;ngành;và ban;và ngành")
_LONGEST_PHRASE = 5
_COMMITTEE = ("uy", "ban", "nhan", "dan")
_FOLDED_PLACES = tuple(tuple(fold(word) for word in place) for place in PLACES)
_TIERS = {
    "xa": (("xa",), ("phuong",), ("dac", "khu"), ("thi", "tran")),
    "huyen": (("huyen",), ("thanh", "pho"), ("thi", "xa"), ("quan",)),
}
_DITTO = re.compile(
    r"""(?:n[./]?t\.?|(?:tuong tu )?nhu (?:(?:dong|o|hang|phan|muc) )?tren|tuong tu(?: tren)?"""
    r"""|["″〃“”']{1,2}(?: ?["″〃“”']{1,2})?|/{2}|\\{2})"""
)


def is_ditto(text: str) -> bool:
    """ "nt", "-nt-", "như trên", "//": the row above once more."""
    return len(text) < 40 and bool(_DITTO.fullmatch(fold(text).strip(" -–—.…()")))


def connective_at(words: Sequence[Word], start: int, *, is_open: bool = True) -> int:
    """The number of words from here that join names ("chủ trì, phối hợp với"). Words that also
    end names ("giao", "tham mưu") count only where a name may begin (`is_open`)."""
    if is_open and (length := _label_at(words, start)):
        return length
    length = _longest(words, start, _CONNECTIVES)
    phrase = tuple(word.exact for word in words[start : start + length])
    return length if is_open or phrase not in _OPENING else 0


def role_at(words: Sequence[Word], start: int, length: int) -> NamedPart | None:
    """The part that these words give to the names beside them; None if they only join."""
    phrase = tuple(word.exact for word in words[start : start + length])
    if phrase in _LEADS:
        return NamedPart.LEAD
    return NamedPart.COORDINATING if phrase in _COORDINATES | _LABELS else None


def _label_at(words: Sequence[Word], start: int) -> int:
    length = _longest(words, start, _LABELS)
    after = start + length
    return length if length and after < len(words) and words[after].gap is Gap.COLON else 0


def gives_at(words: Sequence[Word], start: int, length: int) -> bool:
    """True for "giao": who stands before it gives the work to those behind it."""
    return tuple(word.exact for word in words[start : start + length]) in _GIVING


_LEAD_REMARK = re.compile(
    r"(?:co quan |don vi |dong )?(?:chu tri|thuong truc|dau moi)(?: chinh)?|ct|chinh"
)
_COORDINATING_REMARK = re.compile(r"(?:co quan |don vi |cung )?(?:phoi hop|tham gia)|ph")


def role_in_remark(remark: str) -> NamedPart | None:
    """ "(chủ trì)" and "(phối hợp)" alone; a longer remark says more than a part."""
    said = " ".join(fold(remark).strip("() .,;:").split())
    if _LEAD_REMARK.fullmatch(said):
        return NamedPart.LEAD
    return NamedPart.COORDINATING if _COORDINATING_REMARK.fullmatch(said) else None


def is_bare_head(words: Sequence[Word]) -> bool:
    """True if these words are only the first of a name ("Bộ", "Phòng"), which goes on."""
    return tuple(word.exact for word in words) in _BARE_HEADS


def with_posts_joined(words: Sequence[Word]) -> list[Word]:
    """ "Giám đốc Sở Y tế" as "Sở Y tế": whoever heads a body is written for the body.

    The first word of the body takes in the place of the post; a deputy is not its head.
    """
    joined: list[Word] = []
    place = 0
    while place < len(words):
        length = _post_at(words, place)
        if length:
            first, here = words[place], words[place + length]
            capital = first.is_capital or here.is_capital
            joined.append(
                replace(
                    here,
                    start=first.start,
                    gap=first.gap,
                    is_bullet=first.is_bullet,
                    is_capital=capital,
                    is_after_head=True,
                )
            )
            place += length + 1
        else:
            joined.append(words[place])
            place += 1
    return joined


def _post_at(words: Sequence[Word], place: int) -> int:
    titled = _comrade_at(words, place)
    post = _longest(words, place + titled, _POSTS)
    length = titled + post
    after = place + length
    if not post or after >= len(words) or words[after].gap not in {Gap.SPACE, Gap.LINE}:
        return 0
    opens = words[place].gap is not Gap.SPACE or words[place - 1].exact in {"và", "giao", "các"}
    own = tuple(word.exact for word in words[place + titled : after]) in _POSTS_OF_PARTS
    heads = _PARTS_OF_A_BODY if own else _HEADS
    return length if opens and _longest(words, after, heads) else 0


def _comrade_at(words: Sequence[Word], place: int) -> int:
    """ "Đồng chí Giám đốc Sở Y tế" is that body too: the number of words of the address."""
    here = tuple(word.exact for word in words[place : place + 3])
    return next((len(one) for one in _COMRADES if here[: len(one)] == one), 0)


def class_at(words: Sequence[Word], start: int) -> tuple[int, bool]:
    """The words of "các cơ quan, đơn vị, địa phương liên quan", a class that nobody can count;
    (0, False) for fewer than two nouns. True if it is only of those concerned."""
    place, nouns = start, 0
    while True:
        at = place + _has(words, place, "va") if nouns else place
        at += _has(words, at, "cac") or _has(words, at, "nhung")
        length = _longest(words, at, _CLASS_NOUNS)
        goes_on = not nouns or at > place or (at < len(words) and words[at].gap in _LISTED)
        if not length or not goes_on:
            break
        place, nouns = at + length, nouns + 1
    end = place + _longest(words, place, _CLASS_ENDS)
    return (end - start, says_related(words[place:end])) if nouns > 1 else (0, False)


def is_role(words: Sequence[Word], start: int, length: int) -> bool:
    """True if these words say a part ("chủ trì", "phối hợp với") and don't merely join ("và")."""
    return tuple(word.exact for word in words[start : start + length]) in _ROLES | _LABELS


def is_head(words: Sequence[Word], start: int) -> bool:
    """True if an agency's name usually begins with these words."""
    is_written_small = words[start].exact in _SMALL_HEADS if start < len(words) else False
    return _longest(words, start, _HEADS) > 0 and (is_written_small or words[start].is_capital)


def names_part_of_a_body(words: Sequence[Word]) -> bool:
    """ "Văn phòng …", "… thuộc": a name after such words is that of the whole body."""
    return bool(words) and (words[-1].exact in _OF or _longest(words, 0, _PARTS_OF_A_BODY) > 0)


def starts_place(words: Sequence[Word], start: int) -> bool:
    """ "tỉnh Nghệ An", "huyện …": such words name the place of the body before them."""
    return _has(words, start, "tinh") > 0 or _level_at(words, start) is not None


def starts_exception(words: Sequence[Word], start: int) -> bool:
    """ "Trừ", "ngoại trừ", "không bao gồm", "không kể": the bodies behind these words aren't given
    the task."""
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
        qualified, _ = qualifier_at(words, end)
        return end + qualified - start, (("so",),), place == start or qualified > 0
    if tuple(word.folded for word in words[start : start + 4]) != _COMMITTEE:
        return 0, (), True
    end = start + 4 + _has(words, start + 4, "cac")
    if tier := _tier_at(words, end):
        lent = tuple(_COMMITTEE + level for level in _TIERS[tier])
        return end + 2 - start, (_COMMITTEE, *lent), True
    is_plural = end > start + 4
    levels: list[tuple[str, ...]] = []
    while level := _level_at(words, end):
        levels.append(level)
        end += len(level) + _has(words, end + len(level), "va")
    # "UBND các huyện, thành phố Hà Tĩnh" is every district and one city: not a list of names.
    needs_colon = not is_plural or len(levels) != 1
    return end - start, (_COMMITTEE, *(_COMMITTEE + level for level in levels)), needs_colon


def _tier_at(words: Sequence[Word], start: int) -> str:
    """ "cấp xã": the names behind "UBND cấp xã:" are bodies of one of its levels."""
    named = words[start + 1].folded if start + 1 < len(words) else ""
    return named if _has(words, start, "cap") and named in _TIERS else ""


def _level_at(words: Sequence[Word], start: int) -> tuple[str, ...] | None:
    here = tuple(word.folded for word in words[start : start + 2])
    return next((place for place in _FOLDED_PLACES if here[: len(place)] == place), None)


def _has(words: Sequence[Word], place: int, folded: str) -> int:
    return int(place < len(words) and words[place].folded == folded)


@lru_cache
def _first_words(phrases: _Phrases) -> frozenset[str]:
    return frozenset(phrase[0] for phrase in phrases)


def _longest(words: Sequence[Word], start: int, phrases: _Phrases) -> int:
    """A phrase doesn't run across punctuation."""
    if start >= len(words) or words[start].exact not in _first_words(phrases):
        return 0
    for length in range(min(_LONGEST_PHRASE, len(words) - start), 0, -1):
        run = words[start : start + length]
        if tuple(word.exact for word in run) not in phrases:
            continue
        if all(word.gap in {Gap.SPACE, Gap.LINE} for word in run[1:]):
            return length
    return 0

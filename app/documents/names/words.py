"""The words of an agency cell, and the separators between them."""

import enum
import functools
import re
from dataclasses import dataclass, replace

from app.documents.vietnamese import fold, normalise


class NamedPart(enum.StrEnum):
    """The role that a cell itself gives to a body; the values are those of the assignee's role."""

    LEAD = "lead"
    COORDINATING = "coordinating"


class Gap(enum.Enum):
    """The mark before a word; a name may run across some of them."""

    SPACE = enum.auto()
    LINE = enum.auto()  # a line break alone: inside a wrapped name, or between two names
    LINK = enum.auto()  # a hyphen, a dash, a slash
    COMMA = enum.auto()
    COLON = enum.auto()
    STOP = enum.auto()  # the cell's beginning, ";", a bullet, a quotation mark, ...


@dataclass(frozen=True, slots=True)
class Word:
    """`UBND` is four words at one place, of which the first `opens` and the last `closes` it.

    A bracketed remark is one word that no name contains: what it names isn't given the task.
    """

    exact: str
    folded: str
    start: int
    end: int
    gap: Gap
    opens: bool = True
    closes: bool = True
    is_remark: bool = False
    is_bullet: bool = False  # the first of a bulleted line
    is_capital: bool = False
    is_acronym: bool = False
    is_after_head: bool = False  # "Giám đốc Sở …": the post stands before it and belongs to it


_LINE_END = r"\n\r\v\f\x85\u2028\u2029"
_MARKS = r"\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_PIECE = re.compile(
    rf"(?P<number>(?:^|(?<=[{_LINE_END};]))[^\S\n]*+"
    r"(?:\(\d{1,2}\)|\d{1,2}[.)]|[a-zđ][.)])(?=\s|[^\W\d_])"
    r"|(?<=,)[^\S\n]*+(?:\(\d{1,2}\)|\d{1,2}\))(?=\s))"
    # Possessive and at most once nested: a cell full of "(" must not make it go back and forth.
    r"|(?P<remark>\((?:[^()]|\([^()]*+\))*+\)|\([^()\n;]*+)"
    rf"|(?P<word>(?<![^\W_])[pP]/[hH](?![^\W_])|[^\W_](?:[^\W_]|[{_MARKS}])*+|&)"
)
# "(phối hợp với Sở B)", "(Sở A chủ trì)": such a remark says what a body does.
_CLAUSE = re.compile(
    r"(?:(?:co quan |don vi |cq )?(?:chu tri|thuong truc|dau moi|phoi hop|tham gia)"
    r"|p/h|ph(?= ?:| voi ))(?: thuc hien)?[ :,]+\S.*|.*\S (?:chu tri|phoi hop)(?: thuc hien)?",
    re.DOTALL,
)
_BULLET = re.compile(rf"[{_LINE_END}]\s*[-‐‑‒–—−+•*·▪]")
_LINKS = frozenset("-‐‑‒–—−/")

# Only those that stand for one thing; "TT" may be trung tâm, thông tin or thị trấn.
_ABBREVIATIONS = {
    "ubnd": "uỷ ban nhân dân",
    "ubmttq": "uỷ ban mặt trận tổ quốc",
    "mttq": "mặt trận tổ quốc",
    "ub": "uỷ ban",
    "tp": "thành phố",
    "tx": "thị xã",
    "vp": "văn phòng",
    "ca": "công an",
    "bql": "ban quản lý",
    "bcđ": "ban chỉ đạo",
    "bđbp": "bộ đội biên phòng",
    "chqs": "chỉ huy quân sự",
    "kkt": "khu kinh tế",
    "nhnn": "ngân hàng nhà nước",
    "ttđn": "thông tin đối ngoại",
    "vpubnd": "văn phòng uỷ ban nhân dân",
    "bchqs": "bộ chỉ huy quân sự",
    "chbđbp": "chỉ huy bộ đội biên phòng",
    "ubmttqvn": "uỷ ban mặt trận tổ quốc việt nam",
    "cq": "cơ quan",
    "đv": "đơn vị",
}
# Only as labels ("CT: …; PH: …", "Sở A - CT"): "CT" is also of names ("Sở CT").
_LABELS = {"ct": "chủ trì", "ph": "phối hợp"}
_WITH = re.compile(r"\s+(?:với|cùng)\b")
_LABELLED = re.compile(r"\s*(?::|$|[;,\n])")
_PLACE_ABBREVIATIONS = {"h": "huyện", "p": "phường", "x": "xã", "tt": "thị trấn"}


def split_words(text: str) -> list[Word]:
    """Places are those in `text`. Known abbreviations are written out ("UBND" is four words), a
    bracketed remark is one word, and a number before a line ("1.", "a)") is none."""
    words: list[Word] = []
    end = 0
    for piece in _PIECE.finditer(text):
        if piece["number"]:  # "1." before a name; it stays in the gap
            continue
        between = text[end : piece.start()]
        if piece["remark"] and words and _ends_with_clause(piece):
            words += _inside(piece)
        else:
            words += _words_of(piece, between, words[-1] if words else None)
        end = piece.end()
    return words


def _ends_with_clause(remark: re.Match[str]) -> bool:
    """True if a cell ends with a remark that names bodies and their parts; what such a remark says
    in the middle would be taken for what follows it."""
    ends = not remark.string[remark.end() :].strip(" .,;\n")
    return ends and bool(_CLAUSE.fullmatch(fold(remark[0]).strip(" ().,;:")))


def _inside(remark: re.Match[str]) -> list[Word]:
    at = remark.start() + 1
    inner = split_words(remark[0][1:].rstrip(" )"))
    return [replace(word, start=word.start + at, end=word.end + at) for word in inner]


def _words_of(piece: re.Match[str], between: str, last: Word | None) -> list[Word]:
    source, start, end = piece[0], piece.start(), piece.end()
    gap = _gap(between, last)
    is_bullet = bool(_BULLET.search(between))
    if piece["remark"]:
        return [Word("", "", start, end, gap, is_remark=True, is_bullet=is_bullet)]
    is_label = source.lower() in _LABELS and _is_label(piece, gap)
    exacts = _LABELS[source.lower()].split() if is_label else _expand(source, last)
    return [
        Word(
            exact=exact,
            folded=fold_word(exact),
            start=start,
            end=end,
            gap=gap if number == 0 else Gap.SPACE,
            opens=number == 0,
            closes=number == len(exacts) - 1,
            is_bullet=is_bullet and number == 0,
            is_capital=source[0].isupper() or source[0].isdigit(),
            is_acronym=source.isupper(),
        )
        for number, exact in enumerate(exacts)
    ]


def _is_label(piece: re.Match[str], gap: Gap) -> bool:
    """ "CT:", "- PH" and "ph với"; a dash names a part by capitals only."""
    after = _LABELLED.match(piece.string, piece.end())
    if after is None:
        return piece[0].lower() == "ph" and bool(_WITH.match(piece.string, piece.end()))
    return ":" in after[0] or (gap is Gap.LINK and piece[0].isupper())


def _expand(source: str, last: Word | None) -> list[str]:
    exact = _normalise(source)
    if exact == "&":
        return ["và"]
    if exact == "p/h":
        return ["phối", "hợp"]
    if exact in _PLACE_ABBREVIATIONS and last and last.exact == "dân":
        return _PLACE_ABBREVIATIONS[exact].split()
    if exact in _ABBREVIATIONS and (source.isupper() or exact in {"tp", "tx"}):
        return _ABBREVIATIONS[exact].split()
    return [exact]


def _gap(between: str, last: Word | None) -> Gap:
    if last is None:
        return Gap.STOP
    sign = between.strip()
    if not sign:
        return Gap.LINE if re.search(f"[{_LINE_END}]", between) else Gap.SPACE
    if _BULLET.search(between):
        return Gap.STOP
    if sign == ".":
        return _gap_of_dot(between, last)
    return Gap.LINK if sign in _LINKS else _SIGNS.get(sign, Gap.STOP)


_SIGNS = {",": Gap.COMMA, ":": Gap.COLON}


def _gap_of_dot(between: str, last: Word) -> Gap:
    """A dot after "H", "TX" or "TP" is part of the abbreviation, one inside a number links it."""
    if last.end - last.start <= 2 and last.is_capital:
        return Gap.SPACE
    return Gap.LINK if between == "." else Gap.STOP


# The same few hundred words make up thousands of names.
fold_word = functools.lru_cache(maxsize=16384)(fold)
_normalise = functools.lru_cache(maxsize=16384)(normalise)

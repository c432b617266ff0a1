"""The assignee, the task and the time in one sentence of a plan."""

import re
from dataclasses import dataclass

from app.documents.names.phrases import is_bare_head, is_head
from app.documents.names.words import split_words

_LONGEST_NAME = 250
_VERBS = (
    "hoàn thành|xây dựng|tham mưu|tổ chức|triển khai|thực hiện|rà soát|hướng dẫn|kiểm tra|"
    "ban hành|tổng hợp|báo cáo|trình|nghiên cứu|lập|đề xuất|chuẩn bị|bố trí|cung cấp|"
    "tuyên truyền|theo dõi|chỉ đạo|thẩm định|quan tâm|đôn đốc|tập huấn|cập nhật|công bố|"
    "đánh giá|phê duyệt|tiếp tục|đẩy mạnh|tăng cường|bảo đảm|đảm bảo|phổ biến|quán triệt|"
    "vận động|khảo sát|thống kê|tiếp nhận|xử lý|giải quyết|công khai|số hóa|số hoá|kết nối|"
    "tích hợp|duy trì|phát triển|nâng cấp|vận hành|đào tạo|bồi dưỡng|thanh tra|giám sát|"
    "quản lý|điều phối|tham gia|hỗ trợ|chủ động|căn cứ|sơ kết|khẩn trương|tập trung|"
    "nâng cao|lồng ghép|lựa chọn|tổng kết|thành lập|kiện toàn|đăng tải|lấy|phát động|"
    "huy động|sắp xếp|bàn giao|niêm yết|thu thập|khắc phục|mở|gửi|ký|khám|thống nhất|"
    "phát hành|đưa tin|biên soạn|in|mua sắm|đầu tư|trồng|chăm sóc|cử|phân công|xác định|"
    "đề nghị|cân đối|giúp(?! việc)|chấp hành|phát huy|bám sát|nắm|tạo điều kiện|"
    "hoàn thiện|phân bổ|ưu tiên|"
    "sử dụng|phản ánh|tuân thủ|thường xuyên"
)
_ACT = re.compile(
    r"(?<![\w-])(?<!các )(?<!những )(?:là (?:cơ quan|đơn vị)|làm đầu mối|chủ trì|phối hợp"
    rf"|có trách nhiệm|chịu trách nhiệm|{_VERBS})\b"
)
_BEGINS_ACT = re.compile(rf"\s*(?:chủ trì|làm|phối hợp|có trách nhiệm|{_VERBS})\b", re.IGNORECASE)
_GIVES = re.compile(
    r"(?<![\w-])(?:[Gg]iao|[Pp]hân công|[Đđ]ề nghị|[Yy]êu cầu)(?: (?:nhiệm vụ )?cho)? (?=\S)"
)
_CHARGED = re.compile(
    r"[\s,]*(?:có trách nhiệm|chịu trách nhiệm(?: chính)?|(?:làm |là (?:cơ quan|đơn vị) )?"
    r"(?:đồng )?chủ trì(?: thực hiện)?)\b[\s,:]*",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"[\s,]*(?:(?:chủ động )?phối hợp(?: chặt chẽ| thực hiện)?(?: với| cùng)?|cùng với)\s+"
    r"(?P<others>[^.;]{3,300}?)"
    rf"(?=,? (?:để )?(?:{_VERBS})\b|[.;]|$)",
    re.IGNORECASE,
)
_JOINS_ONLY = re.compile(r"[\s,]*phối hợp\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\((?:do |giao )?(?P<lead>[^()]{3,150}?)[ ,:]+(?:chủ trì|thực hiện)\b")
_ALSO_IN_BRACKETS = re.compile(
    r"[;,]\s*(?:phối hợp(?: với|:)?\s+(?P<named>[^();]{3,200})|(?P<said>[^();]{3,200}?)\s+phối hợp)"
)
_MOMENT = (
    r"(?:(?:ngày\s+)?\d{1,2}/\d{1,2}(?:/\d{4})?"
    r"|(?:tháng|quý|Quý|Tháng)\s+[\dIVX]{1,3}(?:\s*(?:/|năm )\s*\d{4})?(?!\w)"
    r"|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?|năm\s+\d{4})"
)
_TIME = re.compile(
    r"(?:(?:trước|chậm nhất(?: là)?|xong trước|đến hết|trong|vào|từ)\s+)?"
    rf"{_MOMENT}(?:\s+(?:đến|-)\s+(?:hết\s+)?{_MOMENT})?"
    r"|(?:định kỳ )?(?:hằng|hàng) (?:năm|quý|tháng|tuần)|thường xuyên"
    r"|định kỳ (?:\d{1,2}|ba|sáu|chín) tháng",
    re.IGNORECASE,
)
# "Nghị quyết số 57-NQ/TW ngày 22/12/2024": the day of what is cited is no deadline.
_CITED = re.compile(
    r"\b\d+[\w/.-]*(?:/|-)[A-ZĐ][\w/-]*(?:,? ngày \d{1,2}(?:/| tháng )\d{1,2}(?:/| năm )\d{4})?"
)
_LEFT_OVER = re.compile(
    r"[\s,;]*(?:,? (?:và )?(?:hoàn thành|xong|thực hiện|thời gian|thời hạn))?[\s,;:]*$"
)
_FOLLOWING_UP = re.compile(
    r"theo dõi, (?:đôn đốc|tổng hợp|hướng dẫn|báo cáo|kiểm tra)|(?:hướng dẫn|tổng hợp), theo dõi"
    r"|đôn đốc(?:,| các (?:sở|cơ quan|đơn vị|địa phương)| việc | thực hiện| triển khai)"
)
_CLAUSE = re.compile(r"(?<=[;.])\s+")
# "Định kỳ 6 tháng, các sở …", "Sau khi …, UBND các xã …": what stands before whoever acts.
_ADVERBIAL = re.compile(
    r"(?:trong(?! quá trình)|trước|sau|khi|định kỳ|hằng|hàng|đến|từ|vào|ngay|chậm nhất|quý|tháng"
    r"|năm|ngày|thường xuyên|riêng|\d)\b",
    re.IGNORECASE,
)
_LONGEST_OPENING = 150
# "Tổ chức tập huấn": here it is what is done, though it also names bodies.
_ORGANISES = re.compile(r"Tổ chức (?!chính trị|xã hội|đoàn|đảng|hội\b|tôn giáo|tín dụng)")


_PERSON = re.compile(
    r"(?:đồng chí|đ/c|ông|bà|giám đốc|thủ trưởng|chủ tịch|lãnh đạo|chánh|trưởng)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Assigned:
    """One sentence's assignment of a task, in the sentence's words; several times are parted by
    ";"."""

    lead: str
    others: str
    title: str
    time: str
    result: str = ""


# "Tổ chức đối thoại với doanh nghiệp (Sở Tài chính)."
_BODY_BEHIND = re.compile(r"\(([^()]{3,200})\)[ .;]*$")


def names_body(text: str) -> bool:
    """True for a line that is the name of a body alone, or of a class of bodies."""
    if not 0 < len(text) <= _LONGEST_NAME or text.endswith((".", ";", ",")) or text.isupper():
        return False
    words = split_words(text)
    is_named = bool(words) and is_head(words, 0) and not _ORGANISES.match(text)
    return is_named and not _ACT.search(text)


def begins_act(text: str) -> bool:
    """True if the words name an act: "chủ trì xây dựng …", "Bố trí kinh phí"."""
    return bool(_BEGINS_ACT.match(text))


def is_following_up(text: str) -> bool:
    """Reminding, watching and summing up a whole plan is no task of it."""
    return bool(_FOLLOWING_UP.search(text))


def mentions_assigning(text: str) -> bool:
    """True if somebody is given something here, a body does something, however it is put, or one
    stands in brackets at the end."""
    behind = _BODY_BEHIND.search(text)
    if behind and _begins_with_head(behind[1]):
        return True
    given = _GIVES.search(text)
    if given and _begins_with_head(text[given.end() :]):
        return True
    _, rest = _without_opening(text)
    return _begins_with_head(rest) and bool(_ACT.search(rest))


def clauses_of(text: str) -> list[str]:
    """A sentence that gives work to two bodies one after the other is two clauses."""
    clauses: list[str] = []
    is_assigned = False
    for piece in _CLAUSE.split(text):
        goes_on = clauses and clauses[-1].count("(") > clauses[-1].count(")")
        if not clauses or (is_assigned and not goes_on and mentions_assigning(piece)):
            clauses.append(piece)
            is_assigned = assigned_by(piece) is not None
        else:
            clauses[-1] += " " + piece
            is_assigned = is_assigned or assigned_by(piece) is not None
    return clauses


def assigned_by(clause: str) -> Assigned | None:
    """None if nobody is named who is to do something."""
    given = _GIVES.search(clause)
    if given and _begins_with_head(clause[given.end() :]):
        return _assigned(clause[: given.start()], clause[given.end() :])
    opening, rest = _without_opening(clause)
    if _begins_with_head(rest):
        return _assigned("", rest, opening)
    if bracketed := _IN_BRACKETS.search(clause):
        title = clause[: bracketed.start()]
        also = _ALSO_IN_BRACKETS.match(clause, bracketed.end())
        others = (also["named"] or also["said"]).strip() if also else ""
        return Assigned(bracketed["lead"], others, _tidy(title), times(clause))
    return None


def done_by(body: str, text: str) -> Assigned:
    """An item below the name of a body, which only joins in where the item says "phối hợp"."""
    others, title = _others(text)
    joins = bool(_JOINS_ONLY.match(text))
    return Assigned("" if joins else body, body if joins else others, title, times(text))


def times(text: str) -> str:
    """All times that a sentence names: two of them are two milestones, for a person; "hằng năm"
    beside a day makes it a day of every year."""
    found = (one[0].strip() for one in _TIME.finditer(_CITED.sub("", text)))
    return "; ".join(dict.fromkeys(found))


def name_of(text: str) -> str | None:
    """The name with which a text begins: up to the act, or the request for it."""
    end = _end_of_name(text)
    return text[:end].strip(" ,:") if end is not None else None


def _assigned(before: str, text: str, said_first: str = "") -> Assigned | None:
    """`said_first` is a time or an occasion, and no part of the title."""
    end = _end_of_name(text)
    if end is None:
        return None
    lead, rest = text[:end].strip(" ,:"), text[end:].lstrip(" ,:")
    others, title = _others(rest)
    opening = before.strip(" .;:,-–+")
    timed = times(rest) or times(opening) or times(said_first) or said_first
    # "UBND tỉnh giao Sở A …": whoever gives the work is no title of it.
    if opening and not _TIME.match(opening) and not names_body(opening):
        title = opening
    return Assigned(lead, others, title, timed)


def _end_of_name(text: str) -> int | None:
    """The place where the name of whoever acts ends: before the first thing that is done."""
    colon = text.find(":")
    if 3 <= colon <= _LONGEST_NAME and begins_act(text[colon + 1 :]):
        return colon
    for act in _ACT.finditer(text[: 2 * _LONGEST_NAME]):
        name = text[: act.start()].rstrip(" ,:")
        last = split_words(name)[-1:]
        # "Ban quản lý …" goes on, "các tổ chức chính trị - xã hội" has ended.
        if len(name) >= 3 and not (is_bare_head(last) and last[0].is_capital):
            return len(name)
    return None


def _others(text: str) -> tuple[str, str]:
    """The bodies that join in, and the work, without the words of parts and of times."""
    charged = _CHARGED.match(text)
    rest = text[charged.end() :] if charged else text
    joined = _JOINED.match(rest)
    if joined and not _begins_with_head(joined["others"]):
        joined = None  # "phối hợp tuyên truyền": what is done together, and nobody's name
    others = joined["others"].strip(" ,") if joined else ""
    done = rest[joined.end() :] if joined else rest
    return others, _tidy(done) or text.strip(" .;,")


def _tidy(title: str) -> str:
    """The title without a time at its very end."""
    title = title.strip(" .;:,-–+")
    for found in reversed(list(_TIME.finditer(title))):
        if found.end() == len(title) and found.start() > 0:
            title = _LEFT_OVER.sub("", title[: found.start()])
    return title.strip(" .;:,-–+")


def _without_opening(clause: str) -> tuple[str, str]:
    """ "Trong quý I/2026, Sở Nội vụ …": the time or the occasion stands before whoever acts."""
    if not _ADVERBIAL.match(clause):
        return "", clause
    at = clause.find(", ", 0, _LONGEST_OPENING)
    while at >= 0:
        if _begins_with_head(clause[at + 2 :]):
            return clause[:at], clause[at + 2 :]
        at = clause.find(", ", at + 1, _LONGEST_OPENING)
    return "", clause


def _begins_with_head(text: str) -> bool:
    words = split_words(text[:_LONGEST_NAME])
    if not words or _ORGANISES.match(text):
        return False
    is_acronym = words[0].is_acronym and words[0].end - words[0].start > 2
    return is_head(words, 0) or is_acronym or bool(_PERSON.match(text))

"""Tasks of a plan without a table, proposed from the sentences that assign them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from app.documents.grids import Block
from app.documents.names.phrases import is_head
from app.documents.names.words import split_words
from app.documents.ordinals import split_leading
from app.documents.plan_rows import PlanRow, RowKind, RowWarning
from app.documents.words import cleaned
from app.errors import Text

_MOST_ROWS = 500
_LONGEST_LINE = 4_000
_LONGEST_NAME = 150
PROSE_PLAN = RowWarning(
    "prose_plan",
    Text(
        "Tệp không có bảng nhiệm vụ; các nhiệm vụ được đề xuất từ câu văn, cần người chọn lại.",
        "The file has no task table; tasks are proposed from its sentences, for a person to keep.",
    ),
)
_PROPOSED = RowWarning(
    "proposed_from_sentence",
    Text(
        "Nhiệm vụ được đề xuất từ một câu văn; hãy đọc câu gốc rồi giữ hoặc bỏ.",
        "The task is proposed from a sentence; read the sentence, then keep it or remove it.",
    ),
)
_VERBS = (
    "hoàn thành|xây dựng|tham mưu|tổ chức|triển khai|thực hiện|rà soát|hướng dẫn|kiểm tra|ban hành|"
    "tổng hợp|báo cáo|trình|nghiên cứu|lập|đề xuất|chuẩn bị|bố trí|cung cấp|tuyên truyền|theo dõi|"
    "chỉ đạo|thẩm định|quan tâm|đôn đốc|tập huấn|cập nhật|công bố|đánh giá|phê duyệt|tiếp tục|"
    "đẩy mạnh|tăng cường"
)
_GIVEN = re.compile(
    rf"(?:^|[.;:]\s*|\b)(?:[Gg]iao |[Đđ]ề nghị |[Yy]êu cầu )(?P<lead>[^.;:]{{3,200}}?)"
    rf"(?:,? (?:làm )?chủ trì|(?= (?:{_VERBS})))"
    rf"(?:,? phối hợp (?:với |cùng )?(?P<others>[^.;]{{3,300}}?)(?=,? (?:{_VERBS})\b|[.;]|$))?"
    r"(?P<rest>[^.;]*(?:\d[.,/]\d[^.;]*)*)"
)
_LEAD = re.compile(r"(?:[Cc]ơ quan|[Đđ]ơn vị) (?:chủ trì|thực hiện)(?: thực hiện)?\s*:\s*([^.;]+)")
_OTHERS = re.compile(r"(?:[Cc]ơ quan|[Đđ]ơn vị) phối hợp(?: thực hiện)?\s*:\s*([^.;]+)")
_TIME_LABEL = re.compile(
    r"(?:[Tt]hời gian|[Tt]hời hạn|[Tt]iến độ)(?: thực hiện| hoàn thành)?\s*:\s*"
    r"([^;]+?)(?:\.\s|\.?$|;)"
)
_TIME = re.compile(
    r"(?:(?:trước|chậm nhất(?: là)?|xong trước|đến hết|trong|vào|từ)\s+)?(?:"
    r"(?:ngày\s+)?\d{1,2}/\d{1,2}(?:/\d{4})?"
    r"|(?:tháng|quý|Quý|Tháng)\s+[\dIVX]{1,3}\s*(?:/|năm )\s*\d{4}"
    r"|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?|năm\s+\d{4})"
    r"|(?:định kỳ )?(?:hằng|hàng) (?:năm|quý|tháng|tuần)|thường xuyên"
)
# "Nghị quyết số 57-NQ/TW ngày 22/12/2024": the day of what is cited is no deadline.
_CITED = re.compile(
    r"\b\d+[\w/.-]*(?:/|-)[A-ZĐ][\w/-]*(?:,? ngày \d{1,2}(?:/| tháng )\d{1,2}(?:/| năm )\d{4})?"
)
_LEFT_OVER = re.compile(r",? (?:hoàn thành|xong|thực hiện)$")
_LETTERS = tuple(f"{letter})" for letter in "abcdđeghiklmn")
_LETTERED = re.compile(r"[a-zđ]\)\s*")
# "Sở Y tế chủ trì, phối hợp với …": whoever is named first, without that anybody gives it.
_LEADS = re.compile(r"(?P<lead>[^.;:]{3,150}?)(?:,)? (?:làm )?chủ trì\b")
_JOINED = re.compile(
    rf"(?:(?:[Ll]àm )?[Cc]hủ trì,? phối hợp|(?P<joins>[Pp]hối hợp)) (?:với |cùng |chặt chẽ với )?"
    rf"(?P<others>[^.;]{{3,300}}?)(?=,? (?:{_VERBS})\b|[.;]|$)"
)
_ACTS = re.compile(rf"\b(?:chủ trì|phối hợp|có trách nhiệm|{_VERBS})\b")
_FOLLOWING_UP = re.compile(r"theo dõi, đôn đốc|đôn đốc, |hướng dẫn, theo dõi")


def proposed_rows(blocks: list[Block]) -> list[PlanRow]:
    """A row for each sentence that gives work to somebody, with that sentence as the only cell."""
    rows: list[PlanRow] = []
    body = ""  # whose work the items below its name are: "2. Sở Tài chính"
    for number, line in enumerate(_items(blocks), start=1):
        ordinal, text = split_leading(line)
        if _names_body(text):
            body = text.strip(" :")
            continue
        if ordinal and not _LETTERED.match(line):
            body = ""
        row = _proposed(line, number, len(rows) + 1) or _under_body(line, number, len(rows), body)
        if row is not None and len(rows) < _MOST_ROWS:
            rows.append(_numbered_once(row, {one.ordinal for one in rows}))
    return rows


def _numbered_once(row: PlanRow, taken: set[str]) -> PlanRow:
    """Letters begin anew below each body; a plan's tasks bear each ordinal once."""
    if row.ordinal not in taken:
        return row
    free = next(str(at) for at in count(len(taken) + 1) if str(at) not in taken)
    return replace(row, ordinal=free)


def _names_body(text: str) -> bool:
    """True for a line that is the name of a body alone, or of a class of bodies."""
    if not 0 < len(text) <= _LONGEST_NAME or text.endswith((".", ";", ",")) or text.isupper():
        return False
    words = split_words(text)
    return bool(words) and is_head(words, 0) and not _ACTS.search(text)


def _under_body(line: str, number: int, made: int, body: str) -> PlanRow | None:
    """An item below the name of a body, or behind it: "Sở Nội vụ: chủ trì xây dựng …"."""
    ordinal, text = split_leading(line)
    lettered = _LETTERED.match(text)
    text = (text[lettered.end() :] if lettered else text).lstrip("-–+• ")
    name, colon, rest = text.partition(":")
    if colon and rest.strip() and _names_body(name.strip()):
        body, text = name.strip(), rest.strip()
    elif led := _LEADS.match(text):
        words = split_words(led["lead"])
        if not words or not is_head(words, 0):
            return None
        body, text = led["lead"].strip(" ,"), text[led.end("lead") :].strip(" ,")
    elif not body or not line.startswith(("-", "–", "+", "•", *_LETTERS)):
        return None
    if _FOLLOWING_UP.search(text) or not text:
        return None
    joined = _JOINED.match(text)
    others = (joined["others"] or "").strip(" ,") if joined else ""
    leads = not (joined and joined["joins"])
    timed = _times(text)
    return _row_of(
        line,
        (number, ordinal or str(made + 1)),
        text.strip(" .;"),
        timed=timed,
        lead=body if leads else "",
        others=others if leads else body,
    )


def _items(blocks: list[Block]) -> Iterator[str]:
    """Lines, each numbered one with the unnumbered or labelled lines that follow it."""
    item = ""
    for block in blocks:
        line = cleaned(block[:_LONGEST_LINE]) if isinstance(block, str) else ""
        if not line:
            continue
        labelled = _LEAD.search(line) or _OTHERS.search(line) or _TIME_LABEL.search(line)
        if item and labelled and not split_leading(line)[0] and len(item) < _LONGEST_LINE:
            item = f"{item.rstrip('. ')}. {line.lstrip('-–+ ')}"
            continue
        if item:
            yield item
        item = line
    if item:
        yield item


def _proposed(line: str, number: int, position: int) -> PlanRow | None:
    ordinal, text = split_leading(line)
    labelled, given = _LEAD.search(text), _GIVEN.search(text)
    found = labelled or given
    if found is None or _FOLLOWING_UP.search(found[0]):
        return None
    others = _OTHERS.search(text) if labelled else None
    rest = "" if labelled else given["rest"] if given else ""
    time = _TIME_LABEL.search(text)
    timed = time[1] if time else _times(rest)
    before = text[: found.start()].strip(" .;:-–+")
    title = before or rest.replace(timed, "").strip(" ,.;:-") or text
    lead = (labelled[1] if labelled else given["lead"] if given else "").strip(" ,")
    named = (others[1] if others else (given and given["others"]) or "").strip(" ,")
    return _row_of(
        line,
        (number, ordinal or str(position)),
        _LEFT_OVER.sub("", title),
        timed=timed,
        lead=lead,
        others=named,
    )


def _times(text: str) -> str:
    """All times that a sentence names: two of them are two milestones, for a person; "hằng năm"
    beside a day makes it a day of every year."""
    found = (one[0].strip() for one in _TIME.finditer(_CITED.sub("", text)))
    return "; ".join(dict.fromkeys(found))


def _row_of(
    line: str, place: tuple[int, str], title: str, *, timed: str, lead: str, others: str
) -> PlanRow:
    number, ordinal = place
    return PlanRow(
        number=number,
        kind=RowKind.TASK,
        ordinal=ordinal,
        title=title,
        lead=lead,
        coordinating=others,
        time_frame=timed.strip(" ,."),
        expected_result=None,
        note=None,
        cells=(("", line),),
        warnings=(_PROPOSED,),
    )

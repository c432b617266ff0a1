"""Tasks of a plan without a table, proposed from the sentences that assign them."""

import re
from collections.abc import Iterator

from app.documents.grids import Block
from app.documents.ordinals import split_leading
from app.documents.plan_rows import PlanRow, RowKind, RowWarning
from app.documents.words import cleaned
from app.errors import Text

_MOST_ROWS = 500
_LONGEST_LINE = 4_000
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
    "đôn đốc|tập huấn|cập nhật|công bố|đánh giá|phê duyệt|tiếp tục|đẩy mạnh|tăng cường"
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
_FOLLOWING_UP = re.compile(r"theo dõi, đôn đốc|đôn đốc, |hướng dẫn, theo dõi")


def proposed_rows(blocks: list[Block]) -> list[PlanRow]:
    """A row for each item that names who leads it, with its sentence as the only cell."""
    rows: list[PlanRow] = []
    for number, line in enumerate(_items(blocks), start=1):
        row = _proposed(line, number, len(rows) + 1)
        if row is not None and len(rows) < _MOST_ROWS:
            rows.append(row)
    return rows


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
    timed = time[1] if time else (_TIME.search(rest) or [""])[0]
    before = text[: found.start()].strip(" .;:-–+")
    title = before or rest.replace(timed, "").strip(" ,.;:-") or text
    return PlanRow(
        number=number,
        kind=RowKind.TASK,
        ordinal=ordinal or str(position),
        title=title,
        lead=(labelled[1] if labelled else given["lead"] if given else "").strip(" ,"),
        coordinating=(others[1] if others else (given and given["others"]) or "").strip(" ,"),
        time_frame=timed.strip(" ,."),
        expected_result=None,
        note=None,
        cells=(("", line),),
        warnings=(_PROPOSED,),
    )

"""The parts of a plan's text that stand behind labels: "Cơ quan chủ trì: …", "Thời gian: …"."""

import re
from collections.abc import Iterable, Sequence

from app.documents.sentences.prose_sentences import Assigned, times

_LABEL = re.compile(
    r"(?:(?P<lead>(?:(?:cơ quan|đơn vị|nơi|cấp|bộ phận)(?:, (?:cơ quan|đơn vị))? )?"
    r"(?:chủ trì|thực hiện|phụ trách)(?: thực hiện| tham mưu| chính)?)"
    r"|(?P<others>(?:(?:cơ quan|đơn vị)(?:, (?:cơ quan|đơn vị))? )?phối hợp(?: thực hiện)?)"
    r"|(?P<time>(?:thời gian|thời hạn|tiến độ|hạn|lộ trình)(?: thực hiện| hoàn thành| báo cáo)?"
    r"|hoàn thành)"
    r"|(?P<result>sản phẩm|kết quả|đầu ra|kết quả, sản phẩm)(?: dự kiến| đầu ra| hoàn thành)?"
    r"|(?P<other>(?:nguồn )?kinh phí(?: thực hiện)?|nguồn(?: lực| vốn)?|địa điểm|đối tượng|ghi chú)"
    r"|(?P<title>nội dung(?: thực hiện| công việc)?|nhiệm vụ))"
    # A line that only says by when needs no colon.
    r"\s*(?::\s*|(?<=hoàn thành )(?=(?:trong|trước|vào|chậm nhất) [^.;()]{3,40}(?:[.;]|$)))",
    re.IGNORECASE,
)


def labelled(text: str, lines: Sequence[str], body: str) -> Assigned | None:
    """ "Cơ quan chủ trì: …; thời gian: …", in an item's text or in `lines`, the first of which
    is the item's own."""
    text = ". ".join([text.rstrip(" .;:"), *(line.strip(" .;") for line in lines[1:])])
    labels = list(_LABEL.finditer(text))
    said: dict[str, str] = {}
    for at, label in enumerate(labels):
        end = labels[at + 1].start() if at + 1 < len(labels) else len(text)
        value = re.sub(r"[\s.;,(]*(?:[-–+•]|\b[a-zđ]\))?[\s(]*$", "", text[label.end() : end])
        said.setdefault(label.lastgroup or "", value.split(". ")[0].rstrip(")"))
    if not said.get("lead"):
        return None
    before = re.sub(r"[\s.;:,(]*(?:[-–+•]|\b[a-zđ]\))?[\s(]*$", "", text[: labels[0].start()])
    title = said.get("title") or before or body
    time = said.get("time", "") or times(before)
    return Assigned(said["lead"], said.get("others", ""), title, time, said.get("result", ""))


def is_label(text: str) -> bool:
    """True for a line that begins with a label."""
    return bool(_LABEL.match(text))


def begins_anew(text: str, above: Iterable[str]) -> bool:
    """True of a second "Nội dung: …" after the item above has had its own."""
    label = _LABEL.match(text)
    labels = filter(None, map(_LABEL.match, above))
    return bool(label and label["title"]) and any(one["title"] for one in labels)

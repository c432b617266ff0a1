"""People and their telephone numbers in a plan's cells, which are no agencies and are not kept."""

import re

PERSON_HIDDEN = "[họ tên]"
NUMBER_HIDDEN = "[số điện thoại]"
SURNAMES = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đoàn|đinh|trịnh|mai"
    "|đào|lương|tạ|thái|cao|hà|tô|lâm|phùng|châu|tôn|thân|kiều|chu|trương|nghiêm|quách"
)
_NUMBER = re.compile(r"(?<![\d/.,-])(?:\+?84|0)(?:[ .-]?\d){8,10}(?![\d/])")
_NAMED = re.compile(
    rf"\b(đ/c|đồng chí|ông|bà|anh|chị)([.:]?\s+)((?:{SURNAMES})(?:\s+[^\W\d_]+\.?){{1,4}})",
    re.IGNORECASE,
)


def without_people(text: str) -> str:
    """The text with telephone numbers hidden, and names of people behind "đ/c", "ông", "bà"."""
    return _NAMED.sub(_hidden, _NUMBER.sub(NUMBER_HIDDEN, text))


def _hidden(match: re.Match[str]) -> str:
    words = match[3].split()
    length = next((at for at, word in enumerate(words) if not word[0].isupper()), len(words))
    if length < 2:
        return match[0]
    return " ".join([f"{match[1]}{match[2]}{PERSON_HIDDEN}", *words[length:]])

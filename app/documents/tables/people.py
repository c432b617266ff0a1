"""People and their telephone numbers in a plan's cells, which are no agencies and are not kept."""

import re

PERSON_HIDDEN = "[họ tên]"
NUMBER_HIDDEN = "[số điện thoại]"
MAIL_HIDDEN = "[thư điện tử]"
SURNAMES = (
    "nguyễn|trần|lê|phạm|hoàng|huỳnh|phan|vũ|võ|đặng|bùi|đỗ|hồ|ngô|dương|lý|đoàn|đinh|trịnh|mai"
    "|đào|lương|tạ|thái|cao|hà|tô|lâm|phùng|châu|tôn|thân|kiều|chu|trương|nghiêm|quách"
)
# These begin places and other words too, so the word behind them must be one of names as well.
RARER_SURNAMES = (
    "lưu|triệu|nông|đàm|vương|tống|mạc|tăng|doãn|giáp|hứa|lò|quàng|vi|lại|khuất|phí|cù|lã|bế|sầm"
    "|uông|giàng|thào|vàng|sùng|lường|hầu|ma|lầu|cầm|khổng"
)
_NUMBER = re.compile(
    r"(?<![\d/.,-])(?:\(0\d{2,3}\)(?:[ .-]?\d){6,8}|(?:\+?84|0)(?:[ .-]?\d){8,10})(?![\d/])"
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,4}")
_NAME = rf"(?:{SURNAMES}|{RARER_SURNAMES})(?:\s+[^\W\d_]+\.?){{1,4}}"
_NAMED = re.compile(
    r"\b(đ/c|đồng chí|ông|bà|anh|chị|cô|chú|bác sĩ|bs|ts|ths|ks|pgđ|gđ|phó gđ|(?:phó )?giám đốc|"
    rf"(?:phó )?trưởng (?:phòng|ban)|(?:phó )?chủ tịch|chuyên viên|cv)([.:]?\s+)({_NAME})",
    re.IGNORECASE,
)
# A comrade is a person, whatever the name; a name in brackets needs three words, for "(Hà Tĩnh)".
_COMRADE = re.compile(r"\b([Đđ]/c|[Đđ]ồng chí)([.:]?\s+)((?:[^\W\d_]+\s*){1,4})")
_IN_BRACKETS = re.compile(rf"(\()()((?:{SURNAMES})(?:\s+[^\W\d_]+\.?){{2,4}})", re.IGNORECASE)
_POST = re.compile(
    r"(?:giám|phó|chủ|chánh|trưởng|bí|bộ|thủ|lãnh|cục|viện|hiệu|sở|ubnd|uỷ|ủy|ban|công|văn)\b",
    re.IGNORECASE,
)


def without_people(text: str) -> str:
    """The text with telephone numbers and addresses hidden, and names of people behind a title."""
    text = _NUMBER.sub(NUMBER_HIDDEN, text)
    if "@" in text:  # or every letter of a long word would be tried for the beginning of one
        text = _MAIL.sub(MAIL_HIDDEN, text)
    text = _IN_BRACKETS.sub(_hidden, _NAMED.sub(_hidden, text))
    return _COMRADE.sub(_hidden_comrade, text)


def _hidden(match: re.Match[str]) -> str:
    words = match[3].split()
    length = _capitals(words)
    if length < (2 if match[2] else 3):
        return match[0]
    return " ".join([f"{match[1]}{match[2]}{PERSON_HIDDEN}", *words[length:]])


def _hidden_comrade(match: re.Match[str]) -> str:
    words = match[3].split()
    length = _capitals(words)
    if not length or _POST.match(words[0]):
        return match[0]
    left = match[3][len(match[3].rstrip()) :]
    return " ".join([f"{match[1]}{match[2]}{PERSON_HIDDEN}", *words[length:]]) + left


def _capitals(words: list[str]) -> int:
    return next((at for at, word in enumerate(words) if not word[0].isupper()), len(words))

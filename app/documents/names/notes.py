"""Notes for a person, beside a name that wasn't simply understood."""

from app.documents.names.index import Match
from app.documents.names.reader import FoundName
from app.documents.names.words import NamedPart
from app.errors import Text

DITTO = Text(
    "Ô này ghi lặp lại dòng trên; cần điền tên cơ quan của dòng trên.",
    "The cell repeats the row above; fill in the agency of that row.",
)
TOO_LONG = Text(
    "Ô quá dài; phần này chưa được đọc.", "The cell is too long; this part was not read."
)
UNKNOWN = Text(
    "Không nhận ra cơ quan nào trong danh mục.", "No agency of the registry was recognised."
)
NEAR = Text(
    "Không trùng với tên nào trong danh mục; cần chọn cơ quan được gợi ý hoặc thêm tên gọi khác.",
    "Equal to no name in the registry; choose a suggested agency or add an alias.",
)
AMBIGUOUS = Text(
    "Tên này có thể là của nhiều cơ quan; cần chọn một.",
    "Several agencies may be meant; choose one.",
)
RESTRICTED = Text(
    "Nhóm cơ quan này có phần ghi thêm hoặc loại trừ; cần xác định cơ quan nào được giao.",
    "Something was added to this collective or excepted from it; decide which agencies are meant.",
)
RELATED = Text(
    "Chỉ ghi “liên quan” mà không nêu tên nên không giao cho từng cơ quan.",
    "Only “those concerned” and no names: not expanded into agencies.",
)
_REMARK = Text(
    "Phần trong ngoặc được giữ nguyên, không xét đến.",
    "The words in brackets are kept and were not interpreted.",
)
_COORDINATING = Text(
    "Theo chữ “phối hợp” trong ô, đây là cơ quan phối hợp.",
    "The cell itself says “phối hợp”: it coordinates.",
)
_HEAD = Text(
    "Ô ghi người đứng đầu, hiểu là cơ quan của người đó.",
    "The cell names its head; the body was taken for the person.",
)


def unresolved(*, is_related: bool, has_suggestions: bool) -> Text:
    """ "Liên quan" goes before all else: such words name nobody, whatever the suggestions."""
    if is_related:
        return RELATED
    return NEAR if has_suggestions else UNKNOWN


def resolved(found: FoundName, match: Match, *, is_head: bool) -> Text | None:
    """None if the name was understood as it is written. `is_head`: a post stands before it."""
    name = match.names[0].name
    said = [
        (
            not match.is_literal,
            Text(f"Hiểu là “{name}” dù thiếu dấu.", f"Read as “{name}”, though marks are missing."),
        ),
        (match.is_literal and match.is_elliptic, Text(f"Hiểu là “{name}”.", f"Read as “{name}”.")),
        (found.is_related, RELATED),
        (found.has_remark, _REMARK),
        (found.role is NamedPart.COORDINATING, _COORDINATING),
        (is_head, _HEAD),
    ]
    texts = [text for applies, text in said if applies]
    if not texts:
        return None
    return Text(" ".join(text.vi for text in texts), " ".join(text.en for text in texts))

"""Sentences about wrong values, in Vietnamese and English, by Pydantic's type of error."""

from collections.abc import Mapping
from typing import Any

from app.errors import Text
from app.http.pattern_texts import pattern_text

VIETNAMESE = {
    "missing": "Thiếu trường bắt buộc.",
    "extra_forbidden": "Trường này không có trong hợp đồng API.",
    "unknown_parameter": "Tham số này không có trong hợp đồng API.",
    "repeated_parameter": "Tham số này chỉ được gửi một lần.",
    "repeated_header": "Tiêu đề này chỉ được gửi một lần.",
    "repeated_member": "Tên này đứng hai lần trong cùng một đối tượng JSON.",
    "entity_tag": 'Thẻ trạng thái viết trong dấu ngoặc kép: "…", "…".',
    "string_type": "Phải là chuỗi ký tự.",
    "string_too_short": "Cần ít nhất {min_length} ký tự.",
    "string_too_long": "Nhiều nhất {max_length} ký tự.",
    "string_unicode": "Có ký tự không hợp lệ.",
    "int_type": "Phải là số nguyên.",
    "int_parsing": "Phải là số nguyên.",
    "int_from_float": "Phải là số nguyên.",
    "bool_type": "Phải là true hoặc false.",
    "bool_parsing": "Phải là true hoặc false.",
    "date_type": "Phải là ngày dạng YYYY-MM-DD.",
    "date_parsing": "Phải là ngày dạng YYYY-MM-DD.",
    "date_from_datetime_parsing": "Phải là ngày dạng YYYY-MM-DD.",
    "date_from_datetime_inexact": "Phải là ngày dạng YYYY-MM-DD.",
    "datetime_parsing": (
        "Phải là thời điểm dạng 2026-03-01T08:00:00+07:00, giây có nhiều nhất sáu chữ số lẻ."
    ),
    "datetime_from_date_parsing": (
        "Phải là thời điểm dạng 2026-03-01T08:00:00+07:00, giây có nhiều nhất sáu chữ số lẻ."
    ),
    "uuid_parsing": "Phải là UUID.",
    "uuid_type": "Phải là UUID.",
    "enum": "Phải là một trong: {expected}.",
    "literal_error": "Phải là một trong: {expected}.",
    "greater_than_equal": "Phải từ {ge} trở lên.",
    "less_than_equal": "Phải từ {le} trở xuống.",
    "too_short": "Cần ít nhất {min_length} phần tử.",
    "too_long": "Nhiều nhất {max_length} phần tử.",
    "list_type": "Phải là danh sách.",
    "dict_type": "Phải là đối tượng JSON.",
    "model_type": "Phải là đối tượng JSON.",
    "model_attributes_type": "Phải là đối tượng JSON.",
    "url_parsing": "Phải là địa chỉ http(s).",
    "url_scheme": "Phải là địa chỉ http(s).",
    "url_too_long": "Nhiều nhất {max_length} ký tự.",
}
ENGLISH = {
    "unknown_parameter": "This parameter is not in the contract.",
    "repeated_parameter": "This parameter may be sent only once.",
    "repeated_header": "This header may be sent only once.",
    "repeated_member": "This name stands twice in one JSON object.",
    "datetime_from_date_parsing": "Input should be a moment by RFC 3339, of a day that there is.",
    "string_pattern_mismatch": "Not in the form that the contract gives.",
}


class RuleError(ValueError):
    """A broken rule between fields of a body, in both languages, raised by the rule's validator."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def validation_text(error: Mapping[str, Any]) -> Text:
    """The sentence for one of Pydantic's errors; never with the value that was sent."""
    context = error.get("ctx") or {}
    if isinstance(rule := context.get("error"), RuleError):
        return rule.text
    if error["type"] == "string_pattern_mismatch":
        return pattern_text(context["pattern"])
    vietnamese = VIETNAMESE.get(error["type"], "Giá trị không hợp lệ.")
    english = ENGLISH.get(error["type"], error.get("msg", "Invalid value."))
    if "expected" in context:
        context = context | {"expected": context["expected"].replace(" or ", " hoặc ")}
    return Text(vietnamese.format_map(_Known(context)), english)


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"

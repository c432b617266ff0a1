"""The meaning of the contract's patterns in words: people are shown no pattern."""

import re

from app.errors import Text
from app.models.base import SEEN
from app.models.client import CLIENT_ID
from app.models.indicator import MEASURED_PERIOD
from app.models.submission import PERIOD_FORM

NOTHING_TO_READ = Text(
    "Phải có chữ đọc được, không có ký tự điều khiển.",
    "There must be something to read in it, and no control characters.",
)
ODD_CHARACTERS = Text(
    "Có ký tự không được dùng ở đây.", "There are characters that are not used here."
)
EMAIL = (
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
)
"""An address of RFC 5321 in its plain form: it goes into a header as it stands."""
TAGS = '^(\\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)$'
"""Entity tags as callers send them (RFC 9110, 8.8.3)."""
FORMS = {
    TAGS: Text(
        'Thẻ đứng trong dấu ngoặc kép: "…", "…", hoặc là *.', 'Tags in quotes: "…", "…", or *.'
    ),
    r"^[A-Za-z0-9.-]{1,64}$": Text(
        "Phải là mã, mã định danh hoặc id, như STTTT hoặc H27.01.",
        "A code, an identifier or an id, such as STTTT or H27.01.",
    ),
    "^[0-9A-Za-z-]*$": Text(
        "Phải là kỳ báo cáo, như 2025 hoặc 2025-Q1.", "A period, such as 2025 or 2025-Q1."
    ),
    PERIOD_FORM: Text(
        "Phải là kỳ báo cáo, như 2025, 2025-H1, 2025-Q3, 2025-08.",
        "A period, such as 2025, 2025-H1, 2025-Q3, 2025-08.",
    ),
    MEASURED_PERIOD: Text(
        "Phải là kỳ báo cáo, như 2025, 2025-9M, 2025-H1, 2025-Q3, 2025-08, 2025-W07, 2025-K01.",
        "A period, such as 2025, 2025-9M, 2025-H1, 2025-Q3, 2025-08, 2025-W07, 2025-K01.",
    ),
    "^([0-9]{4}|once)$": Text("Phải là năm, như 2025, hoặc `once`.", "A year, or `once`."),
    "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$": Text(
        "Phải là ngày trong năm, viết tháng trước như 01-15.", "A day of the year, as 01-15."
    ),
    "^[a-z0-9][a-z0-9._-]{0,63}$": Text(
        "Mã hệ thống gồm chữ thường không dấu, chữ số, dấu chấm, gạch ngang, như ioffice.stttt.",
        "A system in lower case, such as ioffice.stttt.",
    ),
    rf"^[a-z0-9][a-z0-9._-]{{0,63}}:{SEEN}[^\x00-\x1f\x7f]{{0,199}}$": Text(
        "Phải có dạng `hệ_thống:mã`, như `ioffice.stttt:NV-2024-0031`.",
        "A system and its id, such as ioffice.stttt:NV-2024-0031.",
    ),
    CLIENT_ID: Text(
        "Mã hệ thống gồm 3 đến 64 chữ thường không dấu, chữ số, gạch ngang, như `qlvb-sngv`.",
        "A client's id: 3 to 64 lower-case letters, digits and hyphens, such as qlvb-sngv.",
    ),
    r"^[0-9A-Za-zĐđ][0-9A-Za-zĐđÂÊÔƠƯâêôơư/.\-]{0,48}$": Text(
        "Số, ký hiệu phải có dạng như 46/KH-UBND.", "A number as 46/KH-UBND."
    ),
    r"^[0-9A-Z]+(\.[0-9A-Z]+)*$": Text(
        "Mã định danh phải có dạng như H27.01.", "An identifier as H27.01."
    ),
    r"^[0-9]{2,5}$": Text(
        "Mã đơn vị hành chính gồm 2 đến 5 chữ số.", "The unit's code has 2 to 5 digits."
    ),
    r"^[A-Z0-9][A-Z0-9.-]{0,63}$": Text(
        "Mã gồm chữ in hoa không dấu, chữ số, dấu chấm, gạch ngang, như STTTT.",
        "A code of capital letters, digits, dots and hyphens, such as STTTT.",
    ),
    r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$": Text(
        "Phải là số thập phân viết thành chuỗi, như 12.5.", "A decimal as a text, such as 12.5."
    ),
    r"^[0-9+(). -]+$": Text(
        "Số điện thoại chỉ gồm chữ số, dấu cách, dấu cộng, dấu chấm, gạch ngang và dấu ngoặc.",
        "A telephone number: digits, blanks, +, dots, hyphens and brackets.",
    ),
    "^[A-Za-z0-9_.-]{1,40}$": Text(
        "Mã câu hỏi gồm 1 đến 40 chữ cái không dấu, chữ số, dấu chấm, gạch.",
        "A question's id: 1 to 40 letters, digits, dots, hyphens and underscores.",
    ),
    EMAIL: Text("Phải là địa chỉ thư điện tử.", "An e-mail address."),
    "^[0-9a-f]{64}$": Text(
        "Phải là mã SHA-256 viết bằng 64 chữ số thập lục phân.", "A SHA-256 in 64 hex digits."
    ),
    "^[a-z_]{1,40}$": Text(
        "Chỉ gồm chữ thường không dấu và gạch dưới, nhiều nhất 40 ký tự.",
        "Lower-case letters and underscores, at most 40.",
    ),
    r"^tiendo\.([a-z_]+\.)?([a-z_]+|\*)$": Text(
        "Phải là loại sự kiện, như `tiendo.plan.issued` hoặc `tiendo.submission.*`.",
        "A type of events, such as tiendo.plan.issued or tiendo.submission.*.",
    ),
    "^/v1/[a-z-]+/[A-Za-z0-9.-]{1,64}$": Text(
        "Phải là địa chỉ của một dòng, như `/v1/agencies/STTTT`.", "A path as /v1/agencies/STTTT."
    ),
    '^([A-Za-z0-9._~:/+=@-]{1,128}|"[A-Za-z0-9._~:/+=@-]{1,128}")$': Text(
        "Khóa gồm 1 đến 128 chữ cái không dấu, chữ số, dấu chấm, gạch và các dấu ~ : / + = @.",
        "A key of 1 to 128 letters, digits and . _ ~ : / + = @ -.",
    ),
}
CHOICE = re.compile(r"\^(?:\(\\b,\?|-\?)?\(([\w|]+)\)(?:\\b\)\+)?\$")


def pattern_text(pattern: str) -> Text:
    """The sentence for a value that does not match *pattern*; of its characters where there is no
    form to name."""
    if SEEN in pattern:
        return FORMS.get(pattern, NOTHING_TO_READ)
    if choice := CHOICE.fullmatch(pattern):
        names = choice[1].replace("|", ", ")
        return Text(f"Chỉ dùng các giá trị: {names}.", f"Use these values alone: {names}.")
    return FORMS.get(pattern, ODD_CHARACTERS)

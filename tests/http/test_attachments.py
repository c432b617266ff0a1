"""Names under which files of others are handed out: they are saved, and hide nothing."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.http.attachments import attachment_headers


def names(file_name: str) -> tuple[str, str]:
    """The plain name and the whole one."""
    said = attachment_headers(file_name)["Content-Disposition"]
    start, _, whole = said.partition("; filename*=UTF-8''")
    return start.removeprefix('attachment; filename="').removesuffix('"'), unquote(whole)


@pytest.mark.parametrize(
    ("name", "plain", "whole"),
    [
        ("Kế hoạch 46.docx", "ke-hoach-46.docx", "Kế hoạch 46.docx"),
        ("../../etc/passwd", "_.._etc_passwd", "_.._etc_passwd"),
        ('a"; filename="b.exe', "a_;-filename=_b.exe", "a_; filename=_b.exe"),
        ("ke\r\nSet-Cookie: a=1.docx", "keset-cookie_-a=1.docx", "keSet-Cookie_ a=1.docx"),
        # A mark of direction would show "xcod.exe" as "exe.docx".
        ("kế \u202excod.exe", "ke-xcod.exe", "kế xcod.exe"),
        ("", "tep", "tep"),
        (" . ", "tep", "tep"),
        ("\xa0", "tep", "tep"),
        ("\u0301", "tep", "\u0301"),
    ],
)
def test_a_name_is_shown_as_it_is_and_leads_nowhere(name: str, plain: str, whole: str) -> None:
    plain = plain.replace(";", "_").replace("=", "_")
    assert names(name) == (plain, whole)


def test_a_long_name_keeps_its_ending() -> None:
    assert names("đ" * 300 + ".docx")[1] == "đ" * 145 + ".docx"


@given(st.text())
def test_whatever_a_file_is_called_its_header_is_one_line_of_plain_letters(name: str) -> None:
    headers = attachment_headers(name)

    assert all(" " <= one <= "~" for value in headers.values() for one in value)
    plain, whole = names(name)
    assert plain
    assert whole
    assert not set(plain + whole) & set('/\\"\r\n')
    assert headers["X-Content-Type-Options"] == "nosniff"

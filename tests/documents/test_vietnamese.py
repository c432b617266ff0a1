import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.vietnamese import fold, normalise


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sở Kế hoạch và Đầu tư", "so ke hoach va dau tu"),
        ("  ĐÀI\u00a0Phát thanh\nvà Truyền hình ", "dai phat thanh va truyen hinh"),
        ("Sở KH&CN", "so kh va cn"),
        ("Sở Khoa học & Công nghệ", "so khoa hoc va cong nghe"),
        ("Ủy\u200b ban nh\u00adân dân", "uy ban nhan dan"),
        ("", ""),
    ],
)
def test_folding_leaves_letters_and_single_spaces(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ủy ban nhân dân", "Uỷ ban nhân dân"),
        ("Yên Hoà", "YÊN HÒA"),
        ("khỏe", "khoẻ"),
        ("quý", "qúy"),
        ("thủy sản", unicodedata.normalize("NFD", "thuỷ  sản")),
    ],
)
def test_two_spellings_of_one_word_become_one(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Đông Hưng", "Đồng Hưng"), ("Nội vụ", "Nôi vụ"), ("Hòan", "Hoàn")]
)
def test_normalising_keeps_the_marks_that_tell_names_apart(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_normalised_text_is_still_readable() -> None:
    assert normalise("Ủy ban  Nhân dân xã Yên Hòa") == "uỷ ban nhân dân xã yên hoà"


@given(st.text())
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_the_unicode_form_of_the_input_makes_no_difference(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)

    assert fold(decomposed) == fold(unicodedata.normalize("NFC", text))
    assert normalise(decomposed) == normalise(unicodedata.normalize("NFC", text))

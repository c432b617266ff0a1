"""Properties of the reading of every cell, whatever is written in it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.agency_names import KnownName, Mention, NameBook
from app.documents.names.index import NameIndex
from app.documents.names.reader import read_words
from app.documents.names.spellings import spellings_of
from app.documents.names.words import fold_word, split_words
from tests.support.sample_names import known_names

NAMES = known_names()
BOOK = NameBook(NAMES)
SPELLINGS = list(spellings_of(NAMES))
INDEX = NameIndex(SPELLINGS)
JUNK = ["xyz", "Trung tâm lạ", "0912 345 678", "Nguyễn Văn A", "(Sở Nội vụ)", "thương mại và nghề"]
JOINING = """
    và với cùng do giao là chủ trì đồng tham mưu thực hiện cơ quan đơn vị phối hợp đề nghị đầu mối
    các sở ban ngành uỷ nhân dân huyện thành phố thị xã quận phường trấn đặc khu
"""
LOOSE = """
    Sở UBND các huyện xã Nội vụ Hương Sơn liên quan trừ chủ trì phối hợp với nt Hà Tĩnh
"""
SIGNS = [", ", ";", "\n", "\n- ", ": ", " và ", " - ", "/", "(", ")", ".", " ", "Các sở: ", "1. "]
PIECES = st.sampled_from([known.name for known in NAMES] + JUNK + SIGNS + LOOSE.split())
TEXTS = st.text(max_size=200) | st.lists(PIECES, max_size=12).map("".join)


@given(st.lists(st.tuples(st.sampled_from(NAMES + JUNK[:4]), st.integers(0, 3)), max_size=8))
def test_known_names_come_out_of_any_cell_in_order(
    items: list[tuple[KnownName | str, int]],
) -> None:
    cell, expected = "", []
    for item, sign in items:
        cell += [", ", "; ", "\n- ", ";\n"][sign] if cell else ""
        cell += item if isinstance(item, str) else item.name
        if not isinstance(item, str) and item.code not in expected:
            expected.append(item.code)

    found = [mention.code for mention in BOOK.read_cell(cell) if mention.code]

    assert found == expected


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=6), st.sampled_from([" và ", "\n"]))
def test_known_names_need_no_comma_between_them(names: list[KnownName], between: str) -> None:
    cell = between.join(known.name for known in names)

    found = [mention.code for mention in BOOK.read_cell(cell)]
    assert found == list(dict.fromkeys(known.code for known in names))


@settings(max_examples=150)
@given(TEXTS)
def test_no_word_of_a_cell_is_lost(text: str) -> None:
    words = split_words(text)
    found = read_words(text, words, INDEX)

    covered = {place for one in found for place in range(one.start, one.end)}
    left = {word.folded for place, word in enumerate(words) if place not in covered}
    assert left <= {fold_word(word) for word in JOINING.split()}
    assert [one.start for one in found] == sorted(one.start for one in found)
    in_words = {place for word in words for place in range(word.start, word.end)}
    outside = "".join(sign for place, sign in enumerate(text) if place not in in_words)
    assert all(
        sign in "0123456789abcdefghijklmnopqrstuvwxyzđ" for sign in outside if sign.isalnum()
    )


@settings(max_examples=150)
@given(TEXTS)
def test_no_agency_comes_out_that_is_not_written(text: str) -> None:
    mentions = BOOK.read_cell(text)

    assert all(mention.source_text in text for mention in mentions)
    for mention in mentions:
        if mention.code is None:
            assert mention.note is not None
            assert mention.kind is None
        else:
            assert mention.suggestions == ()
            assert is_written(mention)
    resolved = [mention.code for mention in mentions if mention.code]
    assert len(resolved) == len(set(resolved))


def is_written(mention: Mention) -> bool:
    """One of the agency's names is in the source text, or ends with it (after a prefix)."""
    source = [word.folded for word in split_words(mention.source_text)]
    written = " ".join(source)
    names = (
        " ".join(map(fold_word, one.exact)) for one in SPELLINGS if one.known.code == mention.code
    )
    return any(name in written or name.endswith(f" {written.strip()}") for name in names)


@given(TEXTS)
def test_finding_never_fails(text: str) -> None:
    mention = BOOK.find(text)

    assert mention.source_text in text

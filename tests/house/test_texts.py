"""Texts for people: Vietnamese that a civil servant writes, without a programmer's words in it."""

import ast
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from app.auth.principal import PERMISSION_WORDS, Permission, Principal
from app.errors import PermissionDeniedError, Text
from app.http.pattern_texts import ODD_CHARACTERS, pattern_text
from app.http.validation_texts import validation_text
from tests.support.contract import CONTRACT
from tests.support.source import FILES, name_of, nodes

# A syllable, its marks left out: a consonant, vowels, a consonant.
SYLLABLE = re.compile(
    "(b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|q|qu|r|s|t|th|tr|v|x)?"
    "[aeiouy]{1,3}(c|ch|m|n|ng|nh|p|t)?"
)
# Names of formats, protocols, headers and programs, which Vietnamese leaves as they are.
NAMES = re.compile(
    "api|base64|basic|bom|content-encoding|content-type|csv|client_id|docx?|doctype|edxml|etag|excel|gif|gzip|https?|id|if-match"
    "|idempotency-key|jpeg|json|libreoffice|markdown|mb|null|office|opendocument|otlp|pdf|png|qđ-ttg|rar|rtf|tiendo|true|false|txt|unicode"
    "|utf-8|uuid|webhook|word|xlsx?|xml|zip"
)
DAYS = re.compile(
    r"(^|_)(today|day|days?_on|on|from|until|since|begins|ends|ended|deadline)$|^(old|wanted)$"
)


def texts() -> Iterator[tuple[str, ast.expr]]:
    """The Vietnamese of every `Text`, with the file that it is in."""
    for path in FILES:
        for node in nodes(path):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Text" and node.args:
                yield name_of(path), node.args[0]


def said(text: ast.expr) -> str:
    """The words themselves; what is put into them is left out, and so is what stands in quotes."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    words = "…".join(str(one.value) for one in parts if isinstance(one, ast.Constant))
    return re.sub("`[^`]*`|“[^”]*”", " ", words)


def put_in(text: ast.expr) -> Iterator[ast.expr]:
    """The expressions whose values a sentence shows."""
    if isinstance(text, ast.JoinedStr):
        yield from (one.value for one in text.values if isinstance(one, ast.FormattedValue))


def foreign(sentence: str) -> list[str]:
    """The words of a sentence that are no Vietnamese syllables, no names and no acronyms."""
    words = re.findall(r"[^\W\d_][\w.:/=-]*", sentence)
    return [
        word
        for word in (one.rstrip(".:-=/") for one in words)
        if not any(one in "./=" or one.isdigit() for one in word)
        and not word.isupper()
        and not NAMES.fullmatch(word.lower())
        and not all(SYLLABLE.fullmatch(bare(one)) for one in word.lower().split("-"))
    ]


def bare(word: str) -> str:
    """A word without its marks."""
    letters = unicodedata.normalize("NFD", word)
    return re.sub("[\u0300-\u036f]", "", letters).replace("đ", "d")


def test_vietnamese_sentences_have_no_english_words() -> None:
    found = {(name, word) for name, text in texts() for word in foreign(said(text))}

    assert found == set()


def test_days_in_sentences_are_written_as_officials_write_them() -> None:
    found = {
        (name, ast.unparse(shown))
        for name, text in texts()
        for shown in put_in(text)
        if isinstance(shown, ast.Name | ast.Attribute)
        and DAYS.search(shown.id if isinstance(shown, ast.Name) else shown.attr)
    }

    assert found == set()


@pytest.mark.parametrize("permission", Permission)
def test_a_refusal_names_the_right_that_is_missing_in_words(permission: Permission) -> None:
    caller = Principal(uuid4(), uuid4(), frozenset())

    with pytest.raises(PermissionDeniedError) as refused:
        caller.require(permission)

    assert str(PERMISSION_WORDS[permission].vi) in refused.value.detail.vi
    assert not re.search("[a-z-]+:[a-z]+", "".join(refused.value.detail))


def patterns(node: Any) -> Iterator[str]:
    """Every pattern in a part of the contract."""
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for inner in node.values():
            yield from patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from patterns(inner)


def test_no_pattern_is_shown_and_each_form_of_the_contract_is_said_in_words() -> None:
    found = set(patterns(CONTRACT))
    # The contract shows the fields of an answer by what all such parameters have in common.
    forms = {one for one in found if not one.startswith(("^[^\\x00", r"^\w+(,"))}

    assert len(forms) > 50
    assert {one for one in forms if pattern_text(one) == ODD_CHARACTERS} == set()
    for one in found:
        shown = validation_text({"type": "string_pattern_mismatch", "ctx": {"pattern": one}})
        assert not re.search(r"[\^\\]|\{\d|\[[a-z0-9]-", "".join(shown)), shown


def test_a_choice_is_named_in_the_readers_language() -> None:
    expected = {"type": "literal_error", "msg": "…", "ctx": {"expected": "'a', 'b' or 'c'"}}

    assert validation_text(expected) == Text("Phải là một trong: 'a', 'b' hoặc 'c'.", "…")

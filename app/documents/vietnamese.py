"""Vietnamese text made comparable: one spelling for texts that are typed in several."""

import re
import unicodedata
from collections.abc import Callable

# Both spellings are in use ("hòa"/"hoà", "ủy"/"uỷ"); the second one is taken, because it is also
# right after "qu" ("quý"), and only where the syllable ends: "hoàn" has one spelling.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_OLD_TONE_PLACE = re.compile(
    rf"(?:(o)([{_TONES}])([ae])|(u)([{_TONES}])(y))(?![^\W_]|[\u0300-\u036f])"
)


def fold(text: str) -> str:
    """The letters alone: no marks, no case, one space, "&" as "va". Different names may meet here
    ("xã Đông Hưng", "xã Đồng Hưng"), so equal folded text is a hint and not yet an identity."""
    letters = _without_format_characters(unicodedata.normalize("NFD", text)).casefold()
    letters = unicodedata.normalize("NFD", letters)
    bare = _without(letters, unicodedata.combining)
    return _one_space(bare.replace("đ", "d").replace("&", " va "))


def normalise(text: str) -> str:
    """The same words with their marks: one Unicode form, one place for the tone, no case."""
    letters = _without_format_characters(unicodedata.normalize("NFD", text)).casefold()
    moved = _OLD_TONE_PLACE.sub(_move_tone, unicodedata.normalize("NFD", letters))
    return _one_space(unicodedata.normalize("NFC", moved))


def _move_tone(match: re.Match[str]) -> str:
    first, tone, second = (part for part in match.groups() if part is not None)
    return first + second + tone


def _without_format_characters(text: str) -> str:
    # Word leaves soft hyphens and zero-width spaces inside words.
    return _without(text, lambda letter: unicodedata.category(letter) == "Cf")


def _without(text: str, is_unwanted: Callable[[str], object]) -> str:
    """Each letter is asked about once, however often it stands in the text."""
    for letter in filter(is_unwanted, set(text)):
        text = text.replace(letter, "")
    return text


def _one_space(text: str) -> str:
    return " ".join(text.split())

"""Pictures as dots: drawn by the package's own fonts, the same everywhere, beside the service."""

import asyncio
import unicodedata
from pathlib import Path

import pytest

from app.documents.svg import drawing
from app.documents.svg.drawing import draw_png
from app.documents.svg.png import FONTS, png_of
from app.documents.svg.states import LOOKS
from app.errors import FileNotWrittenError

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
LETTERS = [
    unicodedata.normalize("NFC", letter + tone) for letter in VOWELS for tone in TONES
] + list("bcdđghklmnpqrstvxfjwz0123456789.,;:()/%+-–…“”₫")


def drawn(text: str, weight: str = "normal") -> bytes:
    return png_of(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4" y="28"'
        f' font-family="Noto Sans" font-weight="{weight}" font-size="20">{text}</text></svg>'
    )


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_every_letter_of_vietnamese_is_drawn_and_unlike_any_other(weight: str) -> None:
    letters = {*LETTERS, *(letter.upper() for letter in LETTERS)}
    missing = {drawn("", weight), drawn("\ue000", weight)}
    pictures = {letter: drawn(letter, weight) for letter in letters}

    assert not missing & set(pictures.values())
    assert len(set(pictures.values())) == len(letters)


def test_the_symbols_of_states_are_drawn() -> None:
    missing = {drawn(""), drawn("\ue000")}
    assert {look.symbol for look in LOOKS.values() if drawn(look.symbol) in missing} == set()


def test_the_package_carries_its_fonts_with_their_licence() -> None:
    folder = Path(FONTS[0]).parent
    assert len(FONTS) == 4
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text(encoding="utf-8")


async def test_others_are_served_while_a_picture_is_drawn() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    drawing_it = asyncio.create_task(draw_png(svg))
    turns = 0
    while not drawing_it.done():
        await asyncio.sleep(0.005)
        turns += 1

    assert drawing_it.result() == png_of(svg)
    assert turns > 3


async def test_a_picture_that_cannot_be_drawn_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "SECONDS", 0.001)
    with pytest.raises(FileNotWrittenError):
        await draw_png("<svg/>")

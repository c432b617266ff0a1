"""The numbers that Word shows before paragraphs and stores nowhere: they are counted again."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from app.documents.confined.limits import FileAllowance
from app.documents.files.xml_parts import PartReader, attribute, whole_number

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l")),
    *((40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LEVELS = 9


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)


class Numbering(PartReader):
    """Reads numbering.xml, then hands out labels in the order the paragraphs come."""

    def __init__(self, allowance: FileAllowance) -> None:
        super().__init__(allowance)
        self._lists: dict[str, _List] = defaultdict(_List)
        self._list_of: dict[str, str] = {}
        self._restarted: dict[str, dict[int, int]] = defaultdict(dict)
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._list = self._number = ""
        self._level = 0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        value = attribute(attributes, "val") or ""
        if name == "abstractNum":
            self._list, self._number = attribute(attributes, "abstractNumId") or "", ""
        elif name == "num":
            self._number, self._list = attribute(attributes, "numId") or "", ""
        elif name == "abstractNumId":
            self._list_of[self._number] = value
        elif name in {"lvl", "lvlOverride"}:
            self._level = whole_number(attribute(attributes, "ilvl"), 0, limit=_LEVELS)
        elif name == "startOverride":
            self._restarted[self._number][self._level] = whole_number(value, 1)
        elif self._list:
            self._describe(name, value)

    def _describe(self, name: str, value: str) -> None:
        level = self._lists[self._list].levels.setdefault(self._level, _Level())
        if name == "start":
            level.start = whole_number(value, 1)
        elif name == "numFmt":
            level.form = value
        elif name == "lvlText":
            level.text = value[:50]

    def next_label(self, number: str, level: int) -> str:
        """The label of the next paragraph of a list; "" for bullets and unknown lists."""
        name = self._list_of.get(number)
        if name is None or level not in self._lists[name].levels:
            return ""
        levels, restarted = self._lists[name].levels, self._restarted.get(number, {})
        counts = self._counts[f"number {number}" if restarted else f"list {name}"]
        first = restarted.get(level, levels[level].start)
        counts[level] = counts[level] + 1 if level in counts else first
        for deeper in [held for held in counts if held > level]:
            del counts[deeper]
        if levels[level].form == "bullet":
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            given = levels.get(at, _Level())
            return _formatted(counts.get(at, given.start), given.form)

        return re.sub(r"%([1-9])", shown, levels[level].text)


def _formatted(count: int, form: str) -> str:
    if form in {"lowerRoman", "upperRoman"}:
        text = _roman(min(count, 3999))
    elif form in {"lowerLetter", "upperLetter"} and count > 0:
        text = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9)
    else:
        return str(count)
    return text.upper() if form.startswith("upper") else text


def _roman(count: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (count // value)
        count %= value
    return text

"""Styles of a workbook's cells: number formats that show a date or a part of it, and fonts that
strike through."""

import re
from datetime import date, datetime, timedelta

from app.documents.confined.limits import FileAllowance
from app.documents.files.xml_parts import PartReader, attribute, whole_number

_BUILT_IN_DAYS = frozenset((14, 15, 16, 22, *range(27, 32), 34, 35, 36, *range(50, 59)))
_BUILT_IN_MONTHS = frozenset((17,))
_BUILT_IN_TIMES = frozenset((18, 19, 20, 21, 32, 33, 45, 46, 47))
_LITERALS = re.compile(r'"[^"]{0,100}"|\\.|_.|\*.|\[[^\]]{0,40}\]')
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a serial number of a workbook has no zone
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001 - a serial number of a workbook has no zone
_SERIALS = 2_958_466  # the first after 31/12/9999


class Styles(PartReader):
    """styles.xml, reduced to two questions: how is the number in a cell of style *n* shown, and is
    the cell struck through?"""

    def __init__(self, allowance: FileAllowance) -> None:
        super().__init__(allowance)
        self._formats: dict[int, str] = {}
        self._format_of: list[int] = []
        self._struck_fonts: list[bool] = []
        self._font_of: list[int] = []
        self._in_fonts = self._in_cell_formats = False

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        number = whole_number(attribute(attributes, "numFmtId"), 0)
        if name == "numFmt":
            self._formats[number] = _shape(attribute(attributes, "formatCode") or "")
        elif name == "fonts":
            self._in_fonts = True
        elif name == "font" and self._in_fonts:
            self._struck_fonts.append(False)
        elif name == "strike" and self._in_fonts and self._struck_fonts:
            self._struck_fonts[-1] = is_on(attributes)
        elif name == "cellXfs":
            self._in_cell_formats = True
        elif name == "xf" and self._in_cell_formats:
            self._format_of.append(number)
            self._font_of.append(whole_number(attribute(attributes, "fontId"), 0))

    def closed(self, name: str) -> None:
        if name == "fonts":
            self._in_fonts = False
        elif name == "cellXfs":
            self._in_cell_formats = False

    def is_struck(self, style: int) -> bool:
        """True if the style's font strikes its text through."""
        font = self._font_of[style] if style < len(self._font_of) else -1
        return 0 <= font < len(self._struck_fonts) and self._struck_fonts[font]

    def date_shape(self, style: int) -> str:
        """The form in which the style shows a date, as strftime takes it; "" for a plain number."""
        if style >= len(self._format_of):
            return ""
        number = self._format_of[style]
        if number in self._formats:
            return self._formats[number]
        if number in _BUILT_IN_DAYS:
            return "%d/%m/%Y"
        if number in _BUILT_IN_MONTHS:
            return "%m/%Y"
        return "%H:%M" if number in _BUILT_IN_TIMES else ""


def is_on(attributes: dict[str, str]) -> bool:
    """True of a property that is there, unless its value is off."""
    return attribute(attributes, "val") not in {"0", "false"}


def _shape(code: str) -> str:
    # A cell shown as "06/2026" says a month; giving its hidden first day would invent a deadline.
    bare = _LITERALS.sub("", code[:200].partition(";")[0]).lower()
    if "general" in bare:
        return ""
    if "d" in bare:
        return "%d/%m/%Y"
    if "y" in bare:
        return "%m/%Y" if "m" in bare else "%Y"
    return "%H:%M" if "h" in bare or "s" in bare else ""


def date_of(serial: float, *, from_1904: bool) -> datetime | None:
    """`serial` counts days, its fraction the time of day; None if negative or after 31/12/9999."""
    if not 0 <= serial < _SERIALS:
        return None
    try:
        return (_EPOCH_1904 if from_1904 else _EPOCH) + timedelta(days=serial)
    except OverflowError:
        return None


def shown_date(day: date, shape: str) -> str:
    """`shape` is of `Styles.date_shape`; a year has four digits on every system."""
    # strftime pads years below 1000 differently from one system to another.
    return day.strftime(shape.replace("%Y", f"{day.year:04d}"))

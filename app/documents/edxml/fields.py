"""Fields of an edXML package: each found or faulted at its element, all faults reported at once."""

import re
from datetime import UTC, date, datetime, time

from app.clock import PROVINCE
from app.documents.edxml.elements import Element
from app.errors import Fault, InvalidError, Text

LINE = 500
_MAX_FAULTS = 100
# The standard writes 2024/05/20; systems in use also write 20/05/2024 and hyphens.
_DAY = re.compile(r"(?:(\d{4})[/-](\d{1,2})[/-](\d{1,2})|(\d{1,2})[/-](\d{1,2})[/-](\d{4}))")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d{1,9})?")
MISSING = Text("Thiếu phần tử bắt buộc.", "A required element is missing.")


class Fields:
    """Reads fields and gathers their faults; `close` raises all of them as one refusal."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, pointer: str, code: str, text: Text) -> None:
        """Note that something is wrong at *pointer*."""
        if len(self.faults) < _MAX_FAULTS:
            self.faults.append(Fault(pointer, code, text))

    def close(self) -> None:
        """Raise `InvalidError` if anything was wrong."""
        if self.faults:
            count = len(self.faults)
            text = Text(
                f"Gói edXML có {count} chỗ sai.",
                f"The edXML package has {count} faults; see errors.",
            )
            raise InvalidError(text, tuple(self.faults))

    def one(self, parent: Element, name: str, *, required: bool = False) -> Element:
        """The child of that name; an empty one in its place if there is none."""
        found = parent.all(name)
        if not found and required:
            self.fault(f"{parent.pointer}/{name}", "missing", MISSING)
        if len(found) > 1:
            text = Text("Phần tử này chỉ được có một.", "There may be only one of this element.")
            self.fault(found[1].pointer, "repeated", text)
        return found[0] if found else Element("", parent)

    def text(self, parent: Element, name: str, *, required: bool = False, limit: int = LINE) -> str:
        """The child's text on one line; "" if there is none."""
        child = self.one(parent, name, required=required)
        if required and child.name and not child.text:
            self.fault(child.pointer, "missing", MISSING)
        return self.bounded(child, limit=limit)

    def bounded(self, element: Element, *, limit: int = LINE) -> str:
        """The element's text on one line, faulted where it is longer than *limit* characters."""
        text = element.text
        if len(text) > limit:
            too_long = Text(f"Nhiều nhất {limit} ký tự.", f"At most {limit} characters.")
            self.fault(element.pointer, "too_long", too_long)
        return text[:limit]

    def number(self, parent: Element, name: str, default: int | None) -> int | None:
        """The child as a whole number of at most four digits."""
        text = self.text(parent, name)
        if re.fullmatch("[0-9]{1,4}", text):
            return int(text)
        if text:
            self.fault(
                self.one(parent, name).pointer,
                "not_a_number",
                Text("Phải là số nguyên.", "Must be a whole number."),
            )
        return default

    def day(self, parent: Element, name: str) -> date | None:
        """The child as a day, written yyyy/MM/dd or dd/MM/yyyy; None if it is empty."""
        child = self.one(parent, name)
        day = _day(child.text)
        if day is None:
            self._fault_day(child)
        return day

    def moment(self, parent: Element, name: str) -> datetime | None:
        """The child as a moment in the province's time; None if it is empty."""
        child = self.one(parent, name)
        moment = _moment(child.text)
        if moment is None:
            self._fault_day(child)
        return moment

    def _fault_day(self, element: Element) -> None:
        if element.text:
            text = Text("Phải là ngày dạng yyyy/MM/dd.", "Must be a day as yyyy/MM/dd.")
            self.fault(element.pointer, "not_a_day", text)


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day, last_day, last_month, last_year = found.groups()
    try:
        if year:
            return date(int(year), int(month), int(day))
        return date(int(last_year), int(last_month), int(last_day))
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    first, _, rest = text.partition(" ")
    day, clock = _day(first), _TIME.fullmatch(rest or "0:00")
    if day is None or clock is None:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups())
    try:
        local = datetime.combine(day, time(hour, minute, second), PROVINCE)
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None

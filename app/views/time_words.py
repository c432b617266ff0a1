"""The meaning that was found in a time cell, in words for a person."""

from datetime import date

from app.errors import Text
from app.models import TimeFrameKind
from app.official_words import day_words
from app.schemas.plan_imports import TimeFrameOut

_LEAP_YEAR = 2024
_OPEN = {
    TimeFrameKind.RELATIVE: Text(
        "Tính từ một sự kiện, chưa có ngày cụ thể", "Counted from an event; no day yet"
    ),
    TimeFrameKind.CONDITIONAL: Text(
        "Tùy điều kiện, chưa có ngày cụ thể", "Upon a condition; no day yet"
    ),
    TimeFrameKind.MULTIPLE: Text("Nhiều mốc, nhiều kỳ trong năm", "Several milestones or periods"),
    TimeFrameKind.UNKNOWN: Text("Chưa hiểu", "Not understood"),
}


def time_words(frame: TimeFrameOut) -> Text:
    """A yearly day, a last day, or why there is none."""
    if frame.kind in _OPEN:
        return _OPEN[frame.kind]
    if frame.kind is TimeFrameKind.ANNUAL:
        said = Text("Hằng năm", "Every year")
        if frame.due_month and frame.due_day:
            said = Text(
                f"{said.vi}, chậm nhất ngày {_of_every_year(frame.due_day, frame.due_month)}",
                f"{said.en}, by {_of_every_year(frame.due_day, frame.due_month)}",
            )
        return _between(said, frame.starts_on, frame.ends_on)
    if frame.kind is TimeFrameKind.CONTINUOUS:
        said = Text("Thường xuyên, không có thời hạn", "Continuous, without a deadline")
        return _between(said, frame.starts_on, frame.ends_on)
    said = Text(f"Chậm nhất ngày {day_words(frame.ends_on)}", f"By {day_words(frame.ends_on)}")
    return _between(said, frame.starts_on, None)


def _of_every_year(day: int, month: int) -> str:
    """A day of every year as 05/01 or 16/3: days below 10 and months 1 and 2 have a zero."""
    return day_words(date(_LEAP_YEAR, month, day)).rpartition("/")[0]


def _between(said: Text, first: date | None, last: date | None) -> Text:
    if first:
        said = Text(f"{said.vi}, từ ngày {day_words(first)}", f"{said.en}, from {day_words(first)}")
    if last:
        said = Text(f"{said.vi}, đến ngày {day_words(last)}", f"{said.en}, to {day_words(last)}")
    return said

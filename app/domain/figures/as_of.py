"""The day as of which figures are asked for."""

from datetime import date

from app.errors import Fault, InvalidError, Text
from app.official_words import day_words


class DayInFutureError(InvalidError):
    """Figures are as of a day that has come: the future is not known."""

    code = "day_in_future"
    title = Text("Ngày chưa tới", "The day has not come yet")


def day_asked(as_of: date | None, *, today: date, name: str = "as_of") -> date:
    """The day that figures are asked for: *today*, the province's day, unless another is given.

    *name* is that of the query parameter. Raises `DayInFutureError` for a day after *today*.
    """
    if as_of is None or as_of <= today:
        return as_of or today
    text = Text(
        f"Ngày được hỏi không được sau hôm nay ({day_words(today)}).",
        f"{name} can't be after today ({today}).",
    )
    raise DayInFutureError(faults=[Fault(f"?{name}", DayInFutureError.code, text)])

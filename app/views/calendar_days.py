from app.models import CalendarDay
from app.schemas.calendar_days import CalendarDayOut


def calendar_day_out(row: CalendarDay) -> CalendarDayOut:
    """A day that is not what its weekday says."""
    return CalendarDayOut.model_validate(row)

from app.models import CalendarDay
from app.schemas.calendar_days import CalendarDayOut


def calendar_day_out(row: CalendarDay) -> CalendarDayOut:
    """A day that is not what its weekday says."""
    return CalendarDayOut(
        day=row.day,
        kind=row.kind,
        name=row.name,
        basis=row.basis,
        is_seeded=row.is_seeded,
        updated_at=row.updated_at,
    )

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import CalendarDay
from app.queries.submissions.effects import SubmissionEffect
from app.schemas.calendar_days import CalendarDayOut, CalendarDaySetOut
from app.views.submission_effects import effects_out


def calendar_day_out(row: CalendarDay) -> CalendarDayOut:
    """A day off or a working weekend day."""
    return CalendarDayOut.model_validate(row)


async def set_out(
    session: AsyncSession, row: CalendarDay, effects: Sequence[SubmissionEffect], *, dry_run: bool
) -> CalendarDaySetOut:
    """The day that was or would be entered, with the submissions whose due day moves."""
    seen = await effects_out(session, effects)
    return CalendarDaySetOut.of(row, dry_run=dry_run, submission_effects=seen)

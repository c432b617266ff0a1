"""The public holidays of this year and the next, entered where officials entered nothing."""

from datetime import datetime

from app.clock import local_day
from app.db import SessionMaker
from app.domain.regimes.calendar_days import seed_days
from app.domain.regimes.public_holidays import holidays_of_years
from app.logs import get_logger
from app.queries.locks import lock_handovers
from app.queries.regimes.calendar_days import years_with_days

logger = get_logger("tiendo.worker")


async def seed_calendar(sessionmaker: SessionMaker, *, at: datetime) -> int:
    """Enter the holidays of those of the two years that have none; answers the number of days.

    Safe to repeat, also by two workers at once.
    """
    this_year = local_day(at).year
    async with sessionmaker.begin() as session:
        await lock_handovers(session)
        missing = {this_year, this_year + 1} - await years_with_days(session)
        made = 0
        for year in sorted(missing):
            made += await seed_days(session, holidays_of_years(year, year), at=at)
    if made:
        logger.info("calendar_seeded", years=sorted(missing), days=made)
    return made

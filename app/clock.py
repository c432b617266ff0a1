"""The only places that read a clock; everything else is given a moment or a day."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")


def utc_now() -> datetime:
    """The present moment, UTC-aware."""
    return datetime.now(UTC)


# Each rule asks for the day of the same moment.
@lru_cache(maxsize=100)
def local_day(moment: datetime) -> date:
    """The calendar day in the province at *moment*; a day lasts there until its last instant."""
    return moment.astimezone(PROVINCE).date()


def local_midnight(day: date) -> datetime:
    """The moment at which a calendar day begins in the province, in UTC."""
    return datetime.combine(day, time(), PROVINCE).astimezone(UTC)

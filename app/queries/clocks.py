"""Comparing this machine's clock with the database's, which all processes share."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import utc_now
from app.errors import Text

MOST_APART = timedelta(seconds=60)
"""Clocks that differ by more are not both right; tokens have the same leeway."""
NOW = sa.text("select clock_timestamp()")


async def clock_lead(session: AsyncSession) -> timedelta:
    """The time by which this machine's clock is ahead of the database's; negative where it is
    behind.

    It is exact to half of the time that the database takes to answer.
    """
    connection = await session.connection()
    asked = utc_now()
    theirs: datetime = (await connection.execute(NOW)).scalar_one()
    return asked + (utc_now() - asked) / 2 - theirs


def is_wrong(lead: timedelta) -> bool:
    """True where the clock is so far ahead or behind that nothing may be done by it."""
    return abs(lead) > MOST_APART


def wrong_clock(lead: timedelta) -> Text:
    """The sentence that nothing is done by a clock so far off the database's, until it is set
    right."""
    seconds = f"{abs(lead).total_seconds():.0f}"
    vi, en = ("nhanh", "ahead of") if lead > timedelta() else ("chậm", "behind")
    return Text(
        f"Đồng hồ của máy này {vi} hơn đồng hồ của cơ sở dữ liệu {seconds} giây:"
        " hãy chỉnh giờ; trong khi chờ, không việc nào được thực hiện.",
        f"The clock of this machine is {seconds} seconds {en} the database's:"
        " set it right; until then nothing is done.",
    )

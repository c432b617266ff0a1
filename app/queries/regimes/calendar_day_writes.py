"""Writing many calendar days by one statement."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import CalendarDay, CalendarDayKind


async def insert_missing_days(
    session: AsyncSession, rows: Sequence[dict[str, Any]]
) -> list[tuple[uuid.UUID, date, CalendarDayKind]]:
    """Insert those of the rows whose day has none yet; answers id, day and kind of each."""
    made = await session.exec(
        insert(CalendarDay)
        .values(rows)
        .on_conflict_do_nothing(index_elements=[col(CalendarDay.day)])
        .returning(col(CalendarDay.id), col(CalendarDay.day), col(CalendarDay.kind))
    )
    return [(row[0], row[1], row[2]) for row in made]

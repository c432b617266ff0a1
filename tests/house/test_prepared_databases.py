"""Databases that tests copy have statistics by which statements that are planned once stay fast."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole
from app.models import Task
from tests.support.histories import make_lives
from tests.support.sample import Sample

NOTED = sa.text("""
select relname, reltuples from pg_class
where relkind = 'r' and relnamespace = 'public'::regnamespace
""")


async def noted(connection: AsyncConnection) -> dict[str, float]:
    """The number of rows that the planner takes each table to hold; -1 where none is noted."""
    return {name: float(rows) for name, rows in await connection.execute(NOTED)}


async def test_only_tables_with_rows_have_statistics(drafted: Sample) -> None:
    rows = await noted(drafted.connection)

    assert rows["task"] == await drafted.rows(Task)
    # A table that was found empty would be planned for as one that stays empty.
    assert rows["assignment"] == rows["submission"] == -1
    assert 0 not in rows.values()


async def test_histories_are_asked_about_with_statistics(session: AsyncSession) -> None:
    lives = await make_lives(session, 1)

    connection = await session.connection()
    rows = await noted(connection)
    assert rows["assignment"] == len(lives)
    role = await connection.scalar(sa.text("select current_user"))
    assert role == DatabaseRole.SERVICE

"""Many rows by one statement: their number costs neither round trips nor parameters."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession


async def insert_rows(
    session: AsyncSession, table: type[SQLModel], rows: Sequence[dict[str, Any]]
) -> None:
    """Add rows that have the same columns; what they leave out is the database's to fill in."""
    if rows:
        await session.flush()
        statement = _statement(str(table.__tablename__), tuple(rows[0]))
        connection = await session.connection()
        await connection.execute(statement, {"rows": to_json(rows).decode()})


@cache
def _statement(table: str, columns: tuple[str, ...]) -> sa.TextClause:
    names = ", ".join(columns)
    return sa.text(
        f"insert into {table} ({names}) select {names}"  # noqa: S608 - names of our own
        f" from jsonb_populate_recordset(cast(null as {table}), cast(:rows as jsonb))"
    )

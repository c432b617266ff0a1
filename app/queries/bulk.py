"""Many rows by one statement: their number costs neither round trips nor parameters."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

FEW = 100


async def insert_rows(
    session: AsyncSession, table: type[SQLModel], rows: Sequence[dict[str, Any]]
) -> None:
    """Add rows that have the same columns; what they leave out is the database's to fill in."""
    if rows:
        await session.flush()
        first, own = rows[0], _own(rows)
        statement = _statement(str(table.__tablename__), tuple(first), own)
        connection = await session.connection()
        values = {
            "shared": {name: value for name, value in first.items() if name not in own},
            "rows": [{name: row[name] for name in own} for row in rows],
        }
        await connection.execute(
            statement, {name: to_json(value).decode() for name, value in values.items()}
        )


def _own(rows: Sequence[dict[str, Any]]) -> frozenset[str]:
    """The columns in which rows differ: of ten thousand, most are about the same in most.

    Of a few we do not look: each answer is a statement of its own for the database to prepare.
    """
    first = rows[0]
    if len(rows) <= FEW:
        return frozenset(first)
    return frozenset(name for name in first if any(row[name] != first[name] for row in rows))


@cache
def _statement(table: str, columns: tuple[str, ...], own: frozenset[str]) -> sa.TextClause:
    values = ", ".join(f"own.{name}" if name in own else f"shared.{name}" for name in columns)
    return sa.text(
        f"insert into {table} ({', '.join(columns)}) select {values}"  # noqa: S608 - names of our own
        f" from jsonb_populate_record(cast(null as {table}), cast(:shared as jsonb)) as shared,"
        f" jsonb_populate_recordset(cast(null as {table}), cast(:rows as jsonb)) as own"
    )

"""Inserting many rows by one statement: more rows cost neither round trips nor parameters."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models.base import SAME_FOR_ALL

FEW = 100
"""Up to so many rows, columns that are alike are not looked for."""


async def insert_rows(
    session: AsyncSession,
    table: type[SQLModel],
    rows: Sequence[dict[str, Any]],
    *,
    or_ignore: bool = False,
) -> None:
    """Insert rows that have the same columns; those they leave out get the model's defaults.

    *or_ignore*: a row that is there already, by any unique key, stays as it is.
    """
    if rows:
        await session.flush()
        defaults = _defaults(table, rows[0])
        first, own = defaults | rows[0], _own(rows)
        statement = _statement(table, tuple(first), own, or_ignore)
        connection = await session.connection()
        values = {
            "shared": {name: value for name, value in first.items() if name not in own},
            "rows": [{name: row[name] for name in own} for row in rows],
        }
        await connection.execute(
            statement, {name: to_json(value).decode() for name, value in values.items()}
        )


def _defaults(table: type[SQLModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """The model's defaults of the columns that are not *given*, the same for all rows."""
    columns = table.__table__.columns  # type: ignore[attr-defined]  # SQLModel does not declare it
    return {
        column.name: column.default.arg(None) if column.default.is_callable else column.default.arg
        for column in columns
        if column.default is not None and column.name not in given
    }


def _own(rows: Sequence[dict[str, Any]]) -> frozenset[str]:
    """The columns in which the rows differ: most of ten thousand rows are alike in most columns.

    For a few rows all columns count as different, since each set of columns is one more statement
    for the database to prepare.
    """
    first = rows[0]
    if len(rows) <= FEW:
        return frozenset(first)
    return frozenset(name for name in first if any(row[name] != first[name] for row in rows))


@cache
def _asked_once(table: type[SQLModel]) -> tuple[tuple[str, str], ...]:
    """Columns whose default the database gives, one for all rows of a transaction, and that."""
    columns = table.__table__.columns  # type: ignore[attr-defined]  # SQLModel does not declare it
    return tuple(
        (column.name, column.server_default.arg.text)
        for column in columns
        if SAME_FOR_ALL in column.info
    )


@cache
def _statement(
    model: type[SQLModel], columns: tuple[str, ...], own: frozenset[str], or_ignore: bool
) -> sa.TextClause:
    table, asked_once = model.__tablename__, _asked_once(model)
    into = [*columns, *(name for name, _ in asked_once)]
    values = [f"own.{name}" if name in own else f"shared.{name}" for name in columns]
    values += [f"(select {default})" for _, default in asked_once]
    # As json, not jsonb: rows are taken apart once, and jsonb would be made of them for nothing.
    return sa.text(
        f"insert into {table} ({', '.join(into)}) select {', '.join(values)}"
        f" from json_populate_record(cast(null as {table}), cast(:shared as json)) as shared,"
        f" json_populate_recordset(cast(null as {table}), cast(:rows as json)) as own"
        + (" on conflict do nothing" if or_ignore else "")
    )

"""Rows as most reads answer them: one that must be there, or many by their parent."""

from collections.abc import Iterable
from typing import Any, TypeVar, TypeVarTuple, overload
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from app.errors import NotFoundError, Text

Selected = TypeVar("Selected")
Columns = TypeVarTuple("Columns")


@overload
async def one_of(
    session: AsyncSession, statement: SelectOfScalar[Selected], missing: Text, **parameters: Any
) -> Selected:
    """The one row of a statement that selects one thing."""


@overload
async def one_of(
    session: AsyncSession, statement: Select[*Columns], missing: Text, **parameters: Any
) -> tuple[*Columns]:
    """The one row of a statement that selects several."""


async def one_of(session: AsyncSession, statement: Any, missing: Text, **parameters: Any) -> Any:
    """The one row of a statement; raises `NotFoundError` with this sentence if there is none."""
    row = (await session.exec(statement, params=parameters)).one_or_none()
    if row is None:
        raise NotFoundError(missing)
    return row


def is_any_found(statement: Any) -> sa.ColumnElement[bool]:
    """The condition that the *statement* finds a row, asked of each row by index.

    PostgreSQL may put together all that the statement finds of any row first otherwise, however few
    are asked.
    """
    found: sa.ColumnElement[bool] = statement.offset(sa.literal_column("0")).exists()
    return found


def locked(statement: SelectOfScalar[Selected]) -> SelectOfScalar[Selected]:
    """The statement's rows as they are once nobody else changes them, locked until the transaction
    ends. Their keys stay free: what refers to them is written meanwhile."""
    return statement.with_for_update(key_share=True).execution_options(populate_existing=True)


def grouped(
    ids: Iterable[UUID], pairs: Iterable[tuple[UUID, Selected]]
) -> dict[UUID, list[Selected]]:
    """The rows of each id, in their order; an id without any has an empty list."""
    groups: dict[UUID, list[Selected]] = {one: [] for one in ids}
    for key, row in pairs:
        groups[key].append(row)
    return groups

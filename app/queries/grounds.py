"""The rows of a list that an agency may read, looked up where they are few.

An agency reads a row on one of several grounds, of which PostgreSQL cannot tell how many rows each
admits: it tries the rows of a whole province in the order of the list until a page is full. For an
agency that reads few of them that is all. So the rows are looked up first, each ground by its
index. The condition of the list decides on each of them as before.
"""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.lists import StatementForm
from app.queries.submissions.readable import TODAY, looked_up

FEW = 1000
"""The most rows that are looked up for a page. Of any more a page is soon full."""
READABLE = looked_up(StatementForm((), "id", goes_on=False), TODAY)
OF_READABLE = """
(select id from ({grounds}) looked_up
  where (select how from reads) <> 'many' limit :few)
union all
select null from reads where how = 'many'"""


def on_grounds(*grounds: str) -> sa.TextClause:
    """The statement of the ids that queries of `id` find, each on one ground, for the agency
    `:mine`; up to `:few` of them."""
    return sa.text(f"select id from ({_all_of(grounds)}) looked_up limit :few")


def on_grounds_of_assignments(*grounds: str) -> sa.TextClause:
    """The same of queries that may name `readable`, the assignments whose submissions the agency
    may read; a null id where these are too many to be looked up. `:rows` is the size of a page."""
    return sa.text(READABLE + OF_READABLE.format(grounds=_all_of(grounds)))


def _all_of(grounds: tuple[str, ...]) -> str:
    return "\n  union all\n".join(grounds)


async def among_few(
    session: AsyncSession, column: Any, grounds: sa.Executable, **parameters: Any
) -> sa.ColumnElement[bool]:
    """The condition that the id in *column* is among those that the statement *grounds* finds with
    these *parameters*; true where they are many."""
    rows = await (await session.connection()).execute(grounds, parameters | {"few": FEW + 1})
    ids: list[uuid.UUID | None] = list(rows.scalars())
    if len(ids) > FEW or None in ids:
        return sa.true()
    is_looked_up: sa.ColumnElement[bool] = column == sa.any_(
        sa.bindparam("looked_up", ids, type_=ARRAY(sa.Uuid()))
    )
    return is_looked_up

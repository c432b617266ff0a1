"""The rows of a list that an agency may read, looked up where they are few.

An agency reads a row on one of several grounds, of which PostgreSQL cannot tell how many rows each
admits: it tries the rows of a whole province in the order of the list until a page is full. For an
agency that reads few of them that is all. So the rows are looked up first, each ground by its
index. The condition of the list decides on each of them as before.
"""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.lists import StatementForm
from app.queries.submissions.readable import TODAY, looked_up

FEW = 1000
"""The most rows that are looked up for a page. Of any more a page is soon full."""
UNION = "\n  union all\n"
READABLE = looked_up(StatementForm((), "id", goes_on=False), TODAY)
# Assignments are looked up only if the other grounds find less than enough.
OF_READABLE = """select id from (
{grounds}
) of_readable where (select how from reads) <> 'many'
  union all
select null from reads where how = 'many'"""


def on_grounds(*grounds: str, of_readable: Sequence[str] = ()) -> sa.TextClause:
    """The statement of the ids that queries of `id` find, each on one ground, for the agency
    `:mine`; up to `:few` of them.

    Those *of_readable* may name `readable`, the assignments whose submissions the agency may read,
    or that were `once_filed`. Where these are too many to be looked up, an id is null. They are
    looked up for a page of `:rows`.
    """
    if not of_readable:
        return sa.text(_first(grounds))
    readable = OF_READABLE.format(grounds=UNION.join(of_readable))
    return sa.text(READABLE + _first((*grounds, readable)))


def _first(grounds: Sequence[str]) -> str:
    return f"select id from (\n{UNION.join(grounds)}\n) looked_up limit :few"


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

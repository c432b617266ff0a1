"""The rows of a list that an agency may read, looked up where they are few.

An agency reads a row on one of several grounds, of which PostgreSQL cannot tell how many rows each
admits: it tries the rows of a whole province in the order of the list until a page is full. For an
agency that reads few of them that is all. So the rows are looked up first, each ground by its
index. The condition of the list decides on each of them as before.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.queries.lists import Listing, PageRequest, StatementForm
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


@dataclass(frozen=True, slots=True)
class Grounds:
    """The grounds on which an agency may read rows of a list, whose ids stand in *column*.

    The *statement* finds the ids of at least all rows that the agency `:mine` may read, up to
    `:few` of them; a null id where there are too many to be looked up for a page of `:rows`.
    """

    listing: Listing
    column: Any
    statement: sa.TextClause

    async def among_few(
        self, session: AsyncSession, principal: Principal, asked: PageRequest
    ) -> sa.ColumnElement[bool]:
        """The condition that a row is among those that the caller's agency may read; true where
        they are many, or the filters leave few rows anyway."""
        if self.listing.is_selective(asked.form):
            return sa.true()
        parameters = {"mine": principal.agency_id, "rows": asked.limit + 1, "few": FEW + 1}
        rows = await (await session.connection()).execute(self.statement, parameters)
        ids: list[uuid.UUID | None] = list(rows.scalars())
        if len(ids) > FEW or None in ids:
            return sa.true()
        is_looked_up: sa.ColumnElement[bool] = self.column == sa.any_(
            sa.bindparam("looked_up", ids, type_=ARRAY(sa.Uuid()))
        )
        return is_looked_up


def on_grounds(
    listing: Listing, column: Any, *grounds: str, of_readable: Sequence[str] = ()
) -> Grounds:
    """Each ground is SQL that selects the ids of rows which the agency `:mine` may read on it.

    Those *of_readable* may name the table `readable`: the assignments whose submissions the agency
    may read, all of them or only those that were `once_filed`.
    """
    if not of_readable:
        return Grounds(listing, column, sa.text(_first(grounds)))
    readable = OF_READABLE.format(grounds=UNION.join(of_readable))
    return Grounds(listing, column, sa.text(READABLE + _first((*grounds, readable))))


def _first(grounds: Sequence[str]) -> str:
    return f"select id from (\n{UNION.join(grounds)}\n) looked_up limit :few"

"""Filters, orders and pages of lists.

A list names its conditions and its orders in SQL, under the names of its query parameters. A page
begins after the key of the last row before it, never after a count of rows: rows that are inserted
meanwhile move nothing.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

ListedRow = TypeVar("ListedRow")
MAX_PAGE = 200
"""The number of rows of the largest page that a caller may ask for."""
SEPARATOR = "\x1f"
"""Stands between the parts of a key; no value that lists are sorted by holds it."""


class SortPart(NamedTuple):
    """One expression of an order: SQL that is never null, and its type in PostgreSQL."""

    sql: str
    type: str


class StatementForm(NamedTuple):
    """The properties on which the SQL of a list depends: the names of its conditions, its order,
    whether the page begins after a key, the conditions that are given one of the words they take,
    and whether it is a page as callers ask for one, of few rows."""

    names: tuple[str, ...]
    order: str
    goes_on: bool
    single: frozenset[str] = frozenset()
    is_page: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class Listing:
    """The conditions and the orders of a list, by the names of its query parameters.

    The last part of each order is unique among the rows. The first order is the default one, unless
    `usual` names another. `{row}` stands for the listed row where a statement has several names
    for it.

    Whatever the value of a `selective` condition, an index finds the few rows for which it holds.
    Nearly all rows fulfil a `broad` one. `found_by_index` names, by order, the conditions of each
    of which the same index is best whatever the value is, mostly since it has the rows in order.
    """

    conditions: Mapping[str, str]
    orders: Mapping[str, tuple[SortPart, ...]]
    usual: str | None = None
    selective: frozenset[str] = frozenset()
    broad: frozenset[str] = frozenset()
    found_by_index: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def default(self) -> str:
        """The order of a list where the caller asks for none."""
        return self.usual or next(iter(self.orders))

    def is_selective(self, form: StatementForm) -> bool:
        """True if a condition leaves few rows, whatever its value."""
        return not self.selective.isdisjoint(form.names)

    def is_planned_once(self, form: StatementForm) -> bool:
        """True if the rows of a page are found by the same index whatever the values are.

        PostgreSQL need not look at them then for its plan, which often takes longer than the page.
        Of any other condition it finds a frequent value on its way through an index of the order,
        and a rare one by an index of its own.
        """
        if not form.is_page:
            return False
        if self.is_selective(form):
            return True
        narrowing = set(form.names) - self.broad
        if len(narrowing) > 1:
            return False
        return narrowing <= self.found_by_index.get(form.order.lstrip("-"), frozenset())


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A caller's request for one page: the values of its filters, and an order, which `-name` turns
    round."""

    filters: Mapping[str, Any]
    order: str
    after: tuple[str, ...] | None
    limit: int

    @property
    def form(self) -> StatementForm:
        """The request without its values."""
        single = frozenset(
            name
            for name, value in self.filters.items()
            if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], str)
        )
        return StatementForm(
            tuple(self.filters), self.order, self.after is not None, single, self.limit <= MAX_PAGE
        )

    def within(self, **filters: Any) -> "PageRequest":
        """The same list, narrowed by these filters first."""
        return PageRequest({**filters, **self.filters}, self.order, self.after, self.limit)

    def parameters(self) -> dict[str, Any]:
        """The values that the clauses name; one row beyond the limit shows whether more follow."""
        after = {f"after_{number}": part for number, part in enumerate(self.after or ())}
        return {**self.filters, **after, "rows": self.limit + 1}


class Clauses(NamedTuple):
    """SQL of a list: the condition, the order, and the key after which the next page begins."""

    where: str
    order_by: str
    key: str


class FoundPage(NamedTuple, Generic[ListedRow]):
    """The rows of a page, and the key of the last one if more rows follow."""

    rows: list[ListedRow]
    last: str | None


@lru_cache(maxsize=1000)
def list_clauses(listing: Listing, form: StatementForm, *, row: str = "") -> Clauses:
    """The SQL clauses of a request; *row* is the name that the statement gives the listed row."""
    parts = [
        SortPart(part.sql.format(row=row), part.type)
        for part in listing.orders[form.order.lstrip("-")]
    ]
    conditions = [_condition(listing, name, form).format(row=row) for name in form.names]
    turned = form.order.startswith("-")
    if form.goes_on:
        columns = ", ".join(part.sql for part in parts)
        values = ", ".join(
            f"cast(cast(:after_{number} as text) as {part.type})"
            for number, part in enumerate(parts)
        )
        conditions.append(f"({columns}) {'<' if turned else '>'} ({values})")
    return Clauses(
        " and ".join(f"({condition})" for condition in conditions) or "true",
        ", ".join(f"{part.sql} desc" if turned else part.sql for part in parts),
        f"concat_ws(e'\\x1f', {', '.join(part.sql for part in parts)})",
    )


def first_rows(select: str, *, planned_once: bool) -> str:
    """SQL of the first `:rows` of the rows that *select* has in its order.

    PostgreSQL that plans once does not know how many `:rows` are, and would put all of them in
    order. By the literal limit it learns that they are few, and takes an index of the order.
    """
    if planned_once:
        return f"select * from ({select} limit {MAX_PAGE + 1}) first limit :rows"
    return f"{select} limit :rows"


def _condition(listing: Listing, name: str, form: StatementForm) -> str:
    """The SQL of a condition. Where one word is given, an index on the column goes on in the order
    of its other columns, which it does not for one of several."""
    condition = listing.conditions[name]
    if name in form.single:
        return condition.replace(f"= any(:{name})", f"= (cast(:{name} as text[]))[1]")
    return condition


async def read_page(
    session: AsyncSession,
    statement: Any,
    listing: Listing,
    asked: PageRequest,
    make: Callable[..., ListedRow],
    **parameters: Any,
) -> FoundPage[ListedRow]:
    """Read a page of the objects that *make* builds from the columns that *statement* selects. The
    statement may name *parameters*."""
    sql = list_clauses(listing, asked.form)
    statement = (
        statement.add_columns(sa.literal_column(sql.key, sa.Text))
        .where(sa.text(sql.where))
        .order_by(sa.text(sql.order_by))
        .limit(sa.bindparam("rows", type_=sa.Integer))
    )
    rows = await session.exec(statement, params={**asked.parameters(), **parameters})
    page = cut_page(rows.all(), asked)
    return FoundPage([make(*row[:-1]) for row in page.rows], page.last)


async def read_rows(
    session: AsyncSession,
    table: type[ListedRow],
    listing: Listing,
    asked: PageRequest,
    *where: sa.ColumnElement[bool],
    **parameters: Any,
) -> FoundPage[ListedRow]:
    """Read a page of the rows of one table for which all of *where* holds."""
    return await read_page(
        session, Select(table).where(*where), listing, asked, first, **parameters
    )


def first(row: ListedRow, *_: object) -> ListedRow:
    """The first of the columns that a statement selects."""
    return row


def cut_page(
    rows: Sequence[ListedRow], asked: PageRequest, key: Callable[[Any], str] = itemgetter(-1)
) -> FoundPage[ListedRow]:
    """The page of *rows*, of which up to one more than the limit was read; *key* reads the key of
    a row, which is its last column unless another is named."""
    last = key(rows[asked.limit - 1]) if len(rows) > asked.limit else None
    return FoundPage(list(rows[: asked.limit]), last)


def key_parts(listing: Listing, order: str, parts: Sequence[str]) -> tuple[str, ...]:
    """The parts of a key that a caller sent, as PostgreSQL reads them; raises `ValueError`."""
    kinds = [part.type for part in listing.orders[order.lstrip("-")]]
    return tuple(PART_READERS[kind](part) for kind, part in zip(kinds, parts, strict=True))


def _text(part: str) -> str:
    if "\0" in part:
        raise ValueError(part)
    return part.encode().decode()


def _integer(part: str) -> str:
    if re.fullmatch("-?[0-9]{1,9}", part) is None:
        raise ValueError(part)
    return part


def _date(part: str) -> str:
    # The driver stores the first and the last day that Python knows as these two.
    return part if part in ("infinity", "-infinity") else str(date.fromisoformat(part))


PART_READERS: dict[str, Callable[[str], str]] = {
    "date": _date,
    "integer": _integer,
    "text": _text,
    "timestamptz": lambda part: datetime.fromisoformat(part).isoformat(),
    "uuid": lambda part: str(uuid.UUID(part)),
}

"""Pages of any list: together they are the list, once each, in its order."""

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.lists import (
    SEPARATOR,
    Listing,
    PageRequest,
    SortPart,
    cut_page,
    key_parts,
    list_clauses,
)

ID = SortPart("{row}.id", "uuid")
THINGS = Listing(
    conditions={"size": "{row}.size = any(:size)", "code": "{row}.code = :code"},
    orders={
        "id": (ID,),
        "day": (SortPart("coalesce({row}.day, 'infinity')", "date"), ID),
        "code": (SortPart('{row}.code collate "C"', "text"), ID),
        "moment": (SortPart("{row}.moment", "timestamptz"), ID),
        "size": (SortPart("{row}.size", "integer"), SortPart('{row}.code collate "C"', "text"), ID),
    },
)
SORT_BY = {
    "id": lambda row: (row["id"],),
    "day": lambda row: (row["day"] or date.max, row["id"]),
    "code": lambda row: (row["code"], row["id"]),
    "moment": lambda row: (row["moment"], row["id"]),
    "size": lambda row: (row["size"], row["code"], row["id"]),
}
# Few values of each, so that most are borne by several rows.
ROWS = st.fixed_dictionaries(
    {
        "id": st.uuids(),
        "day": st.sampled_from([None, date(1, 1, 1), date(2024, 12, 31), date.max]),
        "code": st.sampled_from(["", "A", "a", "B-1", "Đ", "É", "Ý “x”, z"]),
        "moment": st.datetimes(
            min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - Hypothesis wants it so
            max_value=datetime(1970, 1, 1, 0, 0, 0, 3),  # noqa: DTZ001 - as above
            timezones=st.just(UTC),
        ),
        "size": st.integers(-2, 2),
    }
)
ORDERS = st.builds(
    lambda turned, name: turned + name, st.sampled_from(["", "-"]), st.sampled_from(list(SORT_BY))
)
INSERT = sa.text("insert into thing values (:id, :day, :code, :moment, :size)")


@pytest.fixture
async def things(session: AsyncSession) -> AsyncSession:
    """A table of nothing in particular."""
    connection = await session.connection()
    await connection.execute(
        sa.text(
            "create temporary table thing (id uuid primary key, day date, code text not null,"
            " moment timestamptz not null, size int not null) on commit drop"
        )
    )
    return session


async def store(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    if rows:
        await (await session.connection()).execute(INSERT, rows)


async def one_page(session: AsyncSession, asked: PageRequest) -> tuple[list[uuid.UUID], str | None]:
    sql = list_clauses(THINGS, asked.form, row="t")
    statement = sa.text(
        f"select t.id, {sql.key} as key from thing t where {sql.where}"
        f" order by {sql.order_by} limit :rows"
    )
    rows = await (await session.connection()).execute(statement, asked.parameters())
    page = cut_page(rows.all(), asked)
    return [row.id for row in page.rows], page.last


def in_order(rows: list[dict[str, Any]], order: str) -> list[uuid.UUID]:
    key = SORT_BY[order.lstrip("-")]
    return [row["id"] for row in sorted(rows, key=key, reverse=order.startswith("-"))]


@pytest.mark.anyio  # what Hypothesis makes of it is no coroutine function
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None
)
@given(
    rows=st.lists(ROWS, max_size=9, unique_by=lambda row: row["id"]),
    later=st.lists(ROWS, max_size=9, unique_by=lambda row: row["id"]),
    order=ORDERS,
    limit=st.integers(1, 5),
)
async def test_pages_are_the_list_once_each_though_rows_come_meanwhile(
    things: AsyncSession,
    rows: list[dict[str, Any]],
    later: list[dict[str, Any]],
    order: str,
    limit: int,
) -> None:
    await (await things.connection()).execute(sa.text("truncate thing"))
    await store(things, rows)
    ids = {row["id"] for row in rows}
    later = [row for row in later if row["id"] not in ids]
    stored, seen, after, last_shown = list(rows), [], None, 0
    while True:
        asked = PageRequest({}, order, after, limit)
        found, last = await one_page(things, asked)
        seen += found
        if last is None:
            break
        assert len(found) == limit
        after = key_parts(THINGS, order, last.split(SEPARATOR))
        # One row comes between any two pages, before or behind the place that was reached.
        await store(things, later[last_shown : last_shown + 1])
        stored += later[last_shown : last_shown + 1]
        last_shown += 1

    everything = in_order(stored, order)
    assert len(seen) == len(set(seen))
    assert seen == [one for one in everything if one in set(seen)]
    assert [one for one in seen if one in ids] == in_order(rows, order)


async def test_rows_are_narrowed_by_all_that_is_asked(things: AsyncSession) -> None:
    rows = [
        {
            "id": uuid.UUID(int=n),
            "day": None,
            "code": code,
            "moment": datetime(2024, 1, 1, tzinfo=UTC),
            "size": size,
        }
        for n, (code, size) in enumerate([("A", 1), ("A", 2), ("B", 1), ("A", 3)])
    ]
    await store(things, rows)

    found, last = await one_page(things, PageRequest({"size": [1, 2], "code": "A"}, "id", None, 5))

    assert ([one.int for one in found], last) == ([0, 1], None)


@pytest.mark.parametrize(
    ("order", "parts"),
    [
        ("id", []),
        ("id", ["1"]),
        ("id", [str(uuid.uuid4()), "1"]),
        ("day", ["2024-02-30", str(uuid.uuid4())]),
        ("day", ["yesterday", str(uuid.uuid4())]),
        ("code", ["A\0", str(uuid.uuid4())]),
        ("code", ["\ud800", str(uuid.uuid4())]),
        ("moment", ["now", str(uuid.uuid4())]),
        ("size", ["99999999999", "A", str(uuid.uuid4())]),
    ],
)
def test_a_key_that_no_row_has_is_refused(order: str, parts: list[str]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - that it is one is all that is promised
        key_parts(THINGS, order, parts)

"""The database's plan of reading the submissions that open assignments of a plan owe."""

import uuid
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole
from app.queries.submissions.owing import owing_assignments
from tests.support.transactions import work_as


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def test_it_is_looked_up_by_ids_also_where_no_row_was_counted_yet(
    session: AsyncSession,
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        asked.append((statement, values))

    connection = await session.connection()
    # Emptied, the tables are as new; else they may have been analyzed since this database was made.
    await work_as(session, None)
    await connection.exec_driver_sql("truncate submission, assignment cascade")
    await work_as(session, DatabaseRole.SERVICE)
    sa.event.listen(connection.sync_connection, "before_cursor_execute", note)
    await owing_assignments(session, uuid.uuid4())
    sa.event.remove(connection.sync_connection, "before_cursor_execute", note)
    [(statement, values)] = asked
    said = await connection.exec_driver_sql(f"explain (format json) {statement}", values)
    [top] = said.scalar_one()

    found = [one for one in nodes(top["Plan"]) if one.get("Relation Name") == "submission"]
    assert len(found) == 3
    # Grouped or read from end to end, they would be so anew for each assignment.
    assert "Seq Scan" not in {one["Node Type"] for one in found}
    assert [one for one in nodes(top["Plan"]) if one["Node Type"] == "Aggregate"] == []

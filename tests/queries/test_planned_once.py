"""Pages that PostgreSQL plans once: an index has their rows in their order, whatever is asked."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.queries.assignments.assignments_json import (
    ASSIGNMENTS,
    Viewpoint,
    list_assignments_json,
    page_of_assignments_json,
)
from app.queries.lists import MAX_PAGE, Listing, PageRequest, list_clauses
from app.queries.submissions.submissions import SUBMISSIONS
from app.queries.submissions.submissions_json import list_submissions_json

SOME_ID = uuid.UUID(int=7)
DAY = date(2026, 3, 31)
ROWS = {
    "assignment": ("a", "assignment a"),
    "submission": (
        "",
        "submission join assignment on assignment.id = submission.assignment_id"
        " join plan on plan.id = assignment.plan_id",
    ),
}
LISTINGS: dict[str, Listing] = {"assignment": ASSIGNMENTS, "submission": SUBMISSIONS}
VALUES: dict[str, Any] = {
    "is_there": True,
    "plan": SOME_ID,
    "agency": SOME_ID,
    "task": SOME_ID,
    "assignment": SOME_ID,
    "is_late": True,
    "status": ["expected"],
    "period": "2026",
}
ORDERS = [(table, order) for table, listing in LISTINGS.items() for order in listing.orders]
INDEXED = [
    (table, order, name)
    for table, listing in LISTINGS.items()
    for order, names in listing.found_by_index.items()
    for name in sorted(names)
]


class Plans:
    """Takes the place of a reader, to learn how statements would be planned."""

    def __init__(self) -> None:
        self.by_value: list[bool] = []
        self.texts: list[str] = []

    async def fetch(
        self,
        statement: sa.TextClause,
        _: Mapping[str, Any] | None = None,
        *,
        by_value: bool = False,
    ) -> Sequence[Any]:
        """The row of an empty page, once it is noted how its rows would be found."""
        self.by_value.append(by_value)
        self.texts.append(str(statement))
        return [SimpleNamespace(body=None, key=None)]


async def nodes(session: AsyncSession, sql: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes of the plan of a query that is given any index rather than sort."""
    connection = await session.connection()
    for name in ("sort", "seqscan", "bitmapscan"):
        await connection.execute(sa.text(f"set local enable_{name} = off"))
    text = await connection.scalar(sa.text(f"explain (format json) {sql}"), given)
    waiting = [entry["Plan"] for entry in (json.loads(text) if isinstance(text, str) else text)]
    found = []
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += node.get("Plans", [])
    return found


async def plan_of_page(
    session: AsyncSession, table: str, order: str, **filters: Any
) -> list[dict[str, Any]]:
    row, rows = ROWS[table]
    asked = PageRequest(filters, order, None, MAX_PAGE)
    sql = list_clauses(LISTINGS[table], asked.form, row=row)
    text = (
        f"select {row or table}.id from {rows} where {sql.where}"
        f" order by {sql.order_by} limit :rows"
    )
    given = {name: value for name, value in asked.parameters().items() if f":{name}" in text}
    return await nodes(session, text, given)


@pytest.mark.parametrize("turned", ["", "-"])
@pytest.mark.parametrize(("table", "order"), ORDERS)
async def test_an_index_has_all_rows_in_each_order(
    session: AsyncSession, table: str, order: str, turned: str
) -> None:
    found = await plan_of_page(session, table, turned + order)

    # The tasks of a plan are put in order plan by plan: the index has the plans.
    assert "Sort" not in {node["Node Type"] for node in found}


@pytest.mark.parametrize(("table", "order", "name"), INDEXED)
async def test_an_index_has_the_rows_of_a_filter_in_the_order_for_which_it_is_said(
    session: AsyncSession, table: str, order: str, name: str
) -> None:
    found = await plan_of_page(session, table, order, **{name: VALUES[name]})

    assert any("Index Cond" in node and "Index Name" in node for node in found)
    # The tasks of one plan are put in order once its rows are found.
    assert order == "task" or "Sort" not in {node["Node Type"] for node in found}


@pytest.mark.parametrize(
    ("filters", "order", "by_value"),
    [
        ({}, "id", False),
        ({}, "-updated_at", False),
        ({}, "received_on", False),
        ({"task": SOME_ID}, "due_on", False),
        ({"assignment": SOME_ID, "status": ["expected"]}, "due_on", False),
        ({"is_late": True}, "id", False),
        ({"is_late": True}, "due_on", True),
        ({"is_late": True, "period": "2026"}, "id", True),
        ({"plan": SOME_ID}, "id", False),
        ({"plan": SOME_ID, "agency": SOME_ID}, "-due_on", False),
        ({"plan": SOME_ID, "status": ["expected"]}, "id", True),
        ({"status": ["expected"]}, "id", True),
    ],
)
async def test_submissions_are_planned_for_values_only_where_these_decide(
    filters: dict[str, Any], order: str, by_value: bool
) -> None:
    principal = Principal(SOME_ID, SOME_ID, frozenset({Role.REPORTER}))
    plans = Plans()

    await list_submissions_json(plans, principal, PageRequest(filters, order, None, 50), day=DAY)

    assert plans.by_value == [by_value]
    assert (f"limit {MAX_PAGE + 1}" in plans.texts[0]) is not by_value


@pytest.mark.parametrize("name", ["plan", "agency"])
async def test_whoever_reads_all_submissions_has_a_filter_planned_for_its_value(name: str) -> None:
    principal = Principal(SOME_ID, SOME_ID, frozenset({Role.SUPERVISOR}))
    plans, asked = Plans(), PageRequest({name: SOME_ID}, "id", None, 50)

    await list_submissions_json(plans, principal, asked, day=DAY)

    assert plans.by_value == [True]


@pytest.mark.parametrize(
    ("filters", "order", "by_value"),
    [
        ({}, "deadline_on", False),
        ({"is_there": True}, "task", False),
        ({"is_there": True, "plan": SOME_ID}, "-id", False),
        ({"is_there": True, "plan": SOME_ID}, "deadline_on", True),
        ({"is_there": True, "plan": SOME_ID, "agency": SOME_ID}, "id", True),
        ({"agency": SOME_ID}, "id", False),
        ({"agency": SOME_ID}, "task", True),
        ({"task": SOME_ID, "agency": SOME_ID}, "deadline_on", False),
        ({"status": ["expected"]}, "id", True),
    ],
)
async def test_assignments_are_planned_for_values_only_where_these_decide(
    filters: dict[str, Any], order: str, by_value: bool
) -> None:
    view = Viewpoint(
        SOME_ID, reports=True, issues=False, coordinates=False, day=DAY, is_past=False,
        due_soon_days=7,
    )  # fmt: skip
    plans, asked = Plans(), PageRequest(filters, order, None, 50)

    await list_assignments_json(plans, view, asked)

    assert plans.by_value == [by_value]
    await page_of_assignments_json(plans, view, asked)
    assert plans.by_value == [by_value, by_value]


async def test_rows_that_are_no_page_are_planned_for_the_values() -> None:
    view = Viewpoint(
        SOME_ID, reports=True, issues=False, coordinates=False, day=DAY, is_past=False,
        due_soon_days=7,
    )  # fmt: skip
    plans = Plans()

    await list_assignments_json(
        plans, view, PageRequest({"plan": SOME_ID}, "task", None, MAX_PAGE + 1)
    )

    assert plans.by_value == [True]
    assert f"limit {MAX_PAGE + 1}" not in plans.texts[0]

"""A page that comes as one text is the page whose assignments come one by one."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from app.auth.principal import Role
from app.clock import local_day, utc_now
from app.queries.assignments import assignments_json as queries
from app.queries.lists import SEPARATOR, PageRequest
from tests.support.sample import Sample, principal_of
from tests.support.sample_facts import FOREIGN_AFFAIRS

MANY = 1_000


def requests(narrowed: dict[str, Any], count: int) -> list[PageRequest]:
    """Pages of every order, that end before, with and behind the last of *count* assignments."""
    orders = [sign + name for sign, name in product(("", "-"), queries.ASSIGNMENTS.orders)]
    limits = (1, 7, count - 1, count, count + 1)
    return [PageRequest(narrowed, order, None, limit) for order, limit in product(orders, limits)]


@pytest.mark.parametrize("days_ago", [0, 1])
async def test_one_text_is_all_rows_in_order(issued: Sample, days_ago: int) -> None:
    today = local_day(utc_now())
    principal = principal_of(await issued.client(FOREIGN_AFFAIRS, Role.REPORTER))
    view = queries.Viewpoint.of(
        principal, today - timedelta(days=days_ago), today=today, due_soon_days=30
    )

    owed = {"agency": principal.agency_id}

    async def pages(asked: PageRequest) -> tuple[Any, Any]:
        rows, last = await queries.list_assignments_json(issued.session, view, asked)
        whole = await queries.page_of_assignments_json(issued.session, view, asked)
        joined = ",".join(row.body for row in rows)
        return ([joined] if rows else [], last), tuple(whole)

    everything, _ = await queries.list_assignments_json(
        issued.session, view, PageRequest(owed, "id", None, MANY)
    )
    assert 7 < len(everything) < MANY
    for asked in requests(owed, len(everything)):
        expected, found = await pages(asked)
        assert found == expected
        if expected[1] is not None:
            after = tuple(expected[1].split(SEPARATOR))
            expected, found = await pages(PageRequest(owed, asked.order, after, asked.limit))
            assert found == expected
    expected, found = await pages(PageRequest({"ids": []}, "id", None, 1))
    assert found == expected == ([], None)

"""Counting reports in the real database: what it says of any day is what a slow loop says."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.figures import reporting as domain
from app.models import AssigneeRole
from app.queries.figures import reporting as queries
from tests.support.asked_histories import make_all_reports
from tests.support.histories import DAYS
from tests.support.slow_reporting import known, slow, slow_tree

LATER = [DAYS[-1] + timedelta(days) for days in (1, 100, 300, 700)]


async def fast(
    session: AsyncSession, by: queries.ReportingDivision, day: date, **narrowed: Any
) -> tuple[dict[str, Any], dict[Any, dict[str, Any]]]:
    total, groups = await queries.count_submissions(
        session, queries.ReportingQuery(by, day, narrowed, after=0, limit=200)
    )
    answer = domain.reporting_figures(total, groups)
    return answer["total"], {group["key"]: group["reporting"] for group in answer["groups"]}


@pytest.mark.parametrize("seed", range(2))
async def test_a_plans_figures_of_any_day_are_what_a_slow_loop_counts(
    session: AsyncSession, seed: int
) -> None:
    reports = await make_all_reports(session, seed)
    plan_id = reports[0].life.task.plan_id
    own = [told for told in reports if told.life.task.plan_id == plan_id]

    for day in (*DAYS, *LATER):
        rows = known(own, day)
        for by in ("agency", "task", "period"):
            assert slow(rows, by, day) == await fast(session, by, day, plan_id=plan_id)
        for role in AssigneeRole:
            part = [(told, held) for told, held in rows if held.role == role]
            found = await fast(session, "task", day, plan_id=plan_id, role=role)
            assert slow(part, "task", day) == found


async def test_figures_over_all_plans_are_what_a_slow_loop_counts(session: AsyncSession) -> None:
    reports = await make_all_reports(session, 21)

    for day in (*DAYS, *LATER):
        rows = known(reports, day)
        for by in ("plan", "agency", "period"):
            found = await fast(session, by, day)
            assert slow(rows, by, day) == found
        part = [(told, held) for told, held in rows if told.submission.period == "2024-H1"]
        assert slow(part, "plan", day) == await fast(session, "plan", day, period="2024-H1")
        _, agencies = await fast(session, "agency", day)
        for key in list(agencies.keys() - {None})[:3]:
            total, _ = await fast(session, "plan", day, agency_id=key)
            assert total == agencies[key]


async def test_what_is_tried_here_is_all_that_can_happen(session: AsyncSession) -> None:
    reports = await make_all_reports(session, 21)
    seen: defaultdict[str, int] = defaultdict(int)
    for day in (*DAYS, *LATER):
        total = slow_tree(known(reports, day), day)
        late = total["expected"]["not_filed"]["overdue"]
        for part in (total, total["expected"]["filed"], late, total["not_due"], total["review"]):
            for name, value in part.items():
                seen[name] += value if isinstance(value, int) else 0
        seen["due_today"] += total["expected"]["not_filed"]["due_today"]

    assert any(len(told.moves) > 1 for told in reports)
    never = {name for name, count in seen.items() if not count}
    assert never == {"expected", "not_due", "review", "rates", "waiting_since", "returned_since"}


async def test_groups_come_in_pages(session: AsyncSession) -> None:
    reports = await make_all_reports(session, 21)
    narrowed = {"plan_id": reports[0].life.task.plan_id}
    day = LATER[0]

    whole = queries.ReportingQuery("agency", day, narrowed, after=0, limit=200)
    _, groups = await queries.count_submissions(session, whole)
    total, page = await queries.count_submissions(
        session, queries.ReportingQuery("agency", day, narrowed, after=1, limit=1)
    )

    assert len(groups) > 3
    # One more than the limit shows whether others follow.
    assert page == groups[1:3]
    assert sum(domain.tree(group)["total"] for group in groups) == domain.tree(total)["total"]

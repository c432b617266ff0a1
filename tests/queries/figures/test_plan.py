"""Counting in the real database: what it says of any day is what a slow loop says."""

import itertools
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AgencyName, AssigneeRole, AssignmentState, AssignmentStatus
from app.queries.figures import plan as queries
from app.queries.figures.groupings import Division, Sort
from app.queries.figures.province import Scope, province_figures
from app.queries.figures.timeliness import timeliness
from app.queries.figures.trends import plan_trend_json
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_group, make_plan, make_task
from tests.support.histories import DAYS, Held, Life, make_lives
from tests.support.sample_facts import EDUCATION
from tests.support.slow_statistics import overdue, slow_deadlines, slow_timeliness, slow_tree

SOON = 30
KEYS: dict[Division, Callable[[Life, Held, date], str | None]] = {
    "agency": lambda _, held, day: (
        None if held.awaits_handover and held.starts_on <= day else str(held.agency_id)
    ),
    "group": lambda life, *_: _text(life.task.task_group_id),
    "task": lambda life, *_: str(life.task.id),
    "period": lambda life, *_: life.assignment.occurrence,
}


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


Figures = tuple[dict[str, Any], dict[str, Any]]
"""A tree, and its deadlines."""
Groups = dict[Any, Figures]


def slow(
    lives: list[Life],
    by: tuple[Division, ...],
    as_of: queries.AsOf,
    period: str | None,
) -> tuple[Figures, Groups]:
    """The total and the groups, by going through every life."""
    groups: dict[Any, list[Held]] = defaultdict(list)
    day, both = as_of.day, as_of.deadline == "both"
    for life in lives:
        held = life.on(day)
        is_asked = period in (None, life.assignment.occurrence)
        if held is not None and as_of.role in (None, held.role) and is_asked:
            key = tuple(KEYS[one](life, held, day) for one in by)
            for length in range(len(key) + 1):
                groups[key[:length]].append(held)
    found = {
        key: (slow_tree(group, day, SOON, both=both), slow_deadlines(group, day))
        for key, group in groups.items()
    }
    nothing = (slow_tree([], day, SOON, both=both), slow_deadlines([], day))
    return found.pop((), nothing), found


async def figures(
    session: AsyncSession,
    lives: list[Life],
    by: tuple[Division, ...],
    as_of: queries.AsOf,
    period: str | None = None,
) -> tuple[Figures, Groups]:
    """The same, as the first life's plan answers it."""
    plan_id = lives[0].task.plan_id
    body = await queries.plan_statistics_json(
        session,
        as_of,
        plan_id=plan_id,
        by=by[0],
        then=by[1] if len(by) > 1 else None,
        mine=plan_id,
        period=period,
    )
    answer = json.loads(body)
    groups: Groups = {}
    for group in answer["groups"]:
        groups[group["key"],] = group["statistics"], group["deadlines"]
        for part in group["groups"] or ():
            groups[group["key"], part["key"]] = part["statistics"], part["deadlines"]
    return (answer["total"], answer["deadlines"]), groups


@pytest.mark.parametrize("seed", range(3))
async def test_a_plans_figures_of_any_day_are_what_a_slow_loop_counts(
    session: AsyncSession, seed: int
) -> None:
    lives = await make_lives(session, seed)
    # The second plan is closed and reopened meanwhile.
    own = [life for life in lives if life.task.plan_id == lives[-1].task.plan_id]
    asked: list[tuple[AssigneeRole | None, queries.JudgingDeadline, str | None]] = [
        (None, "both", None),
        (AssigneeRole.LEAD, "current", "2024"),
        (AssigneeRole.COORDINATING, "both", "once"),
    ]

    divisions = [(one,) for one in KEYS] + list(itertools.permutations(KEYS, 2))
    for number, (day, by) in enumerate(itertools.product(DAYS, divisions)):
        role, deadline, period = asked[number % len(asked)]
        as_of = queries.AsOf(day, SOON, role, deadline)

        answer = await figures(session, own, by, as_of, period)

        assert slow(own, by, as_of, period) == answer


@pytest.mark.parametrize("by", [None, *KEYS])
async def test_a_plans_trend_is_what_is_counted_of_each_day(
    session: AsyncSession, by: Division | None
) -> None:
    lives = await make_lives(session, 5)
    own = [life for life in lives if life.task.plan_id == lives[-1].task.plan_id]
    as_of, part = queries.AsOf(DAYS[-1], SOON, None), Scope(plans="all")

    points = await plan_trend_json(session, as_of, part, DAYS, plan_id=own[0].task.plan_id, by=by)

    for day, point in zip(DAYS, points, strict=True):
        (total, _), groups = slow(own, (by or "task",), replace(as_of, day=day), None)
        assert json.loads(point.statistics) == total
        counted = {
            key: tree
            for (key,), (tree, _) in groups.items()
            if any(tree["by_current_deadline"][name] for name in ("total", "upcoming"))
        }
        found = json.loads(point.groups)
        if by is None:
            assert found is None
        else:
            assert {group["key"]: group["statistics"] for group in found} == counted


@pytest.mark.parametrize("then", [None, "agency"])
async def test_groups_with_most_overdue_come_first_if_it_is_asked_for(
    session: AsyncSession, then: Division | None
) -> None:
    own = await make_lives(session, 2)
    as_of, plan_id = queries.AsOf(DAYS[-1], SOON, None), own[0].task.plan_id

    async def asked(sort: Sort) -> Any:
        body = await queries.plan_statistics_json(
            session, as_of, plan_id=plan_id, by="task", then=then, mine=plan_id, sort=sort
        )
        return json.loads(body)["groups"]

    in_order, worst_first = await asked("order"), await asked("overdue")

    def sort(groups: Any) -> Any:
        return sorted(groups, key=lambda group: -overdue(group["statistics"]))

    assert [group["key"] for group in worst_first] == [group["key"] for group in sort(in_order)]
    assert worst_first != in_order
    if then is not None:
        parts = {group["key"]: group["groups"] for group in in_order}
        for group in worst_first:
            assert group["groups"] == sort(parts[group["key"]])


async def test_the_figures_of_a_past_day_are_not_changed_by_what_happens_later(
    session: AsyncSession,
) -> None:
    agency = await make_agency(session)
    task = await make_task(session, await make_plan(session, agency))
    assignment = await make_assignment(session, task, agency)
    lives = [Life(task, assignment, [])]
    before = await figures(session, lives, ("task",), queries.AsOf(DAYS[3], SOON))

    assignment.status = AssignmentStatus.COMPLETED
    assignment.reported_on = assignment.completed_on = assignment.changed_on = DAYS[4]
    await session.commit()

    assert before == await figures(session, lives, ("task",), queries.AsOf(DAYS[3], SOON))
    assert before == await figures(
        session, lives, ("task",), queries.AsOf(DAYS[4] - timedelta(1), SOON)
    )
    assert before != await figures(session, lives, ("task",), queries.AsOf(DAYS[4], SOON))


async def test_a_role_that_is_told_late_does_not_unsay_when_it_was_waited_for(
    session: AsyncSession,
) -> None:
    agency = await make_agency(session)
    task = await make_task(session, await make_plan(session, agency))
    assignment = await make_assignment(session, task, agency, changed_on=DAYS[0])
    for day, waits in ((DAYS[2], True), (DAYS[4], False)):
        assignment.awaits_handover, assignment.assigned_on = waits, day
        await session.commit()
    assignment.role, assignment.assigned_on = AssigneeRole.COORDINATING, DAYS[1]
    await session.commit()

    rows = await session.exec(
        select(AssignmentState)
        .where(col(AssignmentState.assignment_id) == assignment.id)
        .order_by(col(AssignmentState.since))
    )
    lead, coordinating = AssigneeRole.LEAD, AssigneeRole.COORDINATING
    assert [(row.since, row.role, row.awaits_handover) for row in rows] == [
        (DAYS[0], lead, False),
        (DAYS[1], coordinating, False),
        (DAYS[2], coordinating, True),
        (DAYS[4], coordinating, False),
    ]


async def test_one_rule_says_in_sql_and_in_python_how_a_row_stands(session: AsyncSession) -> None:
    lives = await make_lives(session, 21)
    day = DAYS[-1]
    statement = sa.text(
        f"select s.id, {timeliness('s')} as current,"
        f" {timeliness('s', deadline='original_deadline_on')} as original from assignment s"
    )
    rows = await (await session.connection()).execute(
        statement, {"today": day, "due_soon_days": SOON}
    )
    in_sql = {row.id: (row.current, row.original) for row in rows}

    for life in lives:
        held = life.held[-1]
        assert in_sql[life.assignment.id] == tuple(
            slow_timeliness(held, deadline, day=day, due_soon_days=SOON)
            for deadline in (held.deadline_on, held.original_deadline_on)
        )


async def test_an_agency_is_labelled_as_it_was_called_on_the_day(session: AsyncSession) -> None:
    agency = await make_agency(session, code=EDUCATION, name="Tên cũ")
    await session.exec(sa.update(AgencyName).values(valid_until=DAYS[3]))
    session.add(AgencyName(agency_id=agency.id, name="Tên mới", valid_from=DAYS[3]))
    task = await make_task(session, await make_plan(session, agency))
    await make_assignment(session, task, agency)

    names = []
    for day in (DAYS[3] - timedelta(1), DAYS[3]):
        found = await province_figures(session, queries.AsOf(day, SOON), by="agency")
        names += [(group["code"], group["label"]) for group in json.loads(found.groups)]

    assert names == [(EDUCATION, "Tên cũ"), (EDUCATION, "Tên mới")]


async def test_groups_come_in_the_plans_order_and_those_without_one_last(
    session: AsyncSession,
) -> None:
    agency = await make_agency(session)
    plan = await make_plan(session, agency)
    second = await make_group(session, plan, position=10, ordinal="2")
    first = await make_group(session, plan, position=5, ordinal="1")
    tasks = [
        await make_task(session, plan, group, position=position, ordinal=ordinal)
        for group, position, ordinal in ((None, 1, "0"), (second, 3, "2.10"), (first, 2, "1.9"))
    ]
    for task in tasks:
        await make_assignment(session, task, agency)

    async def order(by: Division) -> list[str | None]:
        answer = await queries.plan_statistics_json(
            session, queries.AsOf(DAYS[0], SOON), plan_id=plan.id, by=by, mine=agency.id
        )
        return [group["code"] for group in json.loads(answer)["groups"]]

    assert await order("group") == ["1", "2", None]
    assert await order("task") == ["0", "1.9", "2.10"]

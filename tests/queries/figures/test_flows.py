"""Flows between two days: what a slow loop counts, and what was carried in and given less what was
closed is carried out."""

import itertools
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssigneeRole, Assignment, AssignmentStatus
from app.queries.figures import flows as queries
from app.queries.figures.groupings import ProvinceDivision
from app.queries.figures.province import Scope
from tests.queries.figures.test_province import fold, lay_out
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.histories import DAYS, NEAR, Held, Life, make_lives
from tests.support.slow_flows import slow_flows

SPANS = [
    (DAYS[0], DAYS[-1] + timedelta(40)),
    (DAYS[3], DAYS[7]),
    (DAYS[5] + timedelta(1), DAYS[9]),
    (NEAR[20], NEAR[20]),
]
KEYS: dict[Any, Callable[[Life, Held], str | None]] = {
    "agency": lambda _, held: str(held.agency_id),
    "group": lambda life, _: str(life.task.task_group_id) if life.task.task_group_id else None,
    "task": lambda life, _: str(life.task.id),
    "period": lambda life, _: life.assignment.occurrence,
}
Flows = dict[str, Any]


def _groups(found: str | list[Flows]) -> dict[str | None, Flows]:
    items = json.loads(found) if isinstance(found, str) else found
    return {one["key"]: one["flows"] for one in items}


async def of_plan(
    session: AsyncSession, flow: queries.Flow, plan_id: Any, by: Any
) -> tuple[Flows, dict[str | None, Flows]]:
    body = await queries.plan_flows_json(
        session, flow, plan_id=plan_id, by=by, mine=plan_id, period=None
    )
    answer = json.loads(body)
    return answer["total"], _groups(answer["groups"])


async def of_all(
    session: AsyncSession, flow: queries.Flow, part: Scope, by: ProvinceDivision
) -> tuple[Flows, dict[str | None, Flows]]:
    total, groups = await queries.all_flows_json(session, flow, part, by=by)
    return json.loads(total), _groups(groups)


def hold_the_sum(flows: Flows) -> None:
    """Carried in and given less closed is carried out."""
    given, closed = flows["given"]["total"], flows["closed"]["total"]
    assert flows["carried_in"] + given - closed == flows["carried_out"]


async def hold_all(session: AsyncSession, lives: list[Life]) -> None:
    """Everything that can be asked is what a slow loop says, and adds up."""
    for (first, last), role in itertools.product(SPANS, (None, *AssigneeRole)):
        flow = queries.Flow(first, last, 30, role)
        for by in ("agency", "period"):
            expected = slow_flows(lives, KEYS[by], first, last, role)
            found = await of_all(session, flow, Scope(plans="all"), by)
            assert found == expected
            for flows in (found[0], *found[1].values()):
                hold_the_sum(flows)


@pytest.mark.parametrize("seed", range(3))
async def test_a_plans_flows_are_what_a_slow_loop_counts(session: AsyncSession, seed: int) -> None:
    lives = await make_lives(session, seed)
    plan_id = lives[-1].task.plan_id
    own = [life for life in lives if life.task.plan_id == plan_id]

    for (first, last), by, role in itertools.product(SPANS, KEYS, (None, *AssigneeRole)):
        flow = queries.Flow(first, last, 30, role)
        found = await of_plan(session, flow, plan_id, by)
        assert found == slow_flows(own, KEYS[by], first, last, role)
        for flows in (found[0], *found[1].values()):
            hold_the_sum(flows)


@pytest.mark.parametrize("seed", range(2))
async def test_flows_over_all_plans_are_the_same_from_rows_from_sums_and_in_between(
    session: AsyncSession, seed: int
) -> None:
    if seed == 0:
        await hold_all(session, await make_lives(session, 7))
        return
    await lay_out(session)
    lives = await make_lives(session, seed)

    await hold_all(session, lives)
    while await fold(session, rows=40):
        pass
    await hold_all(session, lives)


async def test_what_was_merged_into_another_was_handed_over(session: AsyncSession) -> None:
    agency, other = await make_agency(session), await make_agency(session)
    task = await make_task(session, await make_plan(session, agency))
    kept = await make_assignment(session, task, agency)
    merged = await make_assignment(session, task, other)
    merged.status, merged.merged_into_id = AssignmentStatus.MERGED, kept.id
    merged.assigned_on = DAYS[2]
    await session.commit()

    flow = queries.Flow(DAYS[1], DAYS[3], 30)
    total, groups = await of_all(session, flow, Scope(plans="all"), "agency")

    assert (total["carried_in"], total["carried_out"]) == (2, 1)
    assert groups[str(other.id)]["closed"]["handed_over"] == 1
    assert groups[str(agency.id)]["closed"]["total"] == 0


async def test_parts_of_a_split_are_taken_over_and_not_newly_given(session: AsyncSession) -> None:
    agency, heirs = await make_agency(session), [await make_agency(session) for _ in range(2)]
    task = await make_task(session, await make_plan(session, agency))
    whole = await make_assignment(session, task, agency)
    for heir in heirs:
        given = {"changed_on": DAYS[2], "assigned_on": DAYS[2], "split_from_id": whole.id}
        await make_assignment(session, task, heir, **given)
    whole.status, whole.changed_on = AssignmentStatus.SPLIT, DAYS[2]
    await session.commit()

    flow = queries.Flow(DAYS[1], DAYS[3], 30)
    total, groups = await of_all(session, flow, Scope(plans="all"), "agency")

    assert total["given"] == {"total": 2, "new": 0, "taken_over": 2}
    assert (total["carried_in"], total["carried_out"]) == (1, 2)
    assert groups[str(agency.id)]["closed"]["handed_over"] == 1
    for heir in heirs:
        assert groups[str(heir.id)]["given"] == {"total": 1, "new": 0, "taken_over": 1}


async def test_a_move_that_is_told_late_flows_on_its_day(session: AsyncSession) -> None:
    agency, successor = await make_agency(session), await make_agency(session)
    task = await make_task(session, await make_plan(session, agency))
    await make_assignment(session, task, agency)
    await lay_out(session)
    await session.exec(sa.update(Assignment).values(agency_id=successor.id, assigned_on=DAYS[3]))
    await session.commit()

    async def moved(first: date, last: date) -> list[int]:
        flow = queries.Flow(first, last, 30)
        _, groups = await of_all(session, flow, Scope(plans="all"), "agency")
        left, came = (groups.get(str(one.id)) for one in (agency, successor))
        return [
            left["closed"]["handed_over"] if left else 0,
            came["given"]["taken_over"] if came else 0,
        ]

    assert await moved(DAYS[3], DAYS[3]) == [1, 1]
    assert await moved(DAYS[0], DAYS[3] - timedelta(1)) == [0, 0]
    assert await moved(DAYS[3] + timedelta(1), DAYS[5]) == [0, 0]

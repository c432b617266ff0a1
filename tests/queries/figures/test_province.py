"""Figures over all plans, kept in sums: on any day they are what a slow loop counts.

Whatever was folded and whatever was not, in every order in which that may happen.
"""

import itertools
import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import utc_now
from app.models import AssigneeRole, Assignment, AssignmentStatus, Figure
from app.queries.figures import laying_out, province, sums, trends
from app.queries.figures.groupings import Division
from app.queries.figures.plan import AsOf
from app.queries.figures.province import Scope
from app.queries.figures.status_tree import NUMBERS
from app.queries.locks import lock_figures, try_lock_figures
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_plan, make_task
from tests.support.histories import DAYS, NEAR, Held, Life, make_lives
from tests.support.slow_statistics import slow_tree

SOON = 30
AHEAD = [DAYS[-1] + timedelta(days) for days in (1, 29, 30, 31, 62, 400)]
KEYS: dict[Division, Callable[[Life, Held, date], str | None]] = {
    "agency": lambda _, held, day: (
        None if held.awaits_handover and held.starts_on <= day else str(held.agency_id)
    ),
    "period": lambda life, *_: life.assignment.occurrence,
    "plan": lambda life, *_: str(life.task.plan_id),
}
Tree = dict[str, Any]
Groups = dict[str | None, Tree]


def in_part(life: Life, day: date, as_of: AsOf, part: Scope) -> Held | None:
    """The state on the day, if it is asked for."""
    held = life.on(day)
    asked = (
        held is not None
        and as_of.role in (None, held.role)
        and part.agency_id in (None, held.agency_id)
        and part.period in (None, life.assignment.occurrence)
        and (part.plans == "all" or held.plan_closed == (part.plans == "closed"))
    )
    return held if asked else None


def slow(lives: list[Life], by: Division, as_of: AsOf, part: Scope) -> tuple[Tree, Groups]:
    """The total and the groups, by going through every life."""
    every: list[Held] = []
    groups: dict[str | None, list[Held]] = {}
    for life in lives:
        held = in_part(life, as_of.day, as_of, part)
        if held is not None:
            every.append(held)
            groups.setdefault(KEYS[by](life, held, as_of.day), []).append(held)
    # A group of nothing but what was called off before it began has nothing to show.
    found = {key: slow_tree(group, as_of.day, SOON) for key, group in groups.items()}
    return slow_tree(every, as_of.day, SOON), {
        key: tree
        for key, tree in found.items()
        if any(tree["by_current_deadline"][name] for name in ("total", "upcoming"))
    }


async def fast(
    session: AsyncSession, by: Division, as_of: AsOf, part: Scope
) -> tuple[Tree, Groups]:
    """The same, as it is answered."""
    if by == "plan":
        found = await province.figures_of_plans(session, as_of, part, limit=100, after=None)
    else:
        found = await province.province_figures(session, as_of, by=by, part=part)
    groups = {group["key"]: group["statistics"] for group in json.loads(found.groups)}
    return json.loads(found.total), groups


def parts(lives: list[Life]) -> Iterator[Scope]:
    """Everything, an agency, a period, and both; of open plans, of closed ones, and of all."""
    agency_id = lives[0].held[-1].agency_id
    yield Scope()
    yield Scope(plans="closed")
    yield Scope(plans="all")
    yield Scope(agency_id)
    yield Scope(None, "2024", "all")
    yield Scope(agency_id, "2024", "all")


async def lay_out(session: AsyncSession, soon: int = SOON) -> None:
    """Count everything anew."""
    await lock_figures(session)
    async for _ in laying_out.lay_out(session, due_soon_days=soon, at=utc_now()):
        pass
    await session.commit()


async def fold(session: AsyncSession, rows: int = 1000) -> int:
    """Fold so many changes."""
    assert await try_lock_figures(session)
    folded = await sums.fold(session, due_soon_days=SOON, rows=rows)
    await session.commit()
    return folded


def not_started(figures: str) -> Any:
    """The number of a tree's assignments that are not started."""
    return json.loads(figures)["by_current_deadline"]["not_completed"]["not_started"]


async def hold_all(session: AsyncSession, lives: list[Life], days: list[date]) -> None:
    """Everything that can be asked is what a slow loop says."""
    days = sorted(days)
    for part, role in itertools.product(parts(lives), (None, *AssigneeRole)):
        for day in days:
            as_of = AsOf(day, SOON, role, "both")
            for by in KEYS:
                assert slow(lives, by, as_of, part) == await fast(session, by, as_of, part)
        as_of = AsOf(days[0], SOON, role, "both")
        found = await trends.trend_json(session, as_of, part, days)
        for day, figures in zip(days, found, strict=True):
            held = [one for life in lives if (one := in_part(life, day, as_of, part))]
            assert slow_tree(held, day, SOON) == json.loads(figures.statistics)


async def test_without_sums_the_rows_are_counted(session: AsyncSession) -> None:
    lives = await make_lives(session, 9)

    await hold_all(session, lives, DAYS[::3])


async def test_sums_that_are_laid_out_say_what_the_rows_say(session: AsyncSession) -> None:
    lives = await make_lives(session, 9)

    await lay_out(session)

    await hold_all(session, lives, [*DAYS, *AHEAD])


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_folded_when_the_figures_are_the_same(
    session: AsyncSession, seed: int
) -> None:
    dice = random.Random(seed)
    await lay_out(session)

    async def sometimes() -> None:
        if dice.random() < 0.3:
            await fold(session, rows=dice.choice([1, 3, 100]))

    lives = await make_lives(session, seed, sometimes)

    await hold_all(session, lives, dice.sample(DAYS, 3))
    while await fold(session, rows=17):
        pass
    await hold_all(session, lives, sorted({*dice.sample([*DAYS, *NEAR], 4), *AHEAD}))


async def test_sums_by_another_setting_are_not_used(session: AsyncSession) -> None:
    await lay_out(session, soon=7)
    lives = await make_lives(session, 3)

    await hold_all(session, lives, DAYS[::4])


async def test_what_is_told_late_changes_the_days_since(session: AsyncSession) -> None:
    agency = await make_agency(session)
    task = await make_task(session, await make_plan(session, agency))
    await make_assignment(session, task, agency)
    await lay_out(session)
    days = [DAYS[3] - timedelta(1), DAYS[3], DAYS[8]]

    successor = await make_agency(session)
    await session.exec(sa.update(Assignment).values(agency_id=successor.id, assigned_on=DAYS[3]))
    await session.commit()
    await fold(session)

    async def owed(agency_id: Any) -> list[int]:
        found = await trends.trend_json(session, AsOf(days[0], SOON), Scope(agency_id), days)
        return [not_started(figures.statistics) for figures in found]

    assert (await owed(agency.id), await owed(successor.id)) == ([1, 0, 0], [0, 1, 1])


async def test_what_was_merged_is_counted_no_more(session: AsyncSession) -> None:
    agency, other = await make_agency(session), await make_agency(session)
    task = await make_task(session, await make_plan(session, agency))
    await lay_out(session)
    kept = await make_assignment(session, task, agency)
    merged = await make_assignment(session, task, other)
    await fold(session)

    merged.status, merged.merged_into_id = AssignmentStatus.MERGED, kept.id
    merged.assigned_on = DAYS[2]
    await session.commit()
    days = [DAYS[2] - timedelta(1), DAYS[2]]
    for _ in range(2):
        found = await trends.trend_json(session, AsOf(days[0], SOON), Scope(), days)
        assert [not_started(figures.statistics) for figures in found] == [2, 1]
        await fold(session)


def test_a_figure_has_a_column_for_every_number() -> None:
    key = {"agency_id", "occurrence", "role", "plan_closed", "since"}

    assert set(Figure.model_fields) - key == set(NUMBERS)

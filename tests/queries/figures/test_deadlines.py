"""Deadlines over all plans: on any day they are what a slow loop finds."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import AssigneeRole
from app.queries.figures import deadlines as queries
from app.queries.figures.groupings import Division
from app.queries.figures.plan import AsOf
from tests.queries.figures.test_province import KEYS, SOON, in_part, parts
from tests.support.histories import DAYS, Held, Life, make_lives
from tests.support.slow_statistics import slow_deadlines

LATER = [DAYS[-1] + timedelta(days) for days in (1, 400)]


def shown(one: queries.Deadlines) -> dict[str, Any]:
    """As the slow loop writes it."""
    days = (one.oldest_overdue_on, one.next_deadline_on)
    oldest, ahead = (None if day is None else str(day) for day in days)
    return {
        "oldest_overdue_on": oldest,
        "next_deadline_on": ahead,
        "next_deadline_count": one.next_deadline_count,
    }


def slow(held: list[tuple[Life, Held]], by: Division, day: date) -> dict[Any, dict[str, Any]]:
    """The groups that have any deadline."""
    groups: dict[Any, list[Held]] = {}
    for life, one in held:
        groups.setdefault(KEYS[by](life, one, day), []).append(one)
    found = {key: slow_deadlines(rows, day) for key, rows in groups.items()}
    return {
        key: one
        for key, one in found.items()
        if one["oldest_overdue_on"] or one["next_deadline_on"]
    }


@pytest.mark.parametrize("seed", range(2))
async def test_deadlines_of_any_day_are_what_a_slow_loop_finds(
    session: AsyncSession, seed: int
) -> None:
    lives = await make_lives(session, seed)
    plans = sorted({life.task.plan_id for life in lives})
    asked = itertools.product([*DAYS[::2], *LATER], parts(lives), (None, *AssigneeRole))

    for day, part, role in asked:
        as_of = AsOf(day, SOON, role)
        held = [(life, one) for life in lives if (one := in_part(life, day, as_of, part))]
        of_agencies = await queries.deadlines_of_agencies(session, as_of, part)
        assert {one.key: shown(one) for one in of_agencies} == slow(held, "agency", day)
        total = shown(queries.all_together(of_agencies))
        assert total == slow_deadlines([one for _, one in held], day)
        for by in ("period", "plan"):
            found = await queries.deadlines_by(session, by, as_of, part, plans=plans)
            assert {one.key: shown(one) for one in found} == slow(held, by, day)

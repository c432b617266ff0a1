"""Figures of reporting over all plans, kept in sums: on any day they are what a slow loop counts.

Whatever was folded and whatever was not, in every order in which that may happen.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import utc_now
from app.config import DatabaseRole
from app.domain.figures import reporting as domain
from app.models import AssigneeRole, ReportingChange, ReportingFigure
from app.queries.figures import laying_out, reporting_province, reporting_sums
from app.queries.figures.checks import differences
from app.queries.figures.province import Plans, Scope
from app.queries.figures.reporting import ReportingDivision, SubmissionCounts
from app.queries.figures.reporting_tree import NUMBERS
from app.queries.locks import lock_figures, try_lock_figures
from tests.support.asked_histories import make_all_reports
from tests.support.histories import DAYS, NEAR
from tests.support.report_histories import Told
from tests.support.slow_reporting import Rows, known, owner, slow
from tests.support.transactions import work_as

SOON = 30
AHEAD = [DAYS[-1] + timedelta(days) for days in (1, 100, 300, 700)]
BY: tuple[ReportingDivision, ...] = ("plan", "agency", "period")
Found = tuple[dict[str, Any], dict[Any, dict[str, Any]]]


@pytest.fixture
async def connection(connection: AsyncConnection) -> AsyncConnection:
    """The sums are the worker's."""
    await work_as(connection, DatabaseRole.WORKER)
    return connection


def in_part(rows: Rows, day: date, part: Scope, role: AssigneeRole | None) -> Rows:
    """The reports that are asked for."""
    return [
        (told, held)
        for told, held in rows
        if role in (None, held.role)
        and part.period in (None, told.submission.period)
        and (part.plans == "all" or held.plan_closed == (part.plans == "closed"))
        and (part.agency_id is None or owner(told, held, day) == str(part.agency_id))
    ]


async def fast(
    session: AsyncSession, by: ReportingDivision, asked: reporting_province.ReportingAsked
) -> Found:
    """The figures, as they are answered."""
    if by == "plan":
        (total, groups), _ = await reporting_province.reporting_of_plans(session, asked, after=None)
    else:
        assert by != "task"
        total, groups = await reporting_province.reporting_by(session, asked, by, after=0)
    return domain.tree(total), {group.key: domain.tree(group) for group in groups}


def parts(reports: list[Told]) -> Iterator[Scope]:
    """Everything, an agency, a period, and both; of open plans, of closed ones, and of all."""
    agency_id = reports[0].life.held[-1].agency_id
    plans: tuple[Plans, ...] = ("open", "closed", "all")
    for of_plans in plans:
        yield Scope(plans=of_plans)
    yield Scope(agency_id)
    yield Scope(None, "2024-H1", "all")
    yield Scope(agency_id, "2024", "all")
    yield Scope(None, "adhoc-15", "all")


async def lay_out(session: AsyncSession) -> None:
    """Count everything anew."""
    await lock_figures(session)
    async for _ in laying_out.lay_out(session, due_soon_days=SOON, at=utc_now()):
        pass
    await session.commit()


async def fold(session: AsyncSession, rows: int = 1000) -> int:
    """Fold so many changes."""
    assert await try_lock_figures(session)
    folded = await reporting_sums.fold(session, rows=rows)
    await session.commit()
    return folded


async def hold_all(session: AsyncSession, reports: list[Told], days: list[date]) -> None:
    """Compare the figures with those of a slow loop: on each day for other parts."""
    asked = itertools.cycle(itertools.product(parts(reports), (None, *AssigneeRole)))
    for day in sorted(days):
        for part, role in itertools.islice(asked, 8):
            rows = in_part(known(reports, day), day, part, role)
            given = reporting_province.ReportingAsked(day, part, role, limit=200)
            for by in BY:
                assert slow(rows, by, day) == await fast(session, by, given), (given, by)


async def unfolded(session: AsyncSession) -> int:
    return (await session.exec(select(func.count()).select_from(ReportingChange))).one()


async def test_without_sums_the_rows_are_counted(session: AsyncSession) -> None:
    reports = await make_all_reports(session, 9)

    await hold_all(session, reports, DAYS[::3])


async def test_sums_that_are_laid_out_say_what_the_rows_say(session: AsyncSession) -> None:
    reports = await make_all_reports(session, 21)

    await lay_out(session)

    assert await unfolded(session) == 0
    await hold_all(session, reports, [*DAYS, *AHEAD])


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_folded_when_the_figures_are_the_same(
    session: AsyncSession, seed: int
) -> None:
    dice = random.Random(seed)
    await lay_out(session)

    async def sometimes() -> None:
        if dice.random() < 0.1:
            await fold(session, rows=dice.choice([1, 3, 100]))

    reports = await make_all_reports(session, seed, sometimes)

    assert await unfolded(session) > 0
    await hold_all(session, reports, dice.sample(DAYS, 2))
    for day in dice.sample(NEAR, 3):
        assert await differences(session, day, due_soon_days=SOON) == []
    while await fold(session, rows=97):
        pass
    await hold_all(session, reports, [*dice.sample([*DAYS, *NEAR], 3), AHEAD[-1]])
    for day in (*DAYS[::4], AHEAD[-1]):
        assert await differences(session, day, due_soon_days=SOON) == []


async def test_what_is_wrong_in_the_sums_is_found(session: AsyncSession) -> None:
    await make_all_reports(session, 3)
    await lay_out(session)
    row = (
        await session.exec(
            select(ReportingFigure).order_by(ReportingFigure.since.desc()).limit(1)  # type: ignore[attr-defined]  # a column
        )
    ).one()
    row.late += 1
    await session.commit()

    [found] = await differences(session, AHEAD[-1], due_soon_days=SOON)

    assert (found.number, found.kept) == ("late", found.counted + 1)


async def test_plans_come_in_pages(session: AsyncSession) -> None:
    await make_all_reports(session, 21)
    await lay_out(session)
    asked = reporting_province.ReportingAsked(AHEAD[0], Scope(plans="all"), None, limit=1)

    first, last = await reporting_province.reporting_of_plans(session, asked, after=None)
    assert last is not None
    second, end = await reporting_province.reporting_of_plans(session, asked, after=last)

    assert (len(first[1]), len(second[1]), end) == (1, 1, None)
    assert numbers(first[0]) == numbers(second[0])
    assert numbers(first[0]) == {
        name: sum(numbers(one)[name] for one in (*first[1], *second[1])) for name in NUMBERS
    }


def numbers(counts: SubmissionCounts) -> dict[str, int]:
    """The numbers of a group."""
    return dict(counts.numbers)


def test_a_figure_has_a_column_for_every_number() -> None:
    key = {"agency_id", "period", "role", "plan_closed", "since"}

    assert set(ReportingFigure.model_fields) - key == set(NUMBERS)

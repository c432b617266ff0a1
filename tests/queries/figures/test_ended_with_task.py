"""Random lives of a task's leads, and what becomes of who coordinates it, by the verb that ends it.

The slow loop has the rule anew: on the day on which the last lead is completed, what coordinates
and is at work or suspended ends with the task; it goes on as it was once a lead is not done.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole
from app.domain.acts import Act
from app.domain.assignments.coordinating import follow_the_task
from app.models import (
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    DataWindow,
    Frequency,
    Plan,
    ReportingRegime,
)
from tests.queries.figures.test_flows import hold_all as hold_flows
from tests.queries.figures.test_province import fold, hold_all, lay_out
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_group, make_plan, make_task
from tests.support.histories import DAYS, Held, Life
from tests.support.transactions import work_as

S = AssignmentStatus
AT_WORK = [S.NOT_STARTED, S.IN_PROGRESS, S.SUSPENDED]
CALLED_OFF = [S.REVOKED, S.NOT_APPLICABLE]


@pytest.fixture
async def connection(connection: AsyncConnection) -> AsyncConnection:
    """The sums are the worker's."""
    await work_as(connection, DatabaseRole.WORKER)
    return connection


@dataclass
class OneTask:
    """The assignments of one task in one occurrence, and the statuses before their end."""

    leads: list[Life]
    coordinating: list[Life]
    before: dict[Any, S] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """True if all that lead the task are done, as far as they owe it still."""
        owed = [one for one in map(_status, self.leads) if one not in CALLED_OFF]
        return bool(owed) and all(one == S.COMPLETED for one in owed)

    def follow(self, day: date) -> None:
        """Let the assignments that coordinate the task follow its leads."""
        for life in self.coordinating:
            now = _status(life)
            if self.is_done and now in AT_WORK:
                # The last of several decisions on one day is kept: an assignment that was opened
                # again on the day of its end is at work again.
                kept = [held.status for held in life.held if held.since < day]
                was = kept[-1] if kept else S.NOT_STARTED
                self.before[life.assignment.id] = was if was in AT_WORK else S.IN_PROGRESS
                _hold(life, day, S.ENDED_WITH_TASK)
            elif not self.is_done and now == S.ENDED_WITH_TASK:
                _hold(life, day, self.before.pop(life.assignment.id))


def _status(life: Life) -> S:
    return life.held[-1].status


def _hold(life: Life, day: date, status: S, **given: Any) -> None:
    life.held.append(replace(life.held[-1], since=day, status=status, **given))


async def make_tasks(session: AsyncSession, dice: random.Random, plan: Plan) -> list[OneTask]:
    """Tasks with one to three leads, and as many who coordinate."""
    group, found = await make_group(session, plan), []
    for _ in range(4):
        task = await make_task(session, plan, group)
        lives = []
        for role in AssigneeRole:
            for _ in range(dice.randrange(1, 4)):
                deadline = dice.choice([None, *DAYS])
                agency = await make_agency(session)
                row = await make_assignment(
                    session,
                    task,
                    agency,
                    role=role,
                    occurrence="2024",
                    starts_on=DAYS[0],
                    deadline_on=deadline,
                    original_deadline_on=deadline,
                    changed_on=DAYS[0],
                )
                first = Held(
                    since=DAYS[0],
                    agency_id=agency.id,
                    role=role,
                    deadline_on=deadline,
                    original_deadline_on=deadline,
                    starts_on=DAYS[0],
                )
                lives.append(Life(task, row, [first]))
        of_role = {
            role: [one for one in lives if one.held[0].role == role] for role in AssigneeRole
        }
        found.append(OneTask(of_role[AssigneeRole.LEAD], of_role[AssigneeRole.COORDINATING]))
    return found


async def change(
    session: AsyncSession, dice: random.Random, plan: Plan, task: OneTask, day: date
) -> None:
    """Something is decided on one of the task's assignments, and what coordinates follows it."""
    life = dice.choice([*task.leads, *task.leads, *task.coordinating])
    if _status(life) == S.ENDED_WITH_TASK:
        return
    status = dice.choice([*AT_WORK, S.AWAITING_CONFIRMATION, *[S.COMPLETED] * 5, S.REVOKED])
    reported = day - timedelta(dice.choice([0, 3, 40]))
    is_reported = status in (S.AWAITING_CONFIRMATION, S.COMPLETED)
    days = {
        "reported_on": reported if is_reported else None,
        "completed_on": reported if status == S.COMPLETED else None,
    }
    await session.exec(
        sa.update(Assignment)
        .where(col(Assignment.id) == life.assignment.id)
        .values(status=status, changed_on=day, **days)
        .execution_options(synchronize_session=False)
    )
    row = await session.get_one(Assignment, life.assignment.id, populate_existing=True)
    _hold(life, day, status, **days)
    act = Act(session, None, datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    await follow_the_task(act, plan, row)
    task.follow(day)
    await session.commit()


def lives_of(tasks: Iterable[OneTask]) -> list[Life]:
    """All assignments of some tasks."""
    return [life for task in tasks for life in (*task.leads, *task.coordinating)]


@pytest.mark.parametrize("seed", range(3))
async def test_what_ends_with_its_task_is_counted_as_a_slow_loop_does(
    session: AsyncSession, seed: int
) -> None:
    dice = random.Random(seed)
    plan = await make_plan(session, await make_agency(session))
    session.add(
        ReportingRegime(
            plan_id=plan.id,
            effective_from=DAYS[0],
            frequency=Frequency.YEAR,
            data_window=DataWindow.DECREE_09,
            due_month_offset=0,
            due_day=20,
            coordinating_agencies_report=True,
        )
    )
    await session.commit()
    await lay_out(session)
    tasks = await make_tasks(session, dice, plan)
    day, ended = DAYS[0], 0
    while day < DAYS[-1]:
        day += timedelta(dice.choice([0, 1, 5, 17]))
        task = dice.choice(tasks)
        await change(session, dice, plan, task, day)
        ended += len(task.before)
        if dice.random() < 0.1:
            await fold(session, rows=dice.choice([1, 5, 100]))
    lives = lives_of(tasks)

    for life in lives:
        await session.refresh(life.assignment)
        assert life.assignment.status == _status(life)
    assert ended > 3
    await hold_all(session, lives, dice.sample(DAYS, 3))
    await hold_flows(session, lives)

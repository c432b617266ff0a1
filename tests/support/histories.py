"""Random lives of assignments, written as the service writes them: by UPDATEs, day after day."""

import itertools
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Plan,
    PlanAction,
    PlanActionKind,
    Task,
)
from app.queries.assignments.assignments import UNFINISHED
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import (
    ISSUED_ON,
    make_assignment,
    make_group,
    make_plan,
    make_task,
)
from tests.support.transactions import count_rows

S = AssignmentStatus
DAYS = [ISSUED_ON + timedelta(days) for days in range(0, 400, 35)]
"""Days that are asked about."""
NEAR = [day + timedelta(days) for day in DAYS for days in (-31, -30, -1, 0, 1, 30, 31)]
"""Days on which things happen or are due: at the edges of every rule."""

CLOSINGS = {DAYS[5] + timedelta(1): True, DAYS[8]: False, DAYS[9]: True}
"""The days on which the second plan is closed (true) or reopened."""


@dataclass(frozen=True)
class Held:
    """The state of an assignment from a day on."""

    since: date
    agency_id: UUID
    role: AssigneeRole
    status: AssignmentStatus = S.NOT_STARTED
    deadline_on: date | None = None
    original_deadline_on: date | None = None
    reported_on: date | None = None
    completed_on: date | None = None
    awaits_handover: bool = False
    starts_on: date = date.min
    plan_closed: bool = False


@dataclass(frozen=True)
class Life:
    """One assignment, and all that held of it, the first first."""

    task: Task
    assignment: Assignment
    held: list[Held]
    is_part: bool = False
    """A successor has it of one that was split."""

    def on(self, day: date) -> Held | None:
        """The state on *day*: of several changes on one day the last."""
        begun = [held for held in self.held if held.since <= day]
        return begun[-1] if begun else None


async def make_lives(
    session: AsyncSession,
    seed: int,
    after_each: Callable[[], Awaitable[None]] | None = None,
    *,
    splits: bool = True,
) -> list[Life]:
    """Assignments of two plans, changed at random for a year; other for every *seed*.

    The second plan is closed and reopened meanwhile, and with *splits* some are split at last.
    After each change something else may be done.
    """
    dice = random.Random(seed)
    owner = await make_agency(session)
    tasks = []
    plans = [await make_plan(session, owner) for _ in range(2)]
    await _decide(session, plans[1], CLOSINGS)
    for plan in plans:
        groups = [await make_group(session, plan), await make_group(session, plan), None]
        tasks += [await make_task(session, plan, group) for group in groups]
    agencies = [await make_agency(session) for _ in range(3)]
    successors = {agency.id: (await make_agency(session)).id for agency in agencies}
    heirs = {agency.id: [await make_agency(session) for _ in range(2)] for agency in agencies}
    lives = []
    for task, agency, occurrence in itertools.product(tasks, agencies, ["2024", "once"]):
        first = Held(
            since=dice.choice(DAYS[:4]),
            agency_id=agency.id,
            role=dice.choice(list(AssigneeRole)),
            deadline_on=dice.choice([None, *NEAR]),
            original_deadline_on=dice.choice([None, *NEAR]),
        )
        starts_on = dice.choice([ISSUED_ON, ISSUED_ON, *NEAR])
        first = replace(first, starts_on=max(first.since, starts_on))
        assignment = await make_assignment(
            session,
            task,
            agency,
            occurrence=occurrence,
            role=first.role,
            deadline_on=first.deadline_on,
            original_deadline_on=first.original_deadline_on,
            starts_on=starts_on,
            changed_on=first.since,
        )
        held = [first]
        for _ in range(dice.randrange(6)):
            held.append(_changed(dice, held[-1], successors))
        held = _woven(dice, held, CLOSINGS if task.plan_id == plans[1].id else {})
        for one in held[1:]:
            await _store(session, assignment, one)
            if after_each is not None:
                await after_each()
        life = Life(task, assignment, held)
        lives.append(life)
        if splits and held[-1].status in UNFINISHED and dice.random() < 0.4:
            lives += await _split(session, dice, life, heirs[agency.id])
            if after_each is not None:
                await after_each()
    await count_rows(session)
    return lives


async def _decide(session: AsyncSession, plan: Plan, closings: dict[date, bool]) -> None:
    """Note who closes and reopens the plan on these days."""
    client = await make_client(session, await session.get_one(Agency, plan.owner_id))
    for number, (day, is_closed) in enumerate(closings.items(), 1):
        kind = PlanActionKind.CLOSED if is_closed else PlanActionKind.REOPENED
        action = PlanAction(
            plan_id=plan.id,
            number=number,
            action=kind,
            before={},
            after={},
            reason="Thử",
            basis="12/CV",
            done_at=datetime.combine(day, time(2), UTC),
            done_on=day,
            agency_id=plan.owner_id,
            client_id=client.id,
        )
        session.add(action)
    await session.flush()


async def _split(
    session: AsyncSession, dice: random.Random, life: Life, heirs: list[Agency]
) -> list[Life]:
    """Split an assignment on a day; each of its heirs gets a part like it."""
    last = life.held[-1]
    day = last.since + timedelta(dice.choice([0, 1, 35]))
    parts = []
    for heir in heirs:
        status = last.status if last.status == S.NOT_STARTED else S.IN_PROGRESS
        held = replace(
            last, since=day, agency_id=heir.id, status=status, awaits_handover=False,
            reported_on=None,
        )  # fmt: skip
        part = await make_assignment(
            session,
            life.task,
            heir,
            role=held.role,
            occurrence=life.assignment.occurrence,
            starts_on=life.held[0].starts_on,
            deadline_on=held.deadline_on,
            original_deadline_on=held.original_deadline_on,
            status=status,
            plan_closed=held.plan_closed,
            changed_on=day,
            assigned_on=day,
            split_from_id=life.assignment.id,
        )
        parts.append(Life(life.task, part, [held], is_part=True))
    gone = replace(last, since=day, status=S.SPLIT, awaits_handover=False)
    life.held.append(gone)
    await _store(session, life.assignment, gone)
    return parts


def _woven(dice: random.Random, held: list[Held], closings: dict[date, bool]) -> list[Held]:
    """The states if the plan is closed (true) and reopened on these days."""
    woven: list[Held] = []
    for day, one in sorted(
        [(one.since, one) for one in held] + [(day, None) for day in closings],
        key=lambda pair: (pair[0], pair[1] is not None),
    ):
        if one is None:
            woven.append(_closed(dice, woven[-1], day, is_closed=closings[day]))
        else:
            woven.append(replace(one, plan_closed=bool(woven) and woven[-1].plan_closed))
    return woven


def _closed(dice: random.Random, before: Held, day: date, *, is_closed: bool) -> Held:
    """The state from *day* on, on which the plan is closed, or followed up again."""
    held = replace(before, since=day, plan_closed=is_closed)
    if is_closed and before.status in UNFINISHED:
        left = dice.choice([S.CARRIED_OVER, S.UNFINISHED_AT_CLOSE])
        return replace(held, status=left, awaits_handover=False)
    return held


def _changed(dice: random.Random, before: Held, successors: dict[UUID, UUID]) -> Held:
    status = dice.choice([status for status in S if status not in (S.MERGED, S.SPLIT)])
    reported_on = before.reported_on
    if status in (S.AWAITING_CONFIRMATION, S.COMPLETED):
        reported_on = dice.choice(NEAR)
    moves = dice.random() < 0.1
    waits = status in UNFINISHED and dice.random() < 0.2
    return replace(
        before,
        awaits_handover=waits,
        since=before.since + timedelta(dice.choice([0, 1, 34, 35, 36, 70])),
        status=status,
        reported_on=reported_on,
        completed_on=reported_on if status == S.COMPLETED else None,
        deadline_on=dice.choice([before.deadline_on, None, *NEAR]),
        agency_id=successors.get(before.agency_id, before.agency_id) if moves else before.agency_id,
    )


async def _store(session: AsyncSession, assignment: Assignment, held: Held) -> None:
    await session.exec(
        sa.update(Assignment)
        .where(col(Assignment.id) == assignment.id)
        .values(
            agency_id=held.agency_id,
            status=held.status,
            deadline_on=held.deadline_on,
            reported_on=held.reported_on,
            completed_on=held.completed_on,
            changed_on=held.since,
            assigned_on=held.since,
            awaits_handover=held.awaits_handover,
            plan_closed=held.plan_closed,
        )
        .execution_options(synchronize_session=False)
    )
    await session.commit()

"""Assignments of the running year and the next, made for every issued plan as years go by."""

import uuid
from datetime import datetime
from functools import partial

from app.db import SessionMaker
from app.domain.acts import Act
from app.domain.assignments import expand
from app.domain.plans.plans import subject
from app.domain.records import record
from app.jobs.each import do_each
from app.logs import get_logger
from app.models import PlanStatus
from app.queries.locks import lock_handovers
from app.queries.plans.plans import issued_plan_ids, lock_plan

logger = get_logger("tiendo.worker")


async def roll_forward(sessionmaker: SessionMaker, *, at: datetime) -> int:
    """Make missing assignments up to the end of next year; answers how many. Safe to repeat.

    Each plan is a transaction of its own and locked meanwhile, so that two workers make nothing
    twice.
    """
    async with sessionmaker() as session:
        plan_ids = await issued_plan_ids(session)
    roll = partial(_roll, sessionmaker, at=at)
    return await do_each(plan_ids, roll, noun="plan", failure="roll_failed")


async def _roll(sessionmaker: SessionMaker, plan_id: uuid.UUID, *, at: datetime) -> int:
    async with sessionmaker.begin() as session:
        await lock_handovers(session)
        plan = await lock_plan(session, plan_id)
        if plan.status != PlanStatus.ISSUED:
            return 0
        made = await expand.expand_plan(Act(session, None, at), plan)
        if made.assignments or made.submissions:
            # Assignees from which no assignment comes are counted in the event, never dropped.
            counts = {"assignments": made.assignments, "not_assigned": len(made.not_assigned)}
            record(session, None, "rolled_forward", subject(plan), at=at, **counts)
            logger.info("rolled_forward", plan_id=str(plan_id), **counts)
        return made.assignments

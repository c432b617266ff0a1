"""The assignments of the running year and the next, made for every issued plan as the years go
by."""

import uuid
from datetime import datetime
from functools import partial

import structlog
from sqlmodel import col, select

from app.db import SessionMaker
from app.domain.acts import Act
from app.domain.assignments import expand
from app.domain.plans.plans import subject
from app.domain.records import record
from app.jobs.each import do_each
from app.models import Plan, PlanStatus
from app.queries.locks import lock_handovers

logger = structlog.get_logger("tiendo.worker")


async def roll_forward(sessionmaker: SessionMaker, *, at: datetime) -> int:
    """Make what is missing up to the end of next year, a transaction a plan; safe to repeat.

    Two workers don't do it twice: each plan is held while it is looked at. Returns how many
    assignments were made.
    """
    async with sessionmaker() as session:
        issued = select(Plan.id).where(col(Plan.status) == PlanStatus.ISSUED).order_by(col(Plan.id))
        plan_ids = list(await session.exec(issued))
    roll = partial(_roll, sessionmaker, at=at)
    return await do_each(plan_ids, roll, noun="plan", failure="roll_failed")


async def _roll(sessionmaker: SessionMaker, plan_id: uuid.UUID, *, at: datetime) -> int:
    async with sessionmaker.begin() as session:
        await lock_handovers(session)
        # Its key is free meanwhile: reports on the plan are filed as ever.
        held = select(Plan).where(col(Plan.id) == plan_id).with_for_update(key_share=True)
        plan = (await session.exec(held)).one()
        if plan.status != PlanStatus.ISSUED:
            return 0
        made = await expand.expand_plan(Act(session, None, at), plan)
        if made.assignments or made.submissions:
            # Words of the plan from which nobody owes anything are told, never dropped.
            counts = {"assignments": made.assignments, "not_assigned": len(made.not_assigned)}
            record(session, None, "rolled_forward", subject(plan), at=at, **counts)
            logger.info("rolled_forward", plan_id=str(plan_id), **counts)
        return made.assignments

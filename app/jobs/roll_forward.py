"""The duties of the running year and the next, made for every issued plan as the years go by."""

import uuid
from datetime import datetime

import structlog
from sqlmodel import col, select

from app.clock import local_day
from app.db import SessionMaker
from app.domain import duties
from app.domain.plans import subject
from app.domain.records import record
from app.models import Plan, PlanStatus

logger = structlog.get_logger("tiendo.worker")


async def roll_forward(sessionmaker: SessionMaker, *, at: datetime) -> int:
    """Make what is missing up to the end of next year, a transaction a plan; safe to repeat.

    Two workers don't do it twice: each plan is held while it is looked at. Returns how many
    assignments were made.
    """
    async with sessionmaker() as session:
        issued = select(Plan.id).where(col(Plan.status) == PlanStatus.ISSUED)
        plan_ids = list(await session.exec(issued))
    return sum([await _roll(sessionmaker, plan_id, at=at) for plan_id in plan_ids])


async def _roll(sessionmaker: SessionMaker, plan_id: uuid.UUID, *, at: datetime) -> int:
    async with sessionmaker.begin() as session:
        # Its key is free meanwhile: reports on the plan are filed as ever.
        held = select(Plan).where(col(Plan.id) == plan_id).with_for_update(key_share=True)
        plan = (await session.exec(held)).one()
        if plan.status != PlanStatus.ISSUED:
            return 0
        made = await duties.expand(session, plan, through_year=local_day(at).year + 1)
        if made.assignments or made.submissions:
            count = made.assignments
            record(session, None, "rolled_forward", subject(plan), at=at, assignments=count)
            logger.info("rolled_forward", plan_id=str(plan_id), assignments=count)
        return made.assignments

"""Carrying out issued amendments of plans on the day on which they take effect."""

import uuid
from datetime import datetime
from functools import partial

from app.clock import local_day
from app.db import SessionMaker
from app.domain.acts import Act
from app.domain.amendments.amendments import apply
from app.jobs.each import do_each
from app.logs import get_logger
from app.models import AmendmentState, PlanStatus
from app.queries.amendments import amendments as queries
from app.queries.locks import lock_handovers

logger = get_logger("tiendo.worker")


async def carry_out_amendments(sessionmaker: SessionMaker, *, at: datetime) -> int:
    """Carry out issued amendments whose day has come; answers how many. Safe to repeat.

    Each is a transaction of its own and read again once its plan is locked, so that two workers
    carry out nothing twice.
    """
    async with sessionmaker() as session:
        ids = await queries.amendments_due_by(session, local_day(at))
    carry_out = partial(_carry_out, sessionmaker, at=at)
    return await do_each(ids, carry_out, noun="amendment", failure="amend_failed")


async def _carry_out(sessionmaker: SessionMaker, amendment_id: uuid.UUID, *, at: datetime) -> int:
    async with sessionmaker.begin() as session:
        await lock_handovers(session)
        case = await queries.lock_amendment(session, amendment_id)
        amendment, plan = case
        is_waiting = amendment.state == AmendmentState.ISSUED and amendment.applied_at is None
        if not is_waiting or plan.status != PlanStatus.ISSUED:
            return 0
        items = await queries.items_of(session, amendment_id)
        effect = await apply(Act(session, None, at), case, items)
        logger.info("amended", amendment_id=str(amendment_id), **effect.counts())
        return 1

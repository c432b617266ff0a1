"""Handing over all that agencies carry on the day on which they end."""

import uuid
from datetime import datetime
from functools import partial

from app.clock import local_day
from app.db import SessionMaker
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.jobs.each import do_each
from app.logs import get_logger
from app.queries.handovers.carried import ended_carriers

logger = get_logger("tiendo.worker")


async def hand_over(sessionmaker: SessionMaker, *, at: datetime) -> int:
    """Settle all that ended agencies still carry, an agency a transaction; safe to repeat.

    A second worker finds nothing left. Answers how many things were handed over or await a
    decision.
    """
    async with sessionmaker() as session:
        ended = await ended_carriers(session, local_day(at))
    # The earliest end first: what one hands over to the next is handed on by that one.
    agency_ids = sorted(ended, key=lambda key: (ended[key], key))
    settle_one = partial(_settle, sessionmaker, at=at)
    return await do_each(agency_ids, settle_one, noun="agency", failure="hand_over_failed")


async def _settle(sessionmaker: SessionMaker, agency_id: uuid.UUID, *, at: datetime) -> int:
    async with sessionmaker.begin() as session:
        changes = await settle(Act(session, None, at), agency_ids={agency_id})
    if changes:
        logger.info("handed_over", agency_id=str(agency_id), changes=len(changes))
    return len(changes)

"""What agencies leave behind when they end, handed over on the day."""

import uuid
from datetime import datetime
from functools import partial

import structlog

from app.clock import local_day
from app.db import SessionMaker
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.jobs.each import do_each
from app.queries.handovers.handovers import ended_carriers

logger = structlog.get_logger("tiendo.worker")


async def hand_over(sessionmaker: SessionMaker, *, at: datetime) -> int:
    """Settle what every agency that has ended still carries, a transaction each; safe to repeat.

    Two workers don't do it twice: the second finds nothing left. Returns how many things were
    handed over or put before people.
    """
    async with sessionmaker() as session:
        ended = await ended_carriers(session, local_day(at))
    # The earliest first: what one hands over to the next goes on from there.
    agency_ids = sorted(ended, key=lambda key: (ended[key], key))
    settle_one = partial(_settle, sessionmaker, at=at)
    return await do_each(agency_ids, settle_one, noun="agency", failure="hand_over_failed")


async def _settle(sessionmaker: SessionMaker, agency_id: uuid.UUID, *, at: datetime) -> int:
    async with sessionmaker.begin() as session:
        changes = await settle(Act(session, None, at), agency_ids={agency_id})
    if changes:
        logger.info("handed_over", agency_id=str(agency_id), changes=len(changes))
    return len(changes)

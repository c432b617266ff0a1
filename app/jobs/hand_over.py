"""What agencies leave behind when they end, handed over on the day."""

from datetime import datetime

import structlog

from app.clock import local_day
from app.db import SessionMaker
from app.domain.moving import Deed
from app.domain.settling import settle
from app.queries.handovers import ended_carriers

logger = structlog.get_logger("tiendo.worker")


class HandOverError(Exception):
    """What some agencies left could not be handed over; the log says why, and the rest is done."""


async def hand_over(sessionmaker: SessionMaker, *, at: datetime) -> int:
    """Settle what every agency that has ended still carries, a transaction each; safe to repeat.

    Two workers don't do it twice: the second finds nothing left. Returns how many things were
    handed over or put before people; raises `HandOverError` at the end if an agency failed.
    """
    async with sessionmaker() as session:
        ended = await ended_carriers(session, local_day(at))
    done, failed = 0, 0
    # The earliest first: what one hands over to the next goes on from there.
    for agency_id in sorted(ended, key=lambda key: (ended[key], key)):
        try:
            async with sessionmaker.begin() as session:
                changes = await settle(Deed(session, None, at), agency_ids={agency_id})
        except Exception:
            failed += 1
            logger.exception("hand_over_failed", agency_id=str(agency_id))
            continue
        if changes:
            done += len(changes)
            logger.info("handed_over", agency_id=str(agency_id), changes=len(changes))
    if failed:
        raise HandOverError(f"{failed} of {len(ended)} agencies")
    return done

"""Noting that the database has come to another PostgreSQL cluster, as it does by a restore."""

from datetime import datetime

from app.db import SessionMaker
from app.logs import get_logger
from app.queries import events

logger = get_logger("tiendo.worker")


async def note_cluster(sessions: SessionMaker, *, at: datetime) -> None:
    """Note the cluster if it is another than yesterday, before it is dumped and restored again.

    Safe to repeat, also by two workers at once.
    """
    async with sessions.begin() as session:
        number = await events.note_cluster(session, at=at)
    if number is not None:
        logger.info("cluster_noted", number=number)

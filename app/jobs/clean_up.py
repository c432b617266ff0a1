"""What is kept for a time only: ended tokens, old events and deliveries, answers, done work."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import col

from app.db import SessionMaker
from app.http.idempotency import KEPT_DAYS
from app.models import Operation, RevokedToken, StoredAnswer, WebhookDelivery

# The floor rises with what is deleted, in one statement: a reader sees both or neither.
FORGET_EVENTS = sa.text("""
with gone as (
  delete from event where created_at < :before returning transaction_id, sequence
)
insert into event_floor (id, transaction_id, sequence)
select 1, transaction_id, sequence from gone order by transaction_id desc, sequence desc limit 1
on conflict (id) do update
   set transaction_id = excluded.transaction_id, sequence = excluded.sequence
 where (event_floor.transaction_id, event_floor.sequence)
       < (excluded.transaction_id, excluded.sequence)
""")


async def forget_ended_tokens(sessionmaker: SessionMaker, *, at: datetime) -> None:
    """Delete revocations of tokens whose time was over by *at*."""
    async with sessionmaker.begin() as session:
        await session.exec(sa.delete(RevokedToken).where(col(RevokedToken.expires_at) < at))


async def forget_old_events(sessions: SessionMaker, *, at: datetime, days: int) -> None:
    """Delete events that were written more than *days* days before *at*, and say up to where.

    Their webhook deliveries go with them by their foreign key; pings have no event to go with.
    """
    before = at - timedelta(days=days)
    pings = sa.delete(WebhookDelivery).where(
        col(WebhookDelivery.event_id).is_(None), col(WebhookDelivery.created_at) < before
    )
    async with sessions.begin() as session:
        connection = await session.connection()
        await connection.execute(FORGET_EVENTS, {"before": before})
        await connection.execute(pings)


async def forget_stored_answers(sessionmaker: SessionMaker, *, at: datetime) -> None:
    """Delete answers to requests that were made more than `KEPT_DAYS` before *at*."""
    before = at - timedelta(days=KEPT_DAYS)
    async with sessionmaker.begin() as session:
        await session.exec(sa.delete(StoredAnswer).where(col(StoredAnswer.created_at) < before))


async def forget_ended_operations(sessions: SessionMaker, *, at: datetime, days: int) -> None:
    """Delete operations that ended more than *days* days before *at*."""
    async with sessions.begin() as session:
        before = at - timedelta(days=days)
        await session.exec(sa.delete(Operation).where(col(Operation.finished_at) < before))

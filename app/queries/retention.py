"""Deleting rows that are kept for a time only."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Operation, RevokedToken, StoredAnswer, WebhookDelivery
from app.queries.access.failed_logins import FORGET

# The floor rises with what is deleted, in one statement: a reader sees both or neither.
DELETE_EVENTS = sa.text("""
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


async def delete_ended_revocations(session: AsyncSession, *, before: datetime) -> None:
    """Delete revocations of tokens that would have ended by themselves."""
    await session.exec(sa.delete(RevokedToken).where(col(RevokedToken.expires_at) < before))


async def delete_events(session: AsyncSession, *, before: datetime) -> None:
    """Delete events that were written earlier, and raise the floor of the feed to the last of them.

    Their webhook deliveries go with them by their foreign key; pings have no event, so that they
    are deleted by their own moment.
    """
    pings = sa.delete(WebhookDelivery).where(
        col(WebhookDelivery.event_id).is_(None), col(WebhookDelivery.created_at) < before
    )
    connection = await session.connection()
    await connection.execute(DELETE_EVENTS, {"before": before})
    await connection.execute(pings)


async def delete_failed_logins(session: AsyncSession) -> None:
    """Delete the counts of failed logins that hold nobody up any more."""
    connection = await session.connection()
    await connection.execute(FORGET)


async def delete_stored_answers(session: AsyncSession, *, before: datetime) -> None:
    """Delete answers to requests that were made earlier."""
    await session.exec(sa.delete(StoredAnswer).where(col(StoredAnswer.created_at) < before))


async def delete_ended_operations(session: AsyncSession, *, before: datetime) -> None:
    """Delete operations that ended earlier."""
    await session.exec(sa.delete(Operation).where(col(Operation.finished_at) < before))

"""Finding what was answered before to a client's `Idempotency-Key`."""

import uuid

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import StoredAnswer

HOLD = sa.text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")


async def hold_key(session: AsyncSession, client_id: uuid.UUID, key: str) -> bool:
    """Hold the key until the transaction ends; False while another request does.

    The lock is advisory, so nothing is written before the work is done.
    """
    connection = await session.connection()
    held = await connection.scalar(HOLD, {"name": f"{client_id} {key}"})
    return bool(held)


async def find_answer(session: AsyncSession, client_id: uuid.UUID, key: str) -> StoredAnswer | None:
    """What the key was answered with, if it was used."""
    return await session.get(StoredAnswer, (client_id, key))

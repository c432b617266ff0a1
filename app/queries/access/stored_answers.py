"""Stored answers to requests with an `Idempotency-Key`."""

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import StoredAnswer

KEPT_DAYS = 7
"""The days for which an answer is repeated to a client that sends its key again."""


async def find_answer(session: AsyncSession, client_id: uuid.UUID, key: str) -> StoredAnswer | None:
    """The stored answer to a client's key; None if the key was not used."""
    return await session.get(StoredAnswer, (client_id, key))

"""Finding what was answered before to a client's `Idempotency-Key`."""

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import StoredAnswer


async def find_answer(session: AsyncSession, client_id: uuid.UUID, key: str) -> StoredAnswer | None:
    """What the key was answered with, if it was used."""
    return await session.get(StoredAnswer, (client_id, key))

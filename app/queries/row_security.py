"""Saying for which agencies a transaction reads what row security guards: drafts and contacts.

Who says nothing reads none of it. Drafts are their own agency's; contacts are also read by those
who work with them, as the policies in `migrations/sql` say.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.reading import require_transaction

ALLOW = sa.text(
    "select current_setting('tiendo.agencies', true),"
    " set_config('tiendo.agencies', :agencies, true)"
)
EVERY = "*"


async def read_as(session: AsyncSession, agency_id: uuid.UUID) -> None:
    """Read, and write, what an agency may, until the transaction ends."""
    require_transaction(session)
    await (await session.connection()).execute(ALLOW, {"agencies": str(agency_id)})


@asynccontextmanager
async def reach(session: AsyncSession, agency_id: uuid.UUID) -> AsyncIterator[None]:
    """Let the statements within read and write what an agency may."""
    async with _reach(session, str(agency_id)):
        yield


@asynccontextmanager
async def reach_all(session: AsyncSession) -> AsyncIterator[None]:
    """Let the statements within reach what is all agencies': of acts that move or address it."""
    async with _reach(session, EVERY):
        yield


@asynccontextmanager
async def _reach(session: AsyncSession, agencies: str) -> AsyncIterator[None]:
    require_transaction(session)
    connection = await session.connection()
    before, _ = (await connection.execute(ALLOW, {"agencies": agencies})).one()
    yield
    # Whatever is raised within ends the transaction, and the setting with it.
    await connection.execute(ALLOW, {"agencies": before or ""})

"""Naming the agencies for which a transaction reads drafts and contacts, which row security guards.

A transaction that names none reads none of them. Drafts are their own agency's; contacts are also
read by those who work with them, as the policies in `migrations/sql` state.
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
    """Read and write as an agency may, until the transaction ends."""
    require_transaction(session)
    await (await session.connection()).execute(ALLOW, {"agencies": str(agency_id)})


@asynccontextmanager
async def reach(session: AsyncSession, agency_id: uuid.UUID) -> AsyncIterator[None]:
    """Let the statements within read and write as an agency may."""
    async with _reach(session, str(agency_id)):
        yield


@asynccontextmanager
async def reach_all(session: AsyncSession) -> AsyncIterator[None]:
    """Let the statements within reach the rows of all agencies: for acts that move them or send to
    them."""
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

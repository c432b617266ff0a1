"""The transaction of a command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole, Settings
from app.db import make_engine, make_sessionmaker


@asynccontextmanager
async def transaction(
    settings: Settings, role: DatabaseRole = DatabaseRole.SERVICE
) -> AsyncIterator[AsyncSession]:
    """A session in one transaction, committed at the end unless something was raised."""
    engine = make_engine(settings, role=role)
    try:
        async with make_sessionmaker(engine).begin() as session:
            yield session
    finally:
        await engine.dispose()

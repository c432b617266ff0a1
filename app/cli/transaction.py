"""The transaction of a command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import DatabaseRole, Settings
from app.db import make_engine, make_sessionmaker
from app.home.errors import StartError
from app.queries.clocks import clock_lead, is_wrong, wrong_clock


@asynccontextmanager
async def transaction(
    settings: Settings, role: DatabaseRole = DatabaseRole.SERVICE
) -> AsyncIterator[AsyncSession]:
    """A session in one transaction, committed at the end unless something was raised. Raises
    `StartError` where this machine's clock is wrong: the effects of a command can't be undone."""
    engine = make_engine(settings, role=role)
    try:
        async with make_sessionmaker(engine).begin() as session:
            lead = await clock_lead(session)
            if is_wrong(lead):
                raise StartError(*wrong_clock(lead))
            yield session
    finally:
        await engine.dispose()

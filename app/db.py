"""Sessions. The only place that commits."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    async_sessionmaker,
    create_async_engine,
)
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings

SessionMaker = async_sessionmaker[AsyncSession]


def make_engine(settings: Settings, *, name: str = "tiendo", **options: Any) -> AsyncEngine:
    """An engine whose connections give up on slow statements, locks and idle transactions.

    *name* is what the database lists its connections under.
    """
    milliseconds = str(int(settings.request_seconds * 1000))
    return create_async_engine(
        settings.sqlalchemy_url,
        pool_size=settings.database_pool,
        max_overflow=0,
        # A statement that fails is logged; what agencies wrote, and digests, are not.
        hide_parameters=True,
        connect_args={
            "server_settings": {
                "application_name": name,
                "timezone": "UTC",
                "statement_timeout": milliseconds,
                "lock_timeout": milliseconds,
                "idle_in_transaction_session_timeout": milliseconds,
                # Our statements are short: compiling them costs more than it saves.
                "jit": "off",
            }
        },
        **options,
    )


def make_sessionmaker(bind: AsyncEngine | AsyncConnection, **options: Any) -> SessionMaker:
    """Sessions whose rows stay readable after the commit."""
    return async_sessionmaker(bind, class_=AsyncSession, expire_on_commit=False, **options)


async def get_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One request's transaction: committed on return, rolled back on any exception."""
    sessionmaker: SessionMaker = request.app.state.sessionmaker
    async with sessionmaker.begin() as session:
        yield session


# scope="function": commit before the response leaves, so a failed commit is never a 201.
SessionDep = Annotated[AsyncSession, Depends(get_session, scope="function")]


def reading_sessions(request: Request) -> SessionMaker:
    """Sessions for what only reads: no transaction is begun or ended around their statements."""
    state = request.app.state
    sessionmaker: SessionMaker = getattr(state, "reading_sessionmaker", state.sessionmaker)
    return sessionmaker


async def get_reading_session(request: Request) -> AsyncIterator[AsyncSession]:
    """One request's session, where all it does is read."""
    async with reading_sessions(request)() as session:
        yield session


# The two round trips of an empty transaction are a third of what a hot read costs.
ReadingSessionDep = Annotated[AsyncSession, Depends(get_reading_session, scope="function")]

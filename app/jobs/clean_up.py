"""Deleting ended tokens, old events, stored answers and ended operations, daily."""

from datetime import datetime, timedelta

from app.db import SessionMaker
from app.queries import retention
from app.queries.access.stored_answers import KEPT_DAYS


async def forget_ended_tokens(sessions: SessionMaker, *, at: datetime) -> None:
    """Delete revocations of tokens whose time was over by *at*."""
    async with sessions.begin() as session:
        await retention.delete_ended_revocations(session, before=at)


async def forget_failed_logins(sessions: SessionMaker, *, at: datetime) -> None:  # noqa: ARG001 - by the database's clock, as they are counted
    """Delete the counts of failed logins that hold nobody up any more."""
    async with sessions.begin() as session:
        await retention.delete_failed_logins(session)


async def forget_old_events(sessions: SessionMaker, *, at: datetime, days: int) -> None:
    """Delete events and pings that were written more than *days* days before *at*."""
    async with sessions.begin() as session:
        await retention.delete_events(session, before=at - timedelta(days=days))


async def forget_stored_answers(sessions: SessionMaker, *, at: datetime) -> None:
    """Delete answers to requests that were made more than `KEPT_DAYS` days before *at*."""
    async with sessions.begin() as session:
        await retention.delete_stored_answers(session, before=at - timedelta(days=KEPT_DAYS))


async def forget_ended_operations(sessions: SessionMaker, *, at: datetime, days: int) -> None:
    """Delete operations that ended more than *days* days before *at*."""
    async with sessions.begin() as session:
        await retention.delete_ended_operations(session, before=at - timedelta(days=days))

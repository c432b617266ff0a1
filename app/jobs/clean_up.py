"""What need not be kept: revocations of tokens that have ended anyway."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col

from app.db import SessionMaker
from app.models import RevokedToken


async def forget_ended_tokens(sessionmaker: SessionMaker, *, at: datetime) -> None:
    """Delete revocations of tokens whose time was over by *at*."""
    async with sessionmaker.begin() as session:
        await session.exec(sa.delete(RevokedToken).where(col(RevokedToken.expires_at) < at))

"""Reading the registry of agencies, as of a day."""

import uuid

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError, Text
from app.models import Agency


async def get_agency(session: AsyncSession, ref: str) -> Agency:
    """The agency of a code, an official identifier or an id; one that has ended is found too."""
    ways = [col(Agency.code) == ref, col(Agency.identifier) == ref]
    try:
        ways.append(col(Agency.id) == uuid.UUID(ref))
    except ValueError:
        pass
    agency = (await session.exec(select(Agency).where(sa.or_(*ways)))).one_or_none()
    if agency is None:
        raise NotFoundError(Text(f"Không có cơ quan {ref}.", f"There is no agency {ref}."))
    return agency

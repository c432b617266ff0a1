"""Who exists and who belongs where on a day: what the expansion of a plan needs to know."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, Collective
from app.queries.agencies import holds_on
from app.queries.collectives import members_on


@dataclass(frozen=True, slots=True)
class Membership:
    """The registry as of a day, as far as one plan names it."""

    existing: frozenset[uuid.UUID]
    members: dict[uuid.UUID, list[uuid.UUID]]
    uncountable: frozenset[uuid.UUID]


async def membership_on(
    session: AsyncSession,
    agency_ids: Collection[uuid.UUID],
    collective_ids: Collection[uuid.UUID],
    day: date,
) -> Membership:
    """Which of these agencies exist on *day*, and who belongs to these collectives then."""
    existing = await session.exec(
        select(Agency.id).where(col(Agency.id).in_(agency_ids), holds_on(Agency, day))
    )
    uncountable = await session.exec(
        select(Collective.id).where(
            col(Collective.id).in_(collective_ids), col(Collective.is_enumerable).is_(False)
        )
    )
    return Membership(
        existing=frozenset(existing),
        members=await members_on(session, collective_ids, day),
        uncountable=frozenset(uncountable),
    )

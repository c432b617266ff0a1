"""Who exists and who belongs where on a day: what the expansion of a plan needs to know."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, Collective
from app.queries.assignments.substitutions import DecidedSubstitution, StandIns, stand_ins_on
from app.queries.registry.collectives import members_on


@dataclass(frozen=True, slots=True)
class Membership:
    """The registry as of a day, as far as one plan names it, and who stands for what is no more."""

    members: dict[uuid.UUID, list[uuid.UUID]]
    uncountable: frozenset[uuid.UUID]
    stand_ins: dict[uuid.UUID, StandIns]


async def membership_on(
    session: AsyncSession,
    collective_ids: Collection[uuid.UUID],
    decided: Sequence[DecidedSubstitution],
    day: date,
) -> Membership:
    """Who belongs to these collectives on *day*.

    *decided*: what the plan has decided of collectives without members.
    """
    uncountable = await session.exec(
        select(Collective.id).where(
            col(Collective.id).in_(collective_ids), col(Collective.is_enumerable).is_(False)
        )
    )
    return Membership(
        members=await members_on(session, collective_ids, day),
        uncountable=frozenset(uncountable),
        stand_ins=await stand_ins_on(session, decided, day),
    )


async def begun_by(
    session: AsyncSession, agency_ids: Collection[uuid.UUID], day: date
) -> dict[uuid.UUID, date | None]:
    """Those of these agencies that have begun to exist by *day*, each with its first day."""
    begins = col(Agency.valid_from)
    rows = await session.exec(
        select(Agency).where(
            col(Agency.id).in_(agency_ids), sa.or_(begins.is_(None), begins <= day)
        )
    )
    return {row.id: row.valid_from for row in rows}

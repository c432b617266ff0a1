"""The registry as of a day, as far as the expansion of a plan needs it."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, Collective
from app.queries.assignments.substitutions import (
    DecidedSubstitution,
    StandIns,
    stand_ins_on_days,
)
from app.queries.registry.collectives import members_on_days


@dataclass(frozen=True, slots=True)
class Membership:
    """The members of the collectives that a plan names on a day, and their substitutes.

    `uncountable` are collectives without a list of members.
    """

    members: dict[uuid.UUID, list[uuid.UUID]]
    uncountable: frozenset[uuid.UUID]
    stand_ins: dict[uuid.UUID, StandIns]


async def memberships_on(
    session: AsyncSession,
    collective_ids: Collection[uuid.UUID],
    decided: Sequence[DecidedSubstitution],
    days: Collection[date],
) -> dict[date, Membership]:
    """The members of these collectives on each of *days*; *decided* are the plan's
    substitutions."""
    found = await session.exec(
        select(Collective.id).where(
            col(Collective.id).in_(collective_ids), col(Collective.is_enumerable).is_(False)
        )
    )
    uncountable = frozenset(found)
    members = await members_on_days(session, collective_ids, days)
    stand_ins = await stand_ins_on_days(session, decided, days)
    return {day: Membership(members[day], uncountable, stand_ins[day]) for day in days}


async def begun_by(
    session: AsyncSession, agency_ids: Collection[uuid.UUID], day: date
) -> dict[uuid.UUID, date | None]:
    """The agencies among these that exist or existed by *day*, each with its first day."""
    begins = col(Agency.valid_from)
    rows = await session.exec(
        select(Agency).where(
            col(Agency.id).in_(agency_ids), sa.or_(begins.is_(None), begins <= day)
        )
    )
    return {row.id: row.valid_from for row in rows}

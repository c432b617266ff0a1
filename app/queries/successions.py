"""Reading who took over from whom."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Succession, SuccessionKind
from app.queries.agencies import AgencyLabel, agency_names


@dataclass(frozen=True, slots=True)
class SuccessionView:
    """A succession with both agencies as they are shown."""

    id: uuid.UUID
    predecessor: AgencyLabel
    successor: AgencyLabel | None
    effective_on: date
    kind: SuccessionKind
    scope: str | None
    basis: str | None
    certainty: str | None


async def list_successions(
    session: AsyncSession,
    *,
    agency_ids: Collection[uuid.UUID] | None = None,
    effective_from: date | None = None,
    effective_until: date | None = None,
) -> list[Succession]:
    """Successions by day: from a day (inclusive), to a day (exclusive), of these agencies."""
    statement = select(Succession).order_by(col(Succession.effective_on), col(Succession.id))
    if agency_ids is not None:
        statement = statement.where(
            sa.or_(
                col(Succession.predecessor_id).in_(agency_ids),
                col(Succession.successor_id).in_(agency_ids),
            )
        )
    if effective_from is not None:
        statement = statement.where(col(Succession.effective_on) >= effective_from)
    if effective_until is not None:
        statement = statement.where(col(Succession.effective_on) < effective_until)
    return list(await session.exec(statement))


async def describe(
    session: AsyncSession, successions: Collection[Succession], *, day: date
) -> list[SuccessionView]:
    """The successions with both sides named as on *day*."""
    ids = {row.predecessor_id for row in successions} | {
        row.successor_id for row in successions if row.successor_id is not None
    }
    labels = await agency_names(session, ids, day=day)
    return [
        SuccessionView(
            id=row.id,
            predecessor=labels[row.predecessor_id],
            successor=None if row.successor_id is None else labels[row.successor_id],
            effective_on=row.effective_on,
            kind=row.kind,
            scope=row.scope,
            basis=row.basis,
            certainty=row.certainty,
        )
        for row in successions
    ]

"""Reading successions, and who took over from whom by them."""

import uuid
from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError, Text
from app.models import Agency, Succession
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows
from app.queries.registry.agencies import holds_on
from app.queries.rows import grouped

IDS = ARRAY(sa.Uuid())
"""Many ids as one parameter."""


SUCCESSIONS = Listing(
    conditions={
        "agency": "succession.predecessor_id = :agency or succession.successor_id = :agency",
        "kind": "succession.kind = any(:kind)",
        "effective_from": "succession.effective_on >= :effective_from",
        "effective_until": "succession.effective_on < :effective_until",
    },
    orders={
        "effective_on": (
            SortPart("succession.effective_on", "date"),
            SortPart("succession.id", "uuid"),
        )
    },
)


async def page_of_successions(session: AsyncSession, asked: PageRequest) -> FoundPage[Succession]:
    """One page of successions, and the place where the next page begins."""
    return await read_rows(session, Succession, SUCCESSIONS, asked)


async def list_successions(
    session: AsyncSession,
    *,
    agency_ids: Collection[uuid.UUID] | None = None,
    effective_from: date | None = None,
    effective_until: date | None = None,
    in_force: bool = False,
) -> list[Succession]:
    """Successions by day: from a day (inclusive), to a day (exclusive), of these agencies."""
    statement = select(Succession).order_by(col(Succession.effective_on), col(Succession.id))
    if in_force:
        statement = statement.where(col(Succession.corrected_at).is_(None))
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


async def get_succession(session: AsyncSession, succession_id: uuid.UUID) -> Succession:
    """One succession, in force or corrected since; raises `NotFoundError`."""
    row = await session.get(Succession, succession_id)
    if row is None:
        raise NotFoundError(Text("Không có kế thừa này.", "There is no such succession."))
    return row


async def successors_of(
    session: AsyncSession, agency_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Succession]]:
    """The successions by which each agency ended, to successors that exist then, by code.

    A part that was given away earlier does not count, nor does an abolition without a successor.
    """
    ended, successor = aliased(Agency), aliased(Agency)
    rows = await session.exec(
        select(Succession)
        .join(ended, col(ended.id) == col(Succession.predecessor_id))
        .join(successor, col(successor.id) == col(Succession.successor_id))
        .where(
            col(Succession.predecessor_id) == sa.func.any(sa.literal(list(agency_ids), IDS)),
            col(Succession.corrected_at).is_(None),
            col(Succession.effective_on) == col(ended.valid_until),
            holds_on(successor, sa.cast(Succession.effective_on, sa.Date)),
        )
        .order_by(col(successor.code).collate("C"))
    )
    return grouped(agency_ids, ((row.predecessor_id, row) for row in rows))


def carried_by(agency_id: uuid.UUID, day: date) -> sa.Select[uuid.UUID]:
    """The ids of an agency and, along chains, of all that ended by *day* and handed over to it.

    An agency that was split counts for each successor; one that gave away a part and lives on does
    not.
    """
    carried = sa.select(sa.literal(agency_id, sa.Uuid()).label("id")).cte("carried", recursive=True)
    ended = aliased(Agency)
    before = (
        sa.select(col(Succession.predecessor_id))
        .join(carried, col(Succession.successor_id) == carried.c.id)
        .join(ended, col(ended.id) == col(Succession.predecessor_id))
        .where(
            col(Succession.corrected_at).is_(None),
            col(Succession.effective_on) == col(ended.valid_until),
            col(Succession.effective_on) <= day,
        )
    )
    return sa.select(carried.union(before).c.id)

"""Reading who stands in for the collectives that a plan names and that have no members."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    Assignment,
    AssignmentStatus,
    CollectiveSubstitution,
    CollectiveSubstitutionAgency,
)
from app.queries.registry.agency_views import exists_on
from app.queries.registry.collectives import members_on_days
from app.queries.rows import grouped


@dataclass(frozen=True, slots=True)
class DecidedSubstitution:
    """A decision with the agencies that it names; none where it names a collective."""

    row: CollectiveSubstitution
    agency_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class StandIns:
    """The agencies that stand in for a collective on a day, and the day of the decision."""

    agency_ids: tuple[uuid.UUID, ...]
    decided_on: date


async def list_substitutions(
    session: AsyncSession, plan_id: uuid.UUID
) -> list[DecidedSubstitution]:
    """All substitutions of a plan, by `from_day` and then in the order of decisions."""
    rows = list(
        await session.exec(
            select(CollectiveSubstitution)
            .where(col(CollectiveSubstitution.plan_id) == plan_id)
            .order_by(col(CollectiveSubstitution.from_day), col(CollectiveSubstitution.id))
        )
    )
    named = await session.exec(
        select(CollectiveSubstitutionAgency.substitution_id, CollectiveSubstitutionAgency.agency_id)
        .where(col(CollectiveSubstitutionAgency.substitution_id).in_([row.id for row in rows]))
        .order_by(col(CollectiveSubstitutionAgency.id))
    )
    agency_ids = grouped((row.id for row in rows), named)
    return [DecidedSubstitution(row, tuple(agency_ids[row.id])) for row in rows]


async def lock_not_started_of(
    session: AsyncSession, assignee_ids: Collection[uuid.UUID]
) -> list[tuple[Assignment, Agency]]:
    """The assignments that these assignees gave and that nobody has begun, with their agencies;
    locked until the transaction ends."""
    rows = await session.exec(
        select(Assignment, Agency)
        .join(Agency, col(Agency.id) == col(Assignment.agency_id))
        .where(
            col(Assignment.assignee_id).in_(assignee_ids),
            col(Assignment.status) == AssignmentStatus.NOT_STARTED,
        )
        .with_for_update(of=Assignment)
    )
    return list(rows)


def substitutions_in_force(
    decided: Iterable[DecidedSubstitution], day: date
) -> dict[uuid.UUID, DecidedSubstitution]:
    """The decision that holds on *day* for each collective; *decided* is ordered by day."""
    return {one.row.collective_id: one for one in decided if one.row.from_day <= day}


async def stand_ins_on_days(
    session: AsyncSession, decided: Sequence[DecidedSubstitution], days: Collection[date]
) -> dict[date, dict[uuid.UUID, StandIns]]:
    """The agencies that stand in for each collective on each of *days* and exist then."""
    if not decided:
        return {day: {} for day in days}
    collectives = {one.row.stand_in_id for one in decided if one.row.stand_in_id is not None}
    members = await members_on_days(session, collectives, days)
    named = {agency_id for one in decided for agency_id in one.agency_ids}
    rows = await session.exec(select(Agency).where(col(Agency.id).in_(named)))
    agencies = {row.id: row for row in rows}
    return {
        day: {
            one.row.collective_id: StandIns(
                tuple(members[day][one.row.stand_in_id])
                if one.row.stand_in_id is not None
                else tuple(key for key in one.agency_ids if exists_on(agencies[key], day)),
                one.row.decided_on,
            )
            for one in substitutions_in_force(decided, day).values()
        }
        for day in days
    }

"""Reading who stands in for the collectives that a plan names and that have no members."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    Agency,
    Assignment,
    AssignmentStatus,
    CollectiveSubstitution,
    CollectiveSubstitutionAgency,
)
from app.queries.rows import grouped


@dataclass(frozen=True, slots=True)
class DecidedSubstitution:
    """A decision with the agencies that it names; none where it names a collective."""

    row: CollectiveSubstitution
    agency_ids: tuple[uuid.UUID, ...]

    @property
    def collective_id(self) -> uuid.UUID:
        """The collective for which it is decided."""
        return self.row.collective_id

    @property
    def from_day(self) -> date:
        """The first day on which it holds."""
        return self.row.from_day


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
        .with_for_update(of=Assignment, key_share=True)
    )
    return list(rows)


class Substitution(Protocol):
    """A decision on who stands in for a collective from a day (inclusive) on."""

    @property
    def collective_id(self) -> uuid.UUID:
        """The collective for which it is decided."""

    @property
    def from_day(self) -> date:
        """The first day on which it holds."""


Decided = TypeVar("Decided", bound=Substitution)


def substitutions_in_force(decided: Iterable[Decided], day: date) -> dict[uuid.UUID, Decided]:
    """The decision that holds on *day* for each collective; *decided* is ordered by day."""
    return {one.collective_id: one for one in decided if one.from_day <= day}

"""The agencies that collectives stand for on a day: their members, or their stand-ins."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from app.queries.assignments.expansion_rows import ExpansionRows, SubstitutionRow
from app.queries.assignments.substitutions import substitutions_in_force
from app.queries.registry.agency_views import exists_on


@dataclass(frozen=True, slots=True)
class StandIns:
    """The agencies that stand in for a collective on a day, and the day of the decision."""

    agency_ids: Sequence[uuid.UUID]
    decided_on: date


@dataclass(frozen=True, slots=True)
class Membership:
    """The members on a day of the collectives that a plan names, and their stand-ins.

    `uncountable` are collectives without a list of members.
    """

    members: Mapping[uuid.UUID, Sequence[uuid.UUID]]
    uncountable: Set[uuid.UUID]
    stand_ins: Mapping[uuid.UUID, StandIns]


def membership_on(rows: ExpansionRows, day: date) -> Membership:
    """The members on *day* of the collectives that a plan names."""
    members: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for row in rows.members:
        if (row.since is None or row.since <= day) and (row.until is None or day < row.until):
            members[row.collective_id].append(row.agency_id)
    existing = {row.id for row in rows.agencies if exists_on(row, day)}

    def standing_in(one: SubstitutionRow) -> Sequence[uuid.UUID]:
        if one.stand_in_id is not None:
            return members[one.stand_in_id]
        return [row_id for row_id in one.agency_ids if row_id in existing]

    return Membership(
        members,
        {row.id for row in rows.collectives if not row.is_enumerable},
        {
            one.collective_id: StandIns(standing_in(one), one.decided_on)
            for one in substitutions_in_force(rows.substitutions, day).values()
        },
    )

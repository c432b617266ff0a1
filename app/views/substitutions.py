from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.queries.assignments.substitutions import DecidedSubstitution
from app.schemas.substitutions import SubstitutionOut
from app.views.labels import agency_labels, collective_labels


async def substitutions_out(
    session: AsyncSession, decided: Sequence[DecidedSubstitution]
) -> list[SubstitutionOut]:
    """Substitutions of one plan, all of them given, in their order."""
    rows = [one.row for one in decided]
    labels = await agency_labels(
        session,
        (agency_id for one in decided for agency_id in one.agency_ids),
        (row.agency_id for row in rows),
    )
    collectives = await collective_labels(
        session, (one for row in rows for one in (row.collective_id, row.stand_in_id))
    )
    last = {(row.collective_id, row.from_day): row.id for row in rows}
    return [
        SubstitutionOut.of(
            one.row,
            collective=collectives[one.row.collective_id],
            stand_in_collective=collectives.optional(one.row.stand_in_id),
            stand_in_agencies=[labels[agency_id] for agency_id in one.agency_ids],
            decided_by=labels[one.row.agency_id],
            replaced_by=None
            if (latest := last[one.row.collective_id, one.row.from_day]) == one.row.id
            else latest,
        )
        for one in decided
    ]

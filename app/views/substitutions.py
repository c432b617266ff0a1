from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.queries.assignments.substitutions import DecidedSubstitution
from app.queries.plans.tasks import collective_names
from app.queries.registry import agencies


async def described(
    session: AsyncSession, decided: Sequence[DecidedSubstitution]
) -> list[dict[str, Any]]:
    """Substitutions of one plan as they are answered, all of them given, in their order."""
    rows = [one.row for one in decided]
    ids = {agency_id for one in decided for agency_id in one.agency_ids}
    labels = await agencies.agency_names(
        session, ids | {row.agency_id for row in rows}, day=local_day(utc_now())
    )
    named = {row.collective_id for row in rows}
    named |= {row.stand_in_id for row in rows if row.stand_in_id is not None}
    collectives = await collective_names(session, named)
    later = {(row.collective_id, row.from_day): row.id for row in rows}
    return [
        one.row.model_dump()
        | {
            "collective": collectives[one.row.collective_id],
            "stand_in_collective": one.row.stand_in_id and collectives[one.row.stand_in_id],
            "stand_in_agencies": [labels[agency_id] for agency_id in one.agency_ids],
            "decided_by": labels[one.row.agency_id],
            "replaced_by": None
            if (last := later[one.row.collective_id, one.row.from_day]) == one.row.id
            else last,
        }
        for one in decided
    ]

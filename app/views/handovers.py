from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.handovers import decide as domain
from app.queries.handovers import handovers as queries
from app.queries.registry import agencies


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[queries.HandoverCase]
) -> list[dict[str, Any]]:
    """Handovers as they are answered, with who may take over."""
    day = local_day(utc_now())
    rows = [case.handover for case in cases]
    candidates = await queries.handover_candidates_of(session, rows, day=day)
    ids = {row.from_agency_id for row in rows}
    ids |= {one for row in rows for one in (row.to_agency_id, row.decided_for_id) if one}
    labels = await agencies.agency_names(session, ids, day=day)
    return [
        row.model_dump()
        | {
            "plan": plan,
            "assignment": assignment
            and {
                "id": assignment.id,
                "task": task,
                "role": assignment.role,
                "occurrence": assignment.occurrence,
            },
            "from_agency": labels[row.from_agency_id],
            "candidates": candidates[row.from_agency_id],
            "to_agency": labels[row.to_agency_id] if row.to_agency_id else None,
            "decided_by": labels[row.decided_for_id] if row.decided_for_id else None,
            "allowed_actions": domain.allowed_actions(principal, row, plan),
        }
        for row, plan, assignment, task in cases
    ]

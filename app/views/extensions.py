from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.assignments import extensions as domain
from app.queries.assignments.extensions import ExtensionCase
from app.queries.registry import agencies


async def described(
    session: AsyncSession, principal: Principal, cases: Sequence[ExtensionCase]
) -> list[dict[str, Any]]:
    """Extensions as they are answered."""
    await session.flush()
    ids = {one for case in cases for one in (case.extension.agency_id, case.assignment.agency_id)}
    ids |= {case.extension.decided_for_id for case in cases if case.extension.decided_for_id}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [
        case.extension.model_dump()
        | {
            "plan": case.plan,
            "assignment": {
                "id": case.assignment.id,
                "task": case.task,
                "role": case.assignment.role,
                "occurrence": case.assignment.occurrence,
            },
            "agency": labels[case.assignment.agency_id],
            "asked_by": labels[case.extension.agency_id],
            "decided_by": labels[case.extension.decided_for_id]
            if case.extension.decided_for_id
            else None,
            "allowed_actions": domain.allowed_actions(principal, case),
        }
        for case in cases
    ]

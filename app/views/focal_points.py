from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.assignments import focal_points as domain
from app.models import FocalPoint
from app.queries.registry import agencies


async def described(
    session: AsyncSession, principal: Principal, rows: Sequence[FocalPoint]
) -> list[dict[str, Any]]:
    """Focal points as they are answered, with their agencies by name."""
    day = local_day(utc_now())
    labels = await agencies.agency_names(session, {row.agency_id for row in rows}, day=day)
    return [
        row.model_dump()
        | {
            "agency": labels[row.agency_id],
            "allowed_actions": domain.allowed_actions(principal, row),
        }
        for row in rows
    ]

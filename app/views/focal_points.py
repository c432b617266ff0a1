from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.assignments import focal_points as domain
from app.models import FocalPoint
from app.schemas.focal_points import FocalPointOut
from app.views.labels import agency_labels


async def focal_points_out(
    session: AsyncSession, principal: Principal, rows: Sequence[FocalPoint]
) -> list[FocalPointOut]:
    """Focal points with their agencies by name, and what the caller may do with each."""
    labels = await agency_labels(session, (row.agency_id for row in rows))
    return [
        FocalPointOut.of(
            row,
            agency=labels[row.agency_id],
            allowed_actions=domain.allowed_actions(principal, row),
        )
        for row in rows
    ]


async def focal_point_out(
    session: AsyncSession, principal: Principal, row: FocalPoint
) -> FocalPointOut:
    """One focal point, and what the caller may do with it."""
    return (await focal_points_out(session, principal, [row]))[0]

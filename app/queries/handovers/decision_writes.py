"""Bulk writes of decisions on handovers."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.models import Handover, HandoverState
from app.queries.handovers.successions import IDS


async def write_decision(
    session: AsyncSession,
    principal: Principal,
    ids: Sequence[uuid.UUID],
    *,
    to_agency_id: uuid.UUID,
    reason: str,
    basis: str | None,
    at: datetime,
) -> None:
    """Mark handovers as decided in favour of one agency, by the caller."""
    await session.exec(
        sa.update(Handover)
        .where(col(Handover.id) == sa.func.any(sa.literal(list(ids), IDS)))
        .values(
            state=HandoverState.DECIDED,
            to_agency_id=to_agency_id,
            decided_at=at,
            decided_by_id=principal.client_id,
            decided_for_id=principal.agency_id,
            reason=reason,
            basis=basis,
            updated_at=at,
        )
        .execution_options(synchronize_session=False)
    )


async def supersede_pending(
    session: AsyncSession, assignment_id: uuid.UUID, *, at: datetime
) -> None:
    """End the pending handover of an assignment that was closed: nobody need decide it."""
    await session.exec(
        sa.update(Handover)
        .where(
            col(Handover.assignment_id) == assignment_id,
            col(Handover.state) == HandoverState.PENDING,
        )
        .values(state=HandoverState.SUPERSEDED, updated_at=at)
    )

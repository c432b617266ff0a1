"""Reading the audit trail, oldest first."""

import uuid
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AuditEntry, Client


async def list_audit_entries(
    session: AsyncSession,
    *,
    noun: str | None,
    row_id: uuid.UUID | None,
    after: uuid.UUID | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Entries with the client's and the agency's code; one more than *limit*."""
    statement = (
        select(AuditEntry, Client.client_id, Agency.code)
        .outerjoin(Client, col(Client.id) == col(AuditEntry.client_id))
        .outerjoin(Agency, col(Agency.id) == col(AuditEntry.agency_id))
        .order_by(col(AuditEntry.id))
        .limit(limit + 1)
    )
    if noun is not None:
        statement = statement.where(col(AuditEntry.noun) == noun)
    if row_id is not None:
        statement = statement.where(col(AuditEntry.row_id) == row_id)
    if after is not None:
        statement = statement.where(col(AuditEntry.id) > after)
    return [
        entry.model_dump() | {"client_id": client_id, "agency": code}
        for entry, client_id, code in await session.exec(statement)
    ]

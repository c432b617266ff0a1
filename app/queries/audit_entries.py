"""Reading the audit trail, oldest first."""

from typing import NamedTuple

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AuditEntry, Client
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page

AUDIT_ENTRIES = Listing(
    conditions={
        "noun": "audit_entry.noun = :noun",
        "row_id": "audit_entry.row_id = :row_id",
        "action": "audit_entry.action = :action",
        "client": "client.client_id = :client",
        "agency": "audit_entry.agency_id = :agency",
        "request_id": "audit_entry.request_id = :request_id",
        "occurred_from": "audit_entry.occurred_at >= :occurred_from",
        "occurred_before": "audit_entry.occurred_at < :occurred_before",
    },
    orders={
        "id": (SortPart("audit_entry.id", "uuid"),),
        "occurred_at": (
            SortPart("audit_entry.occurred_at", "timestamptz"),
            SortPart("audit_entry.id", "uuid"),
        ),
    },
)


class NamedEntry(NamedTuple):
    """An audit entry with the client id and the agency code of whoever acted; None: the service."""

    entry: AuditEntry
    client_id: str | None
    agency_code: str | None


async def page_of_audit_entries(session: AsyncSession, asked: PageRequest) -> FoundPage[NamedEntry]:
    """One page of entries with the codes of client and agency, and where the next one begins."""
    statement = (
        select(AuditEntry, Client.client_id, Agency.code)
        .outerjoin(Client, col(Client.id) == col(AuditEntry.client_id))
        .outerjoin(Agency, col(Agency.id) == col(AuditEntry.agency_id))
    )
    return await read_page(session, statement, AUDIT_ENTRIES, asked, NamedEntry)

from app.queries.audit_entries import NamedEntry
from app.schemas.audit_entries import AuditEntryOut


def audit_entry_out(named: NamedEntry) -> AuditEntryOut:
    """An audit entry; its client and agency are null where the service itself acted."""
    entry = named.entry
    return AuditEntryOut(
        id=entry.id,
        occurred_at=entry.occurred_at,
        client_id=named.client_id,
        agency=named.agency_code,
        action=entry.action,
        noun=entry.noun,
        row_id=entry.row_id,
        request_id=entry.request_id,
        detail=entry.detail,
    )

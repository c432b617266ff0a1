from app.queries.audit_entries import NamedEntry
from app.schemas.audit_entries import AuditEntryOut


def audit_entry_out(named: NamedEntry) -> AuditEntryOut:
    """An audit entry; its client and agency are null where the service itself acted."""
    entry = named.entry
    return AuditEntryOut.of(entry, client_id=named.client_id, agency=named.agency_code)

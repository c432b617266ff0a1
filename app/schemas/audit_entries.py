import uuid
from datetime import datetime
from typing import Any

from app.schemas.common import Out


class AuditEntryOut(Out):
    """Who did what to which row, and for which agency; null means the service itself did it."""

    id: uuid.UUID
    occurred_at: datetime
    client_id: str | None
    agency: str | None
    action: str
    noun: str
    row_id: uuid.UUID
    request_id: str | None
    detail: dict[str, Any]

import uuid
from datetime import datetime
from typing import Annotated, Any

from fastapi import Query

from app.schemas.common import CONTROLS, Moment, Out, Ref
from app.schemas.filters import AGENCY, Filters


class AuditEntryOut(Out):
    """An action on a row, its client and its agency; null means that the service itself acted."""

    id: uuid.UUID
    occurred_at: datetime
    client_id: str | None
    agency: str | None
    action: str
    noun: str
    row_id: uuid.UUID
    request_id: str | None
    detail: dict[str, Any]


class AuditEntryFilters(Filters):
    """The parameters that narrow the audit trail."""

    noun: Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")] = None
    row_id: uuid.UUID | None = None
    action: Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")] = None
    client: Annotated[str | None, Query(max_length=100, pattern=CONTROLS)] = None
    agency: Annotated[
        Ref | None,
        Query(description="Chỉ việc làm thay cơ quan này / only what was done for it"),
        AGENCY,
    ] = None
    request_id: Annotated[str | None, Query(max_length=100, pattern=CONTROLS)] = None
    occurred_from: Moment | None = None
    occurred_before: Moment | None = None

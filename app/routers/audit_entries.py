import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from app.auth.deps import Inspector
from app.db import SessionDep
from app.http.idempotency import Route
from app.http.lists import Paging, paged
from app.queries import audit_entries as queries
from app.queries.registry import agencies
from app.schemas.audit_entries import AuditEntryOut
from app.schemas.common import CONTROLS, Moment, Page, Ref

router = APIRouter(prefix="/v1/audit-entries", tags=["following"], route_class=Route)

EntriesDep = Annotated[Paging, Depends(paged(queries.AUDIT_ENTRIES, AuditEntryOut))]


@router.get(
    "",
    summary="Nhật ký / List audit entries",
    response_model=Page[AuditEntryOut],
)
async def list_audit_entries(
    session: SessionDep,
    principal: Inspector,  # noqa: ARG001 - admits supervisors only
    paging: EntriesDep,
    noun: Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")] = None,
    row_id: uuid.UUID | None = None,
    action: Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")] = None,
    client: Annotated[str | None, Query(max_length=100, pattern=CONTROLS)] = None,
    agency: Annotated[
        Ref | None, Query(description="Chỉ việc làm thay cơ quan này / only what was done for it")
    ] = None,
    request_id: Annotated[str | None, Query(max_length=100, pattern=CONTROLS)] = None,
    occurred_from: Moment | None = None,
    occurred_before: Moment | None = None,
) -> Any:
    """Ai đã làm gì, với dòng nào, thay cơ quan nào; cũ trước. / Who did what, oldest first."""
    filters = {
        "noun": noun,
        "row_id": row_id,
        "action": action,
        "client": client,
        "agency": agency and (await agencies.get_agency(session, agency)).id,
        "request_id": request_id,
        "occurred_from": occurred_from,
        "occurred_before": occurred_before,
    }
    rows, last = await queries.page_of_audit_entries(session, paging.asked(filters))
    return paging.answer(rows, last)

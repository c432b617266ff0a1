from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.deps import Inspector
from app.http.answers import Answer
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.sessions import ReadingSessionDep
from app.queries import audit_entries as queries
from app.schemas.audit_entries import AuditEntryFilters, AuditEntryOut
from app.schemas.common import Page
from app.views.audit_entries import audit_entry_out

router = APIRouter(prefix="/v1/audit-entries", tags=["following"], route_class=Route)

EntriesDep = Annotated[
    ListRequest[AuditEntryOut],
    Depends(paged(queries.AUDIT_ENTRIES, AuditEntryOut, AuditEntryFilters)),
]


@router.get("", summary="Nhật ký / List audit entries")
async def list_audit_entries(
    session: ReadingSessionDep,
    principal: Inspector,  # noqa: ARG001 - admits supervisors only
    paging: EntriesDep,
) -> Answer[Page[AuditEntryOut]]:
    """Ai đã làm gì, với dòng nào, thay cơ quan nào; cũ trước. / Who did what, oldest first."""
    asked = await paging.asked(session)
    rows, last = await queries.page_of_audit_entries(session, asked)
    return paging.answer(map(audit_entry_out, rows), last)

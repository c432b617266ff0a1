import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.auth.deps import Inspector
from app.db import SessionDep
from app.errors import InvalidError
from app.idempotency import Route
from app.listing import PagingDep
from app.problems import refusals
from app.queries import audit_entries as queries
from app.schemas.audit_entries import AuditEntryOut
from app.schemas.common import Page

router = APIRouter(prefix="/v1/audit-entries", tags=["following"], route_class=Route)


@router.get(
    "",
    operation_id="listAuditEntries",
    summary="Nhật ký / List audit entries",
    response_model=Page[AuditEntryOut],
    responses=refusals(InvalidError),
)
async def list_audit_entries(
    session: SessionDep,
    principal: Inspector,  # noqa: ARG001 - admits supervisors only
    paging: PagingDep,
    noun: Annotated[str | None, Query(pattern="^[a-z_]{1,40}$")] = None,
    row_id: uuid.UUID | None = None,
) -> Any:
    """Ai đã làm gì, với dòng nào, thay cơ quan nào; cũ trước. / Who did what, oldest first."""
    rows = await queries.list_audit_entries(
        session, noun=noun, row_id=row_id, after=paging.after_id(), limit=paging.limit
    )
    return paging.page(rows, ("id",))

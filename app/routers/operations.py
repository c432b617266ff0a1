import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.deps import Reader
from app.db import SessionDep
from app.http.lists import Paging, chosen, paged, some_of
from app.http.problems import language_of
from app.models import OperationStatus
from app.queries import operations as queries
from app.schemas.common import Page, UpdatedSince
from app.schemas.operations import OperationOut
from app.views.operations import ASK_AGAIN_SECONDS, described

router = APIRouter(prefix="/v1/operations", tags=["running"])

OperationsDep = Annotated[Paging, Depends(paged(queries.OPERATIONS, OperationOut))]


@router.get(
    "",
    summary="Các tác vụ dài / List operations",
    response_model=Page[OperationOut],
)
async def list_operations(
    request: Request,
    session: SessionDep,
    principal: Reader,
    paging: OperationsDep,
    status: Annotated[str | None, Query(pattern=some_of(OperationStatus))] = None,
    kind: Annotated[
        str | None, Query(pattern="^[a-z_]{1,40}$", description="Chỉ loại việc này / of this kind")
    ] = None,
    updated_since: UpdatedSince = None,
) -> Any:
    """Việc dài do hệ thống này hoặc cơ quan này yêu cầu; giữ 30 ngày sau khi kết thúc.

    Long work that this client asked for, or another one for the same agency; kept for 30 days
    after its end.
    """
    filters = {"status": chosen(status), "kind": kind, "updated_since": updated_since}
    rows, last = await queries.page_of_operations(session, principal, paging.asked(filters))
    language = language_of(request)
    return paging.answer([described(row, language=language) for row in rows], last)


@router.get(
    "/{operation_id}",
    summary="Một tác vụ dài / Get an operation",
    response_model=OperationOut,
)
async def get_operation(
    request: Request,
    response: Response,
    session: SessionDep,
    principal: Reader,
    operation_id: uuid.UUID,
) -> Any:
    """Đến đâu, kết quả hoặc lý do thất bại. / How far it has come, its result, or why it failed."""
    operation = await queries.get_operation(session, principal, operation_id)
    if operation.finished_at is None:
        response.headers["Retry-After"] = ASK_AGAIN_SECONDS
    return described(operation, language=language_of(request))

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.answers.operations import ASK_AGAIN_SECONDS, described
from app.auth.deps import Reader
from app.db import SessionDep
from app.errors import InvalidError, NotFoundError
from app.listing import PagingDep
from app.models import OperationStatus
from app.problems import language_of, refusals
from app.queries import operations as queries
from app.schemas.common import Page
from app.schemas.operations import OperationOut

router = APIRouter(prefix="/v1/operations", tags=["running"])


@router.get(
    "",
    operation_id="listOperations",
    summary="Các tác vụ dài / List operations",
    response_model=Page[OperationOut],
    responses=refusals(InvalidError),
)
async def list_operations(
    request: Request,
    session: SessionDep,
    principal: Reader,
    paging: PagingDep,
    status: OperationStatus | None = None,
    kind: Annotated[
        str | None, Query(pattern="^[a-z_]{1,40}$", description="Chỉ loại việc này / of this kind")
    ] = None,
) -> Any:
    """Việc dài do hệ thống này hoặc cơ quan này yêu cầu; giữ 30 ngày sau khi kết thúc.

    Long work that this client asked for, or another one for the same agency; kept for 30 days
    after its end.
    """
    rows = await queries.list_operations(
        session, principal, status=status, kind=kind, after=paging.after_id(), limit=paging.limit
    )
    language = language_of(request)
    return paging.page([described(row, language=language) for row in rows], ("id",))


@router.get(
    "/{operation_id}",
    operation_id="getOperation",
    summary="Một tác vụ dài / Get an operation",
    response_model=OperationOut,
    responses=refusals(NotFoundError),
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

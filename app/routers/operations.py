import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.auth.deps import Reader
from app.http.answers import Answer
from app.http.idempotency import Route
from app.http.lists import ListRequest, paged
from app.http.problems import language_of
from app.http.sessions import ReadingSessionDep
from app.queries import operations as queries
from app.schemas.common import Page
from app.schemas.operations import OperationFilters, OperationOut
from app.views.operations import ASK_AGAIN_SECONDS, operation_out

router = APIRouter(prefix="/v1/operations", tags=["running"], route_class=Route)

OperationsDep = Annotated[
    ListRequest[OperationOut], Depends(paged(queries.OPERATIONS, OperationOut, OperationFilters))
]


@router.get("", summary="Các tác vụ dài / List operations")
async def list_operations(
    request: Request, session: ReadingSessionDep, principal: Reader, paging: OperationsDep
) -> Answer[Page[OperationOut]]:
    """Việc dài do hệ thống này hoặc cơ quan này yêu cầu; giữ 30 ngày sau khi kết thúc.

    Long work that this client asked for, or another one for the same agency; kept for 30 days
    after its end.
    """
    asked = await paging.asked(session)
    rows, last = await queries.page_of_operations(session, principal, asked)
    language = language_of(request)
    return paging.answer([operation_out(row, language=language) for row in rows], last)


@router.get("/{operation_id}", summary="Một tác vụ dài / Get an operation")
async def get_operation(
    request: Request,
    response: Response,
    session: ReadingSessionDep,
    principal: Reader,
    operation_id: uuid.UUID,
) -> OperationOut:
    """Đến đâu, kết quả hoặc lý do thất bại. / How far it has come, its result, or why it failed."""
    operation = await queries.get_operation(session, principal, operation_id)
    if operation.finished_at is None:
        response.headers["Retry-After"] = ASK_AGAIN_SECONDS
    return operation_out(operation, language=language_of(request))

"""Reading operations. Every statement starts from what the principal may see."""

import uuid

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Principal
from app.errors import NotFoundError, Text
from app.models import Operation, OperationStatus


def visible_operations(principal: Principal) -> SelectOfScalar[Operation]:
    """What the client itself asked for, or another one for the same agency."""
    return select(Operation).where(
        sa.or_(
            col(Operation.client_id) == principal.client_id,
            col(Operation.agency_id) == principal.agency_id,
        )
    )


async def get_operation(
    session: AsyncSession, principal: Principal, operation_id: uuid.UUID
) -> Operation:
    """One visible operation."""
    statement = visible_operations(principal).where(col(Operation.id) == operation_id)
    row = (await session.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(Text("Không có tác vụ này.", "There is no such operation."))
    return row


async def list_operations(
    session: AsyncSession,
    principal: Principal,
    *,
    status: OperationStatus | None,
    kind: str | None,
    after: uuid.UUID | None,
    limit: int,
) -> list[Operation]:
    """Visible operations, oldest first; one more than *limit*."""
    statement = visible_operations(principal).order_by(col(Operation.id)).limit(limit + 1)
    if status is not None:
        statement = statement.where(col(Operation.status) == status)
    if kind is not None:
        statement = statement.where(col(Operation.kind) == kind)
    if after is not None:
        statement = statement.where(col(Operation.id) > after)
    return list(await session.exec(statement))

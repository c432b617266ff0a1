"""Reading operations. Every statement starts from what the principal may see."""

import uuid

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Principal
from app.errors import NotFoundError, Text
from app.models import Operation
from app.queries.lists import Listing, PageRequest, SortPart, read_page


def visible_operations(principal: Principal) -> SelectOfScalar[Operation]:
    """What the client itself asked for, or another one for the same agency."""
    return select(Operation).where(_sees(principal))


def _sees(principal: Principal) -> sa.ColumnElement[bool]:
    return sa.or_(
        col(Operation.client_id) == principal.client_id,
        col(Operation.agency_id) == principal.agency_id,
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


OPERATIONS = Listing(
    conditions={
        "status": "operation.status = any(:status)",
        "kind": "operation.kind = :kind",
        "updated_since": "operation.updated_at >= :updated_since",
    },
    orders={
        "id": (ID := SortPart("operation.id", "uuid"),),
        "updated_at": (SortPart("operation.updated_at", "timestamptz"), ID),
    },
)


async def page_of_operations(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> tuple[list[Operation], str | None]:
    """The visible operations that are asked for, and where the next page goes on."""
    statement = select(Operation, col(Operation.id)).where(_sees(principal))
    rows, last = await read_page(session, statement, OPERATIONS, asked)
    return [operation for operation, _ in rows], last

"""Operations: callers read those that they may see, workers claim and end any."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.principal import Principal
from app.errors import Text
from app.models import Client, Operation, OperationFile, OperationStatus
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows
from app.queries.locks import has_died
from app.queries.rows import one_of

NO_SUCH_OPERATION = Text("Không có tác vụ này.", "There is no such operation.")


def visible_operations(principal: Principal) -> SelectOfScalar[Operation]:
    """The operations that the client itself asked for, or another client of its agency."""
    return select(Operation).where(_sees(principal))


def _sees(principal: Principal) -> sa.ColumnElement[bool]:
    return sa.or_(
        col(Operation.client_id) == principal.client_id,
        col(Operation.agency_id) == principal.agency_id,
    )


async def get_operation(
    session: AsyncSession, principal: Principal, operation_id: uuid.UUID
) -> Operation:
    """One visible operation; raises `NotFoundError`."""
    statement = visible_operations(principal).where(col(Operation.id) == operation_id)
    return await one_of(session, statement, NO_SUCH_OPERATION)


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


async def count_unfinished(session: AsyncSession, client_id: uuid.UUID) -> int:
    """The number of a client's operations that have not ended.

    The client's row stays locked until the transaction ends, so that no two are counted at once.
    """
    client = select(Client.id).where(col(Client.id) == client_id)
    await session.exec(client.with_for_update(key_share=True))
    unfinished = (OperationStatus.PENDING, OperationStatus.RUNNING)
    statement = select(sa.func.count()).where(
        col(Operation.client_id) == client_id, col(Operation.status).in_(unfinished)
    )
    return (await session.exec(statement)).one()


async def page_of_operations(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[Operation]:
    """One page of visible operations, and the place where the next page begins."""
    return await read_rows(session, Operation, OPERATIONS, asked, _sees(principal))


async def lock_claimable(
    session: AsyncSession, kinds: Collection[str], *, max_attempts: int, at: datetime
) -> Operation | None:
    """The oldest operation that waits or whose worker is silent, locked; others' are skipped."""
    waiting = sa.or_(col(Operation.status) == OperationStatus.PENDING, _is_silent(at))
    statement = (
        select(Operation)
        .where(waiting, col(Operation.attempts) < max_attempts, col(Operation.kind).in_(kinds))
        .order_by(col(Operation.id))
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return (await session.exec(statement)).one_or_none()


async def lock_silent(session: AsyncSession, *, min_attempts: int, at: datetime) -> list[Operation]:
    """Operations whose worker is silent at its last attempt, locked; others' are skipped."""
    statement = select(Operation).where(_is_silent(at), col(Operation.attempts) >= min_attempts)
    return list(await session.exec(statement.with_for_update(skip_locked=True, key_share=True)))


def _is_silent(at: datetime) -> sa.ColumnElement[bool]:
    has_ended = sa.or_(col(Operation.leased_until) < at, has_died(col(Operation.leased_by)))
    return sa.and_(col(Operation.status) == OperationStatus.RUNNING, has_ended)


async def write_if_held(
    session: AsyncSession, operation: Operation, values: dict[str, Any]
) -> bool:
    """Write *values* if this attempt still runs; False if a later one has begun or it has ended."""
    changed = await session.exec(
        sa.update(Operation)
        .where(
            col(Operation.id) == operation.id,
            col(Operation.status) == OperationStatus.RUNNING,
            col(Operation.attempts) == operation.attempts,
        )
        .values(**values)
        .returning(col(Operation.id)),
        execution_options={"synchronize_session": False},
    )
    return changed.one_or_none() is not None


async def write_all_done(session: AsyncSession, operation_id: uuid.UUID) -> None:
    """Show as much done as there is in total, where a total is known."""
    await session.exec(
        sa.update(Operation)
        .where(col(Operation.id) == operation_id)
        .values(done=sa.func.coalesce(col(Operation.total), col(Operation.done)))
    )


async def delete_file(session: AsyncSession, operation_id: uuid.UUID) -> None:
    """Delete the file that an operation worked on."""
    await session.exec(delete(OperationFile).where(col(OperationFile.operation_id) == operation_id))

"""Long work: promised in a request, done by a worker, and told of with its end."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.domain.records import Subject, audit, record
from app.errors import TrackerError
from app.models import Operation, OperationFile, OperationStatus

S = OperationStatus
MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=60)
"""How long a worker that says nothing more is waited for."""


class LostLeaseError(Exception):
    """Another worker has taken the operation over: what this one did is thrown away."""


def subject(operation: Operation) -> Subject:
    """The operation as the subject of records; it is its agency's matter."""
    return Subject("operation", operation.id, agency_id=operation.agency_id)


def principal_of(operation: Operation) -> Principal:
    """In whose name the work is done: the caller, with the roles it had when it asked."""
    return Principal(
        operation.client_id,
        operation.agency_id,
        frozenset(map(Role, operation.roles)),
        operation.request_id,
    )


async def promise(
    session: AsyncSession,
    principal: Principal,
    kind: str,
    parameters: dict[str, Any],
    *,
    content: bytes | None = None,
    at: datetime,
) -> Operation:
    """Take on work of a kind that the worker knows, with the bytes that it is about."""
    operation = Operation(
        kind=kind,
        client_id=principal.client_id,
        agency_id=principal.agency_id,
        roles=sorted(principal.roles),
        request_id=principal.request_id,
        parameters=parameters,
        created_at=at,
    )
    session.add(operation)
    await session.flush()
    if content is not None:
        session.add(OperationFile(operation_id=operation.id, content=content))
    audit(session, principal, "requested", subject(operation), at=at, kind=kind)
    await session.flush()
    return operation


async def claim(session: AsyncSession, kinds: Collection[str], *, at: datetime) -> Operation | None:
    """The oldest operation that nobody works on, leased to the caller; two never get the same.

    One whose worker has fallen silent is begun again, as often as `MAX_ATTEMPTS` allows.
    """
    waiting = sa.or_(col(Operation.status) == S.PENDING, _is_silent(at))
    statement = (
        select(Operation)
        .where(waiting, col(Operation.attempts) < MAX_ATTEMPTS, col(Operation.kind).in_(kinds))
        .order_by(col(Operation.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    operation = (await session.exec(statement)).one_or_none()
    if operation is not None:
        operation.status = S.RUNNING
        operation.attempts += 1
        operation.started_at = operation.started_at or at
        operation.leased_until = at + LEASE
    return operation


async def give_up(session: AsyncSession, error: TrackerError, *, at: datetime) -> None:
    """End as failed what has silenced its worker as often as it may."""
    statement = select(Operation).where(_is_silent(at), col(Operation.attempts) >= MAX_ATTEMPTS)
    for operation in await session.exec(statement.with_for_update(skip_locked=True)):
        await fail(session, operation, error, at=at)


def _is_silent(at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(col(Operation.status) == S.RUNNING, col(Operation.leased_until) < at)


async def report_progress(
    session: AsyncSession,
    operation: Operation,
    *,
    done: int | None = None,
    total: int | None = None,
    at: datetime,
) -> None:
    """Say how far it has come, which makes the lease longer; `LostLeaseError` if it is lost."""
    values: dict[str, Any] = {"leased_until": at + LEASE, "updated_at": at}
    if done is not None:
        values |= {"done": done, "total": total}
    await _change(session, operation, values)


async def let_go(
    session: AsyncSession, operation: Operation, error: TrackerError, *, at: datetime
) -> None:
    """An attempt went wrong: let it be begun again, or end it as failed if it was the last."""
    if operation.attempts >= MAX_ATTEMPTS:
        await fail(session, operation, error, at=at)
    else:
        values = {"status": S.PENDING, "leased_until": None, "updated_at": at}
        await _change(session, operation, values)


async def succeed(
    session: AsyncSession, operation: Operation, result: dict[str, Any], *, at: datetime
) -> None:
    """The work is done: said in the work's own transaction, so that both hold or neither."""
    await _finish(session, operation, {"status": S.SUCCEEDED, "result": result}, at=at)
    await session.exec(
        sa.update(Operation)
        .where(col(Operation.id) == operation.id)
        .values(done=sa.func.coalesce(col(Operation.total), col(Operation.done)))
    )


async def fail(
    session: AsyncSession, operation: Operation, error: TrackerError, *, at: datetime
) -> None:
    """The work can't be done; the refusal is kept in both languages."""
    await _finish(session, operation, {"status": S.FAILED, "problem": stored_problem(error)}, at=at)


async def _finish(
    session: AsyncSession, operation: Operation, values: dict[str, Any], *, at: datetime
) -> None:
    ended = {"leased_until": None, "finished_at": at, "updated_at": at}
    await _change(session, operation, values | ended)
    await session.exec(delete(OperationFile).where(col(OperationFile.operation_id) == operation.id))
    principal, action = principal_of(operation), str(values["status"])
    record(session, principal, action, subject(operation), at=at, kind=operation.kind)


async def _change(session: AsyncSession, operation: Operation, values: dict[str, Any]) -> None:
    """Change it if the caller still holds it: each attempt has its own number."""
    changed = await session.exec(
        sa.update(Operation)
        .where(
            col(Operation.id) == operation.id,
            col(Operation.status) == S.RUNNING,
            col(Operation.attempts) == operation.attempts,
        )
        .values(**values)
        .returning(col(Operation.id)),
        execution_options={"synchronize_session": False},
    )
    if changed.one_or_none() is None:
        raise LostLeaseError(f"{operation.id}, attempt {operation.attempts}")


def stored_problem(error: TrackerError) -> dict[str, Any]:
    """A refusal as it is stored, to be answered later in whichever language is asked for."""
    return {
        "status": int(error.status),
        "code": error.code,
        "title": error.title._asdict(),
        "detail": error.detail._asdict(),
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail._asdict()}
            for fault in error.faults
        ],
    }

"""Operations: long work that a request promises, a worker does, and an event ends."""

from collections.abc import Collection
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.domain.acts import PersonalAct
from app.domain.records import Subject, record
from app.errors import Text, TrackerError
from app.models import Operation, OperationFile, OperationStatus
from app.queries import operations as queries

S = OperationStatus
MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=60)
"""A worker that is silent for longer loses its operation to another one, a dead one at once."""


MOST_UNFINISHED = 5
"""The operations of one client that may wait or run at once; others' work goes on beside them."""


class TooManyOperationsError(TrackerError):
    """The client waits for as many operations as it may already."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_operations"
    title = Text("Quá nhiều tác vụ đang chờ", "Too many operations")
    detail = Text(
        f"Hệ thống gọi đến đang có {MOST_UNFINISHED} tác vụ chưa xong; hãy chờ một tác vụ kết thúc"
        " rồi gửi tiếp.",
        f"The client has {MOST_UNFINISHED} operations that have not ended; send the next when one"
        " has.",
    )

    def __init__(self) -> None:
        super().__init__()
        self.headers["Retry-After"] = "10"


class LostLeaseError(Exception):
    """Another worker has taken the operation over: this one's work is rolled back."""


def subject(operation: Operation) -> Subject:
    """The operation as the subject of records; it is its agency's matter."""
    return Subject("operation", operation.id, agency_id=operation.agency_id)


def principal_of(operation: Operation) -> Principal:
    """The principal in whose name the work is done: the caller, with its roles of that time."""
    return Principal(
        operation.client_id,
        operation.agency_id,
        frozenset(map(Role, operation.roles)),
        operation.request_id,
    )


async def promise(
    act: PersonalAct, kind: str, parameters: dict[str, Any], *, content: bytes | None = None
) -> Operation:
    """Take on work of a kind that the worker knows; *content* is the file that it works on.

    Raises `TooManyOperationsError` for a client that waits for `MOST_UNFINISHED` already.
    """
    session = act.session
    if await queries.count_unfinished(session, act.principal.client_id) >= MOST_UNFINISHED:
        raise TooManyOperationsError
    operation = Operation(
        kind=kind,
        client_id=act.principal.client_id,
        agency_id=act.principal.agency_id,
        roles=sorted(act.principal.roles),
        request_id=act.principal.request_id,
        parameters=parameters,
        created_at=act.at,
    )
    session.add(operation)
    await session.flush()
    if content is not None:
        session.add(OperationFile(operation_id=operation.id, content=content))
    act.audit("requested", subject(operation), kind=kind)
    await session.flush()
    return operation


async def claim(
    session: AsyncSession, kinds: Collection[str], *, worker: int | None = None, at: datetime
) -> Operation | None:
    """The oldest operation that nobody works on, leased to the *worker*; two never get the same.

    One whose worker has fallen silent is begun again, as often as `MAX_ATTEMPTS` allows.
    """
    operation = await queries.lock_claimable(session, kinds, max_attempts=MAX_ATTEMPTS, at=at)
    if operation is not None:
        operation.status = S.RUNNING
        operation.attempts += 1
        operation.started_at = operation.started_at or at
        operation.leased_until, operation.leased_by = at + LEASE, worker
    return operation


async def give_up(session: AsyncSession, error: TrackerError, *, at: datetime) -> None:
    """End as failed the operations whose workers fell silent `MAX_ATTEMPTS` times."""
    silent = await queries.lock_silent(session, min_attempts=MAX_ATTEMPTS, at=at)
    for operation in silent:
        await fail(session, operation, error, at=at)


async def report_progress(
    session: AsyncSession,
    operation: Operation,
    *,
    done: int | None = None,
    total: int | None = None,
    at: datetime,
) -> None:
    """Write how much is *done* and renew the lease; raises `LostLeaseError`."""
    values: dict[str, Any] = {"leased_until": at + LEASE, "updated_at": at}
    if done is not None:
        values |= {"done": done, "total": total}
    await _change(session, operation, values)


async def let_go(
    session: AsyncSession, operation: Operation, error: TrackerError, *, at: datetime
) -> None:
    """Let another attempt begin after one that went wrong; after the last one, end as failed."""
    if operation.attempts >= MAX_ATTEMPTS:
        await fail(session, operation, error, at=at)
    else:
        values = {"status": S.PENDING, "leased_until": None, "updated_at": at}
        await _change(session, operation, values)


async def succeed(
    session: AsyncSession, operation: Operation, result: dict[str, Any], *, at: datetime
) -> None:
    """End as done, in the work's own transaction, so that both hold or neither."""
    await _finish(session, operation, {"status": S.SUCCEEDED, "result": result}, at=at)
    await queries.write_all_done(session, operation.id)


async def fail(
    session: AsyncSession, operation: Operation, error: TrackerError, *, at: datetime
) -> None:
    """End as failed; the refusal is stored in both languages."""
    await _finish(session, operation, {"status": S.FAILED, "problem": stored_problem(error)}, at=at)


async def _finish(
    session: AsyncSession, operation: Operation, values: dict[str, Any], *, at: datetime
) -> None:
    ended = {"leased_until": None, "finished_at": at, "updated_at": at}
    await _change(session, operation, values | ended)
    await queries.delete_file(session, operation.id)
    principal, action = principal_of(operation), str(values["status"])
    record(session, principal, action, subject(operation), at=at, kind=operation.kind)


async def _change(session: AsyncSession, operation: Operation, values: dict[str, Any]) -> None:
    """Raises `LostLeaseError` if another worker has begun a later attempt."""
    if not await queries.write_if_held(session, operation, values):
        raise LostLeaseError(f"{operation.id}, attempt {operation.attempts}")


def stored_problem(error: TrackerError) -> dict[str, Any]:
    """A refusal as JSON in both languages, to be answered later in the one that is asked for."""
    return {
        "status": int(error.status),
        "code": error.code,
        "title": error.title._asdict(),
        "detail": error.detail._asdict(),
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail._asdict()}
            for fault in error.faults
        ],
        "members": error.members,
    }

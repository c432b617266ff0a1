"""Operations in the worker: one at a time, each with its lease."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.config import Settings
from app.db import SessionMaker
from app.domain import operations as domain
from app.domain.acts import PersonalAct
from app.domain.consolidated_reports import freeze
from app.domain.plans import imports
from app.errors import INTERNAL, TrackerError
from app.jobs.loops import LoopContext, logger
from app.models import Operation, OperationFile
from app.queries.plans import plans

IDLE_SECONDS = 1.0
"""The seconds that the worker waits if there is nothing to do."""
LONGEST_SECONDS = 600.0
"""The seconds after which an attempt is broken off."""


@dataclass(frozen=True, slots=True)
class RunningOperation:
    """An operation that its handler works on."""

    operation: Operation
    sessions: SessionMaker
    settings: Settings

    async def content(self, session: AsyncSession) -> bytes:
        """The file that the operation works on."""
        return (await session.get_one(OperationFile, self.operation.id)).content

    async def progress(self, done: int, total: int) -> None:
        """Write how much is done, at once, in a transaction of its own."""
        async with self.sessions.begin() as session:
            await domain.report_progress(
                session, self.operation, done=done, total=total, at=utc_now()
            )

    async def keep_lease(self) -> None:
        """Renew the lease from time to time, until cancelled."""
        while True:
            await asyncio.sleep(domain.LEASE.total_seconds() / 3)
            async with self.sessions.begin() as session:
                await domain.report_progress(session, self.operation, at=utc_now())


OperationHandler = Callable[[AsyncSession, RunningOperation], Awaitable[dict[str, Any]]]
"""Does an operation in a session, and answers its result. A `TrackerError` ends the operation as
failed; any other error lets it be tried again."""


async def import_plan(session: AsyncSession, job: RunningOperation) -> dict[str, Any]:
    """Import a plan, as `POST /v1/plan-imports` does when the caller waits."""
    operation, asked = job.operation, job.operation.parameters
    content = await job.content(session)
    understood, registry = await imports.read_file(
        session,
        content,
        file_name=asked["file_name"],
        as_of=date.fromisoformat(asked["as_of"]) if asked["as_of"] else None,
        today=local_day(operation.created_at),
    )
    await job.progress(0, len(understood.reading["rows"]))
    row = await imports.store_plan(
        PersonalAct(session, domain.principal_of(operation), utc_now()),
        job.settings,
        understood,
        registry,
        content=content,
        file_name=asked["file_name"],
    )
    return {
        "location": f"/v1/plan-imports/{row.id}",
        "plan_import_id": str(row.id),
        "plan_id": str(row.plan_id),
    }


async def consolidate_report(session: AsyncSession, job: RunningOperation) -> dict[str, Any]:
    """Freeze a report, as `POST /v1/plans/{plan_id}/reports` does when the caller waits."""
    operation, asked = job.operation, job.operation.parameters
    principal = domain.principal_of(operation)
    await job.progress(0, 1)
    given = freeze.NewReport.of(asked["report"])
    wanted = [UUID(asked["plan_id"]), *given.with_plans]
    report = await freeze.consolidate(
        PersonalAct(session, principal, utc_now()),
        await plans.get_plans_for_update(session, principal, wanted),
        given,
        due_soon_days=asked["due_soon_days"],
    )
    return {"location": f"/v1/reports/{report.id}", "consolidated_report_id": str(report.id)}


HANDLERS: dict[str, OperationHandler] = {
    imports.OPERATION: import_plan,
    freeze.OPERATION: consolidate_report,
}
"""The handler of each kind of operation."""


async def operations(work: LoopContext) -> None:
    """Work on operations, the oldest first, until the worker is to stop."""
    while not work.stop.is_set():
        if not await work_off_one(work.sessions, work.settings, worker=work.worker):
            await work.rest(IDLE_SECONDS)


async def work_off_one(
    sessions: SessionMaker,
    settings: Settings,
    handlers: Mapping[str, OperationHandler] = HANDLERS,
    *,
    worker: int | None = None,
) -> bool:
    """Claim one operation and bring it to its end; False if there is none to be claimed.

    *worker* is the number by which this worker is known to live.
    """
    now = utc_now()
    async with sessions.begin() as session:
        await domain.give_up(session, INTERNAL, at=now)
        operation = await domain.claim(session, handlers.keys(), worker=worker, at=now)
    if operation is None:
        return False
    job = RunningOperation(operation, sessions, settings)
    try:
        async with _leased(job), asyncio.timeout(LONGEST_SECONDS), sessions.begin() as session:
            result = await handlers[operation.kind](session, job)
            await domain.succeed(session, operation, result, at=utc_now())
    except domain.LostLeaseError:
        logger.warning("lease_lost", operation_id=str(operation.id), kind=operation.kind)
    except TrackerError as refusal:
        async with sessions.begin() as session:
            await domain.fail(session, operation, refusal, at=utc_now())
    except Exception:
        # Without the parameters and the file: they may be somebody's words.
        logger.exception("operation_failed", operation_id=str(operation.id), kind=operation.kind)
        async with sessions.begin() as session:
            await domain.let_go(session, operation, INTERNAL, at=utc_now())
    return True


@asynccontextmanager
async def _leased(job: RunningOperation) -> AsyncIterator[None]:
    lease = asyncio.create_task(job.keep_lease())
    try:
        yield
    finally:
        lease.cancel()
        # A lost lease is noticed at the commit of the work.
        await asyncio.gather(lease, return_exceptions=True)

"""Long work: promised by the API, done by workers of which any may end at any moment."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.clock import utc_now
from app.config import Settings
from app.db import SessionMaker, make_sessionmaker
from app.domain import operations as domain
from app.domain.acts import PersonalAct
from app.domain.operations import LEASE, MAX_ATTEMPTS, MOST_UNFINISHED, LostLeaseError
from app.domain.plans import imports
from app.errors import INTERNAL, InvalidError, Text
from app.jobs.clean_up import forget_ended_operations
from app.jobs.operations import HANDLERS, OperationHandler, RunningOperation, work_off_one
from app.jobs.presence import present
from app.models import (
    Agency,
    AuditEntry,
    Client,
    Event,
    Operation,
    OperationFile,
    OperationStatus,
    Plan,
)
from tests.support import databases
from tests.support.factories import make_agency, make_client
from tests.support.patience import PATIENCE
from tests.support.plan_files import docx, row, table
from tests.support.sample import SEALED_BY, fill

ROOT = Path(__file__).parents[2]
FILE = docx(
    table(
        row("STT", "Nhiệm vụ", "Cơ quan chủ trì", "Cơ quan phối hợp", "Thời gian thực hiện"),
        row("1", "Việc một", "Sở Nội vụ", "", "2024"),
    )
)
S = OperationStatus


async def make_issuer(session: AsyncSession) -> None:
    await make_client(session, await make_agency(session), [Role.ISSUER], client_id="issuer")


@pytest.fixture
def url() -> Iterator[str]:
    """A database of one test's own."""
    with databases.new_database() as url:
        asyncio.run(fill(url, make_issuer))
        yield url


@pytest.fixture
async def sessions(url: str) -> AsyncIterator[SessionMaker]:
    """Sessions with connections of their own."""
    engine = create_async_engine(url)
    yield make_sessionmaker(engine)
    await engine.dispose()


async def ask(sessions: SessionMaker, kind: str = "trial", content: bytes | None = None) -> UUID:
    """Promise the issuer work of a kind; answers the operation's id."""
    async with sessions.begin() as session:
        client = (await session.exec(select(Client))).one()
        principal = Principal(client.id, client.agency_id, frozenset({Role.ISSUER}))
        asked = {"file_name": "mot.docx", "as_of": None}
        made = await domain.promise(
            PersonalAct(session, principal, utc_now()), kind, asked, content=content
        )
        return made.id


async def found(sessions: SessionMaker, operation_id: UUID) -> Operation:
    async with sessions() as session:
        return await session.get_one(Operation, operation_id)


async def count(sessions: SessionMaker, table: Any, *where: Any) -> int:
    async with sessions() as session:
        rows = await session.exec(select(sa.func.count()).select_from(table).where(*where))
        return int(rows.one())


async def fall_silent(sessions: SessionMaker) -> None:
    """As if every worker had said nothing for as long as it is waited for."""
    async with sessions.begin() as session:
        past = sa.update(Operation).where(col(Operation.status) == S.RUNNING)
        await session.exec(past.values(leased_until=utc_now() - timedelta(seconds=1)))


def doing(handler: OperationHandler) -> dict[str, OperationHandler]:
    return {"trial": handler}


async def renaming(session: AsyncSession, job: RunningOperation) -> dict[str, Any]:
    """Work that leaves a mark: each time it is done and kept the agency's code grows."""
    await session.exec(sa.update(Agency).values(unit_code=sa.func.concat(Agency.unit_code, "1")))
    return {"location": "/v1/agencies/x"}


async def marks(sessions: SessionMaker) -> str | None:
    async with sessions() as session:
        return (await session.exec(select(Agency.unit_code))).one()


async def test_work_is_done_once_and_its_end_is_told(sessions: SessionMaker) -> None:
    made = await ask(sessions)

    assert await work_off_one(sessions, SEALED_BY, doing(renaming)) is True
    assert await work_off_one(sessions, SEALED_BY, doing(renaming)) is False

    done = await found(sessions, made)
    assert (done.status, done.attempts, done.result) == (
        S.SUCCEEDED, 1, {"location": "/v1/agencies/x"},
    )  # fmt: skip
    assert await marks(sessions) == "1"
    told = col(Event.type) == "tiendo.operation.succeeded", col(Event.row_id) == made
    assert await count(sessions, Event, *told) == 1
    actions = await count(sessions, AuditEntry, col(AuditEntry.row_id) == made)
    assert actions == 2


async def test_progress_is_seen_while_the_work_goes_on(sessions: SessionMaker) -> None:
    made, seen = await ask(sessions), []

    async def counting(session: AsyncSession, job: RunningOperation) -> dict[str, Any]:
        for done in (1, 2):
            await job.progress(done, 3)
            now = await found(sessions, made)
            seen.append((now.status, now.done, now.total))
        return {}

    await work_off_one(sessions, SEALED_BY, doing(counting))

    assert seen == [(S.RUNNING, 1, 3), (S.RUNNING, 2, 3)]
    assert (await found(sessions, made)).done == 3


async def test_what_is_refused_has_failed_with_its_reasons(sessions: SessionMaker) -> None:
    made = await ask(sessions, content=b"x")

    async def refusing(session: AsyncSession, job: RunningOperation) -> dict[str, Any]:
        await renaming(session, job)
        raise InvalidError(Text("Không được.", "No."))

    await work_off_one(sessions, SEALED_BY, doing(refusing))

    failed = await found(sessions, made)
    assert (failed.status, failed.attempts) == (S.FAILED, 1)
    assert failed.problem is not None
    assert failed.problem["detail"] == {"vi": "Không được.", "en": "No."}
    assert await marks(sessions) is None
    assert await count(sessions, OperationFile) == 0
    told = col(Event.type) == "tiendo.operation.failed", col(Event.row_id) == made
    assert await count(sessions, Event, *told) == 1


async def test_what_goes_wrong_is_tried_three_times(sessions: SessionMaker) -> None:
    made, states = await ask(sessions), []

    async def breaking(session: AsyncSession, job: RunningOperation) -> dict[str, Any]:
        await renaming(session, job)
        raise RuntimeError("for the test")

    while await work_off_one(sessions, SEALED_BY, doing(breaking)):
        now = await found(sessions, made)
        states.append((now.status, now.attempts))

    assert states == [(S.PENDING, 1), (S.PENDING, 2), (S.FAILED, 3)]
    problem = (await found(sessions, made)).problem
    assert problem is not None
    assert (problem["code"], problem["status"]) == ("internal_error", 500)
    assert await marks(sessions) is None


async def test_what_ends_its_worker_has_failed_after_three(sessions: SessionMaker) -> None:
    made = await ask(sessions)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        # A worker takes it and is heard of no more.
        async with sessions.begin() as session:
            claimed = await domain.claim(session, ["trial"], at=utc_now())
        assert claimed is not None
        assert (claimed.id, claimed.attempts) == (made, attempt)
        await fall_silent(sessions)

    assert await work_off_one(sessions, SEALED_BY, doing(renaming)) is False

    assert (await found(sessions, made)).status == S.FAILED
    assert await marks(sessions) is None


async def test_a_lease_is_kept_by_who_works_and_lost_by_who_is_silent(
    sessions: SessionMaker,
) -> None:
    made, now = await ask(sessions), utc_now()
    async with sessions.begin() as session:
        first = await domain.claim(session, ["trial"], at=now)
    assert first is not None
    async with sessions.begin() as session:
        await domain.report_progress(session, first, at=now + LEASE)
    async with sessions.begin() as session:
        assert await domain.claim(session, ["trial"], at=now + LEASE * 2) is None
        just_after = now + LEASE * 2 + timedelta(microseconds=1)
        second = await domain.claim(session, ["trial"], at=just_after)
    assert second is not None
    assert (second.id, second.attempts) == (made, 2)

    # The first one wakes up: what it did must not be kept beside what the second one does.
    async with sessions() as session:
        with pytest.raises(LostLeaseError):
            await domain.succeed(session, first, {}, at=now)
        with pytest.raises(LostLeaseError):
            await domain.fail(session, first, INTERNAL, at=now)


async def test_what_a_dead_worker_had_is_begun_again_at_once(
    sessions: SessionMaker, url: str, settings: Settings
) -> None:
    made, now = await ask(sessions), utc_now()
    async with present(settings.model_copy(update={"database_url": SecretStr(url)})) as number:
        async with sessions.begin() as session:
            assert await domain.claim(session, ["trial"], worker=number, at=now) is not None
        async with sessions.begin() as session:
            assert await domain.claim(session, ["trial"], at=now) is None

    # The database notices within a moment that the connection ended.
    end = time.monotonic() + PATIENCE
    while not await work_off_one(sessions, settings, doing(renaming)):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)

    assert (await found(sessions, made)).status == S.SUCCEEDED


async def test_work_whose_lease_was_lost_is_thrown_away(sessions: SessionMaker) -> None:
    made = await ask(sessions)

    async def sleeping(session: AsyncSession, job: RunningOperation) -> dict[str, Any]:
        await fall_silent(sessions)
        assert await work_off_one(sessions, SEALED_BY, doing(renaming))
        return await renaming(session, job)

    assert await work_off_one(sessions, SEALED_BY, doing(sleeping)) is True

    assert await marks(sessions) == "1"
    assert (await found(sessions, made)).attempts == 2


async def test_two_workers_never_do_one_twice(sessions: SessionMaker) -> None:
    made = [await ask(sessions) for _ in range(MOST_UNFINISHED)]
    begun: list[UUID] = []

    async def noting(session: AsyncSession, job: RunningOperation) -> dict[str, Any]:
        begun.append(job.operation.id)
        await asyncio.sleep(0.01)
        return {}

    async def worker() -> None:
        while await work_off_one(sessions, SEALED_BY, doing(noting)):
            pass

    await asyncio.gather(*(worker() for _ in range(4)))

    assert sorted(begun) == sorted(made)
    done = col(Operation.status) == S.SUCCEEDED, col(Operation.attempts) == 1
    assert await count(sessions, Operation, *done) == MOST_UNFINISHED


async def test_a_worker_leaves_alone_what_it_does_not_know(sessions: SessionMaker) -> None:
    made = await ask(sessions, "of_a_later_version")

    assert await work_off_one(sessions, SEALED_BY, HANDLERS) is False
    assert (await found(sessions, made)).status == S.PENDING


async def test_what_ended_is_kept_for_its_time(sessions: SessionMaker) -> None:
    ended, waiting = await ask(sessions), await ask(sessions, "other")
    await work_off_one(sessions, SEALED_BY, doing(renaming))
    finished = (await found(sessions, ended)).finished_at
    assert finished is not None

    await forget_ended_operations(sessions, at=finished + timedelta(days=30), days=30)
    assert await count(sessions, Operation) == 2

    later = finished + timedelta(days=30, microseconds=1)
    await forget_ended_operations(sessions, at=later, days=30)
    assert await count(sessions, Operation, col(Operation.id) == waiting) == 1
    assert await count(sessions, Operation) == 1


@contextmanager
def worker(url: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as it is started on a server."""
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "worker"],
            cwd=ROOT, env=databases.environment(url, folder / "secrets"), stdout=log, stderr=log,
        )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


async def until(sessions: SessionMaker, operation_id: UUID, status: OperationStatus) -> Operation:
    """The operation once it has come there."""
    end = time.monotonic() + PATIENCE
    while (now := await found(sessions, operation_id)).status != status:
        assert time.monotonic() < end, now
        await asyncio.sleep(0.05)
    return now


async def test_a_worker_that_is_killed_in_the_middle_loses_nothing(
    url: str, sessions: SessionMaker, tmp_path: Path
) -> None:
    made = await ask(sessions, imports.OPERATION, FILE)
    async with sessions() as holding:
        # Nobody gets past this: the worker is killed while it stores the plan.
        await (await holding.connection()).exec_driver_sql("lock table plan in exclusive mode")
        with worker(url, tmp_path) as process:
            running = await until(sessions, made, S.RUNNING)
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE)
    assert running.attempts == 1
    assert (await found(sessions, made)).status == S.RUNNING

    await fall_silent(sessions)
    with worker(url, tmp_path):
        done = await until(sessions, made, S.SUCCEEDED)

    assert (done.attempts, await count(sessions, Plan)) == (2, 1)
    assert done.result is not None
    async with sessions() as session:
        plan = (await session.exec(select(Plan))).one()
    assert done.result["plan_id"] == str(plan.id)
    assert await count(sessions, OperationFile) == 0

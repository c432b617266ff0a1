"""A batch of reports while PostgreSQL takes its time to store the first of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from itertools import count as count_from
from typing import Any

import pytest
from fastapi import FastAPI

from app.clock import utc_now
from app.domain.acts import PersonalAct
from app.domain.submissions import push, storing, write
from app.models import AuditEntry, SubmissionAttempt
from tests.support.batches import row, send
from tests.support.patience import PATIENCE
from tests.support.races import by, count, principal, report_on, until_one_waits
from tests.support.sample import REPORT
from tests.support.sample_facts import INSPECTION, POLICY_COMMUNICATION, TEACH_THE_POLICIES
from tests.support.transactions import work_as

TASKS = (TEACH_THE_POLICIES, POLICY_COMMUNICATION, "2.5")
OTHER_TASKS = (INSPECTION, "3.12", "3.13")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each assignment's changes are a part of their own."""
    monkeypatch.setattr(storing, "FIRST_PART", 1)
    monkeypatch.setattr(storing, "GROWTH", 1)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The periods of the rows that were judged so far."""
    found: list[str] = []
    real = write.write_submission

    def noted(*given: Any, **named: Any) -> Any:
        found.append(given[1].submission.period)
        return real(*given, **named)

    monkeypatch.setattr(push, "write_submission", noted)
    return found


@contextlib.asynccontextmanager
async def no_attempt_is_stored(service: FastAPI) -> AsyncIterator[None]:
    """Whoever stores an attempt waits until this ends; reading and locking submissions goes on."""
    async with service.state.sessionmaker.begin() as session:
        connection = await session.connection()
        await work_as(connection, None)
        await connection.exec_driver_sql("lock table submission_attempt in share mode")
        yield


async def until_waiting(service: FastAPI) -> None:
    """Return once a statement waits for the lock of `no_attempt_is_stored`."""
    async with service.state.sessionmaker() as session:
        await until_one_waits(await session.connection())


async def test_a_row_is_judged_while_the_one_before_is_stored(
    service: FastAPI, judged: list[str]
) -> None:
    async with by(service, "reporter") as http:
        async with no_attempt_is_stored(service):
            batch = asyncio.create_task(send(http, *map(row, TASKS)))
            await until_waiting(service)
            judged_meanwhile = len(judged)
        answer = await batch

    # The third row would be sent after the second, which waits for the first.
    assert judged_meanwhile == 2
    assert answer["counts"]["created"] == len(judged) == len(TASKS)


async def test_a_batch_that_is_given_up_stores_nothing_and_the_next_one_is_taken(
    service: FastAPI,
) -> None:
    before = await count(service, SubmissionAttempt), await count(service, AuditEntry)
    rows = [row(task, period="2025") for task in TASKS]
    async with by(service, "reporter") as http:
        async with no_attempt_is_stored(service):
            batch = asyncio.create_task(send(http, *rows))
            await until_waiting(service)
            batch.cancel()
            with pytest.raises(asyncio.CancelledError):
                await batch
        after = await count(service, SubmissionAttempt), await count(service, AuditEntry)
        answer = await send(http, *rows)

    assert after == before
    assert answer["counts"]["created"] == len(TASKS)


async def pushes_on(service: FastAPI, tasks: Sequence[str]) -> list[push.SubmissionPush]:
    reports = [await report_on(service, task) for task in tasks]
    async with service.state.sessionmaker() as session:
        agency_id = (await principal(session, "reporter")).agency_id
    return [
        push.SubmissionPush(agency_id, one.assignment_id, one.period, REPORT, True)
        for one in reports
    ]


def fail_at(monkeypatch: pytest.MonkeyPatch, call: int, failure: type[BaseException]) -> None:
    """Let the judging of a batch fail at this one of its rows."""
    real, calls = write.write_submission, count_from(1)

    def failing(*given: Any, **named: Any) -> Any:
        if next(calls) == call:
            raise failure
        return real(*given, **named)

    monkeypatch.setattr(push, "write_submission", failing)


async def test_a_fault_in_a_later_row_is_raised_once_the_row_before_it_is_stored_and_undone(
    service: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await count(service, SubmissionAttempt), await count(service, AuditEntry)
    pushes = await pushes_on(service, OTHER_TASKS)
    fail_at(monkeypatch, len(pushes), ZeroDivisionError)

    async with service.state.sessionmaker() as session:
        act = PersonalAct(session, await principal(session, "reporter"), utc_now())
        with pytest.raises(ZeroDivisionError):
            await push.push_submissions(act, pushes, atomic=False, dry_run=False)
        await session.commit()

    assert before == (await count(service, SubmissionAttempt), await count(service, AuditEntry))


async def test_what_is_being_stored_for_a_batch_that_is_given_up_is_cancelled(
    service: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushes = await pushes_on(service, OTHER_TASKS)
    fail_at(monkeypatch, 2, asyncio.CancelledError)

    async with (
        no_attempt_is_stored(service),
        asyncio.timeout(PATIENCE) as limit,
        service.state.sessionmaker() as session,
    ):
        act = PersonalAct(session, await principal(session, "reporter"), utc_now())
        with pytest.raises(asyncio.CancelledError):
            await push.push_submissions(act, pushes, atomic=False, dry_run=False)
    assert not limit.expired()

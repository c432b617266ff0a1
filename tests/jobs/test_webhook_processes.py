"""Workers and receivers that are killed, as processes of their own."""

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from app.clock import utc_now
from app.domain.webhooks.queues import LEASE
from app.models import DeliveryStatus, DisabledReason
from tests.support import loopback
from tests.support.patience import PATIENCE
from tests.support.receivers import OK, Receiver, read_log, receiving
from tests.support.runs import ROOT
from tests.support.webhook_processes import served, until_listening, worker
from tests.support.webhooks import CHANGED, World

WEEK = timedelta(days=7)


async def until_heard(receiver: Receiver, count: int) -> None:
    """Return when so many requests have arrived."""
    async with asyncio.timeout(PATIENCE):
        while len(receiver.requests) < count:
            await receiver.came.wait()


async def test_a_worker_killed_in_the_middle_loses_none_and_repeats_under_the_same_id(
    here: World, tmp_path: Path
) -> None:
    async with receiving(OK, OK, OK, OK, None) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        told = [str(one) for one in await here.tell(12)]
        with worker(here, tmp_path / "worker.log") as process:
            # Some were taken, and others are under way and will never be answered.
            await until_heard(receiver, 6)
            process.kill()
            process.wait(PATIENCE)
        unknown = {one.delivery_id for one in await here.attempts() if one.status_code is None}
        receiver.answers[:] = [OK]

        # The dead worker's lease has ended with it, and what it was trying is due again.
        at = utc_now()
        while await here.send(endpoint, at=at):
            pass

    heard = Counter(one.message_id for one in receiver.requests)
    assert heard.keys() == set(told)
    # Only what was under way when it was killed is repeated.
    deliveries = await here.deliveries(endpoint)
    under_way = {str(one.event_id) for one in deliveries if one.id in unknown}
    assert len(under_way) == 4
    assert heard - Counter(told) <= Counter(under_way)
    assert {one.status for one in deliveries} == {DeliveryStatus.DELIVERED}
    for request in receiver.requests[:6]:
        assert request.verified(endpoint["secret"])["type"] == CHANGED


async def until_said(log: Path, word: str) -> None:
    """Return when a log has this word."""
    end = time.monotonic() + PATIENCE
    while word not in await asyncio.to_thread(log.read_text):
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


async def test_another_worker_goes_on_at_once_where_one_was_killed(
    here: World, tmp_path: Path
) -> None:
    async with receiving(None) as receiver:
        await here.endpoint(receiver.url, event_types=[CHANGED])
        told = {str(one) for one in await here.tell(12)}
        with worker(here, tmp_path / "first.log") as first:
            await until_heard(receiver, 4)
            with worker(here, tmp_path / "second.log"):
                await until_said(tmp_path / "second.log", "worker_started")
                receiver.answers[:] = [OK]
                first.kill()
                # Long before the lease would have ended.
                async with asyncio.timeout(LEASE.total_seconds() / 2):
                    while told - {one.message_id for one in receiver.requests[4:]}:
                        await receiver.came.wait()


async def test_the_lease_of_a_worker_that_lives_holds(here: World, tmp_path: Path) -> None:
    async with receiving(OK, OK, OK, OK, None) as receiver:
        endpoint = await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell(12)
        with worker(here, tmp_path / "worker.log") as process:
            await until_heard(receiver, 6)
            # It does nothing any more, as where its processor is taken from it; it may go on.
            process.send_signal(signal.SIGSTOP)
            sent = await here.send(endpoint)
            late = await here.send(endpoint, at=utc_now() + LEASE)
            process.send_signal(signal.SIGCONT)

    assert sent == 0
    assert late == 4


async def test_a_worker_that_is_asked_to_stop_does_so(here: World, tmp_path: Path) -> None:
    async with receiving(None) as receiver:
        await here.endpoint(receiver.url, event_types=[CHANGED])
        await here.tell()
        with worker(here, tmp_path / "worker.log") as process:
            await until_heard(receiver, 1)
            process.terminate()
            # Whoever it waits for will not answer.
            assert await asyncio.to_thread(process.wait, PATIENCE) == 0


@contextmanager
def receiver_process(port: int, log: Path, *feed: str) -> Iterator[subprocess.Popen[bytes]]:
    """A receiver that listens; killed at the end."""
    command = [sys.executable, "-m", "tests.support.receivers", str(port), str(log), *feed]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE)


async def test_a_receiver_that_was_down_for_a_week_catches_up_from_the_feed(
    here: World, tmp_path: Path
) -> None:
    port, log = loopback.free_port(), tmp_path / "heard.jsonl"
    at = utc_now() - WEEK
    endpoint = await here.endpoint(loopback.url(port, "/"), event_types=[CHANGED])

    with receiver_process(port, log):
        await until_listening(port)
        told = await here.tell(3, at=at)
        assert await here.send(endpoint, at=at) == 3
    # It was killed. Three days later nobody tries any more, and its client can see why.
    told += await here.tell(5, at=at)
    for _ in range(60):
        await here.send(endpoint, at=at)
        at += timedelta(hours=2)
    told += await here.tell(3, at=at)
    stored, _ = await here.stored(endpoint)
    assert stored.disabled_reason == DisabledReason.FAILING
    assert at < utc_now()
    assert len(read_log(log)) == 3

    # The feed ends at what is settled, and other tests beside this one may still hold that up.
    await here.horizon()
    async with served(here) as url:
        feed = (f"{url}/v1/events?type={CHANGED}", here.api.token(here.client))
        with receiver_process(port, log, *feed):
            await until_listening(port)
            caught_up = [one.message_id for one in read_log(log)]
            await here.act(endpoint, "enable", skip_missed=True)
            told += await here.tell(2)
            while await here.send(endpoint):
                pass

    expected = [str(one) for one in told]
    heard = read_log(log)
    # The feed is in order; what is sent at once arrives in any.
    assert caught_up[3:] == expected[3:11]
    assert sorted(one.message_id for one in heard) == sorted(expected)
    assert [one.path for one in heard] == ["/"] * 3 + ["feed"] * 8 + ["/"] * 2

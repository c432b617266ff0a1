"""Sending webhooks: one task for each endpoint, so that a slow or dead receiver delays no other."""

import asyncio
import time
import uuid
from datetime import datetime, timedelta

from app.clock import utc_now
from app.config import Settings
from app.db import SessionMaker
from app.domain.webhooks import deliveries
from app.domain.webhooks import queues as domain
from app.jobs.loops import LoopContext, logger
from app.outbound.networks import AllowedNetworks
from app.outbound.posting import WebhookSender
from app.outbound.signatures import signed_headers
from app.queries.webhooks.queues import list_waiting_endpoints

LOOK_SECONDS = 1.0
"""The interval at which the worker looks for messages. A notification at each commit would make
commits wait for each other; looking costs one statement a second."""
AT_ONCE = 64
"""The number of endpoints served at a time; each uses the database for short moments only."""
BATCHES = 25
"""After so many batches an endpoint makes room for those that wait."""
GRACE_SECONDS = 4.0
"""Messages under way when the worker is to stop may take so long; then they are tried later."""


def open_post(settings: Settings) -> WebhookSender:
    """A sender that connects to the operator's networks and ports alone."""
    allowed = AllowedNetworks(settings.webhook_networks, settings.webhook_ports)
    return WebhookSender(allowed, ca_file=settings.webhook_ca_file)


async def deliver(work: LoopContext) -> None:
    """Serve every endpoint that has messages to be sent until the worker is to stop."""
    post = open_post(work.settings)
    serving: dict[uuid.UUID, asyncio.Task[None]] = {}
    try:
        while not work.stop.is_set():
            for endpoint_id in await _waiting(work.sessions, serving):
                serving[endpoint_id] = asyncio.create_task(_serve(work, post, endpoint_id))
            await work.rest(LOOK_SECONDS)
            serving = {one: task for one, task in serving.items() if not task.done()}
        if serving:
            await asyncio.wait(serving.values(), timeout=GRACE_SECONDS)
    finally:
        for task in serving.values():
            task.cancel()
        await asyncio.gather(*serving.values(), return_exceptions=True)
        await post.aclose()


async def _waiting(
    sessions: SessionMaker, serving: dict[uuid.UUID, asyncio.Task[None]]
) -> list[uuid.UUID]:
    if len(serving) >= AT_ONCE:
        return []
    async with sessions() as session:
        return await list_waiting_endpoints(
            session,
            failing_after=deliveries.FAILING_AFTER,
            window=deliveries.WINDOW,
            besides=list(serving),
            at=utc_now(),
            limit=AT_ONCE - len(serving),
        )


async def _serve(work: LoopContext, post: WebhookSender, endpoint_id: uuid.UUID) -> None:
    try:
        for _ in range(BATCHES):
            sent = await send_batch(
                work.sessions, work.settings, post, endpoint_id, worker=work.worker, at=utc_now()
            )
            if not sent or work.stop.is_set():
                return
    except Exception:
        # The other endpoints go on; this one is served again when its lease has ended.
        logger.exception("webhooks_failed", endpoint=str(endpoint_id))


async def send_batch(
    sessions: SessionMaker,
    settings: Settings,
    post: WebhookSender,
    endpoint_id: uuid.UUID,
    *,
    worker: int | None = None,
    at: datetime,
) -> int:
    """Try the messages that are due at one endpoint, a few at once; answers the number tried.

    *worker* is the number by which this worker is known to live.
    The tries are counted and committed before anything is sent, and no transaction is open while
    the receiver answers.
    """
    started = time.monotonic()
    async with sessions.begin() as session:
        batch = await domain.begin_batch(session, settings, endpoint_id, worker=worker, at=at)
    if batch is None:
        return 0
    tried = await asyncio.gather(*(_try(post, batch, one) for one in batch.messages))
    async with sessions.begin() as session:
        now = at + timedelta(seconds=time.monotonic() - started)
        await domain.finish_batch(session, batch, tried, at=now)
    return len(tried)


async def _try(
    post: WebhookSender, batch: domain.DeliveryBatch, message: domain.OutgoingMessage
) -> domain.TriedMessage:
    at = batch.started_at
    headers = {
        "content-type": "application/json",
        "user-agent": "tiendo",
        **signed_headers(batch.keys, message.message_id, message.body, at=at),
    }
    started = time.monotonic()
    answer = await post.send(batch.url, headers, message.body, at=at)
    return domain.TriedMessage(message, answer, round((time.monotonic() - started) * 1000))

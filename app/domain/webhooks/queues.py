"""Working on a queue: taking up events, beginning tries, recording their outcomes."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.auth.sealing import unseal
from app.config import Settings
from app.domain.acts import PersonalAct
from app.domain.event_types import types_under
from app.domain.webhooks import deliveries, endpoints
from app.logs import get_logger
from app.models import (
    DeliveryStatus,
    DisabledReason,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookQueue,
)
from app.models.base import new_id
from app.outbound.receiver_answers import ReceiverAnswer
from app.queries import events
from app.queries.webhooks import endpoints as webhook_endpoints
from app.queries.webhooks import queues
from app.queries.webhooks.delivery_writes import hasten_unknown, queue_events

logger = get_logger("tiendo.worker")

AT_ONCE = 4
"""The number of messages under way to one endpoint at a time; their order is not promised."""
LEASE = timedelta(seconds=30)
"""Longer than any batch takes; a worker that hangs delays its endpoints by so much."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message of which a try was counted and is now to be made."""

    delivery_id: uuid.UUID
    attempt_id: uuid.UUID
    message_id: uuid.UUID
    body: bytes


@dataclass(frozen=True, slots=True)
class DeliveryBatch:
    """Messages to be sent to one endpoint at the same time, by the holder of the lease.

    Without keys nothing can be signed: such a batch is only finished.
    """

    endpoint_id: uuid.UUID
    lease: uuid.UUID
    url: str
    keys: Sequence[bytes]
    messages: Sequence[OutgoingMessage]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class TriedMessage:
    """A message of a batch with the receiver's answer."""

    message: OutgoingMessage
    answer: ReceiverAnswer
    milliseconds: int


async def begin_batch(
    session: AsyncSession,
    settings: Settings,
    endpoint_id: uuid.UUID,
    *,
    worker: int | None,
    at: datetime,
) -> DeliveryBatch | None:
    """Lease the queue to *worker* and count the tries, which may be made once this is committed.

    None if nothing is due, or while another worker has the lease.
    """
    found = await queues.lock_free_queue(session, endpoint_id, at=at)
    if found is None:
        return None
    queue, endpoint, principal = found
    if queue.lease is not None:
        await hasten_unknown(session, endpoint.id, at=at)
    await _take_up(PersonalAct(session, principal, at), queue, endpoint)
    window = queues.MAX_PENDING
    if queue.failures >= deliveries.FAILING_AFTER:
        window = deliveries.WINDOW
    due = await queues.list_due_deliveries(session, queue, window=window, at=at, limit=AT_ONCE)
    keys = _keys(settings, endpoint, at=at)
    messages = await _begin_tries(PersonalAct(session, principal, at), due) if keys else []
    if keys and not messages:
        queue.leased_until = at
        return None
    queue.lease, queue.leased_until, queue.leased_by = new_id(), at + LEASE, worker
    return DeliveryBatch(endpoint.id, queue.lease, endpoint.url, keys, messages, at)


async def _take_up(act: PersonalAct, queue: WebhookQueue, endpoint: WebhookEndpoint) -> None:
    """Make deliveries of the next events, up to `MAX_PENDING` in the queue."""
    session = act.session
    room = queues.MAX_PENDING - await queues.count_pending(session, endpoint.id)
    if room <= 0:
        return
    reached = events.FeedPosition(queue.after_transaction_id, queue.after_sequence)
    stretch = await _next_events(session, act.principal, endpoint, reached, limit=room)
    if stretch.events:
        await queue_events(session, endpoint.id, stretch.events, at=act.at)
    if stretch.upto != reached:
        queue.after_transaction_id, queue.after_sequence = stretch.upto


async def _next_events(
    session: AsyncSession,
    principal: Principal,
    endpoint: WebhookEndpoint,
    reached: events.FeedPosition,
    *,
    limit: int,
) -> events.FeedStretch:
    types = {name for pattern in endpoint.event_types for name in types_under(pattern)}
    filters = events.EventFilters(
        types=types if endpoint.event_types else None, plan_id=endpoint.plan_id
    )
    try:
        return await events.read_events(session, principal, filters, after=reached, limit=limit)
    except events.EventsGoneError:
        # The queue stood still for longer than events are kept: it goes on with the oldest one.
        return await events.read_events(session, principal, filters, after=None, limit=limit)


async def _begin_tries(act: PersonalAct, due: Sequence[WebhookDelivery]) -> list[OutgoingMessage]:
    ids = [one.event_id for one in due if one.event_id is not None]
    visible = await queues.visible_among(act.session, act.principal, ids)
    messages = []
    for delivery in due:
        event = None if delivery.event_id is None else visible.get(delivery.event_id)
        if delivery.event_id is not None and event is None:
            deliveries.end_delivery(delivery, DeliveryStatus.CANCELLED, at=act.at)
        elif delivery.tries >= deliveries.MAX_TRIES:
            # The last try ended its worker: its outcome is unknown.
            deliveries.end_delivery(delivery, DeliveryStatus.FAILED, at=act.at)
        else:
            deliveries.begin_try(delivery, at=act.at, luck=random.random())  # noqa: S311 - jitter
            attempt = WebhookAttempt(delivery_id=delivery.id, started_at=act.at)
            act.session.add(attempt)
            body = deliveries.message_body(delivery, event)
            messages.append(OutgoingMessage(delivery.id, attempt.id, delivery.message_id, body))
    return messages


def _keys(settings: Settings, endpoint: WebhookEndpoint, *, at: datetime) -> list[bytes]:
    """The keys to sign with: the present one, and the previous one while both hold.

    None of them if the operator's secret has changed since they were sealed.
    """
    sealed = [endpoint.secret]
    if endpoint.previous_secret_until is not None and endpoint.previous_secret_until > at:
        sealed.append(endpoint.previous_secret)
    try:
        return [
            unseal(settings, endpoints.sealing_purpose(endpoint), one)
            for one in sealed
            if one is not None
        ]
    except InvalidTag:
        return []


async def finish_batch(
    session: AsyncSession, batch: DeliveryBatch, tried: Sequence[TriedMessage], *, at: datetime
) -> None:
    """Record the outcomes of a batch, return the lease, and disable the endpoint if it is due."""
    # The endpoint is locked first, as when its client acts on it: no two wait for each other.
    endpoint = await webhook_endpoints.lock_endpoint(session, batch.endpoint_id)
    queue = await queues.lock_queue(session, batch.endpoint_id)
    reason = None
    if not batch.keys:
        reason = DisabledReason.SECRET_UNREADABLE
    for one in tried:
        disabling = await _write_down(session, queue, batch, one, at=at)
        reason = reason or disabling
    if queue.lease == batch.lease:
        queue.lease, queue.leased_until = None, at
    if reason is not None:
        endpoints.disable_by_service(session, endpoint, reason, at=at)


async def _write_down(
    session: AsyncSession,
    queue: WebhookQueue,
    batch: DeliveryBatch,
    tried: TriedMessage,
    *,
    at: datetime,
) -> DisabledReason | None:
    answer = tried.answer
    attempt = await session.get(WebhookAttempt, tried.message.attempt_id)
    delivery = await queues.lock_tried_delivery(session, tried.message.delivery_id)
    if attempt is None or delivery is None:
        return None  # their event was forgotten meanwhile
    attempt.status_code, attempt.fault = answer.status, answer.fault
    attempt.milliseconds = tried.milliseconds
    logger.info(
        "webhook_tried",
        endpoint=str(batch.endpoint_id),
        message=str(tried.message.message_id),
        tries=delivery.tries,
        status=answer.status,
        fault=answer.fault,
        ms=tried.milliseconds,
    )
    # If the lease was lost, or the client has ended the delivery, only a success still counts.
    is_ours = queue.lease == batch.lease and delivery.status == DeliveryStatus.PENDING
    if not is_ours and not answer.is_taken:
        return None
    return deliveries.settle_try(
        queue,
        delivery,
        answer,
        started_at=batch.started_at,
        at=at,
        luck=random.random(),  # noqa: S311 - jitter
    )

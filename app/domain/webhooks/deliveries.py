"""When a message is tried, when it is tried again, and what its failing does to its endpoint."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.records import audit
from app.domain.webhooks.endpoints import require_action, subject
from app.models import (
    DeliveryStatus,
    DisabledReason,
    Event,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookQueue,
)
from app.outbound.posting import ReceiverAnswer
from app.queries.events import FeedPosition
from app.queries.webhooks import deliveries as queries
from app.queries.webhooks import queues
from app.queries.webhooks.delivery_writes import REQUEUED, requeue_failed

S = DeliveryStatus
PING = "tiendo.ping"

TRY_AGAIN_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After the first try, the second, …: about three days in all, as Standard Webhooks proposes."""
MAX_TRIES = len(TRY_AGAIN_AFTER) + 1
JITTER = 0.1
"""The part of each wait by which it is made shorter or longer, so that outages leave no crowds."""
FAILING_AFTER = 3
"""So many tries in a row that fail, and only the oldest deliveries are tried until one succeeds."""
WINDOW = 3
"""How many of the oldest: more than one, so that a message that can't be taken blocks no others."""


def next_try(tries: int, *, at: datetime, luck: float) -> datetime | None:
    """When to try again after so many *tries*; None after the last. *luck* is from 0 to 1."""
    if tries >= MAX_TRIES:
        return None
    wait = TRY_AGAIN_AFTER[max(tries, 1) - 1]
    return at + wait * (1 - JITTER + 2 * JITTER * luck)


def end_delivery(delivery: WebhookDelivery, status: DeliveryStatus, *, at: datetime) -> None:
    """No more tries."""
    delivery.status = status
    delivery.next_try_at = None
    delivery.ended_at = at


def begin_try(delivery: WebhookDelivery, *, at: datetime, luck: float) -> None:
    """Count a try before it is made, so that one which ends its worker is counted as well."""
    delivery.tries += 1
    delivery.first_tried_at = delivery.first_tried_at or at
    delivery.next_try_at = next_try(delivery.tries, at=at, luck=luck) or at


def settle_try(
    queue: WebhookQueue,
    delivery: WebhookDelivery,
    answer: ReceiverAnswer,
    *,
    started_at: datetime,
    at: datetime,
    luck: float,
) -> DisabledReason | None:
    """Write down how a try went; answers why its endpoint is to be disabled, if it is.

    A message that was tried to the last while others got through has failed alone. When nothing
    got through meanwhile, it is the receiver that is gone: its queue is kept as it stands.
    """
    if answer.is_taken:
        end_delivery(delivery, S.DELIVERED, at=at)
        queue.failures, queue.failing_since, queue.resting_until = 0, None, None
        return None
    queue.failures += 1
    queue.failing_since = queue.failing_since or started_at
    if answer.wait is not None:
        queue.resting_until = at + answer.wait
    if delivery.event_id is None:
        # A ping asks how things are now.
        end_delivery(delivery, S.FAILED, at=at)
    if answer.status == 410:
        return DisabledReason.GONE
    return None if delivery.event_id is None else _put_off(queue, delivery, at=at, luck=luck)


def _put_off(
    queue: WebhookQueue, delivery: WebhookDelivery, *, at: datetime, luck: float
) -> DisabledReason | None:
    again = next_try(delivery.tries, at=at, luck=luck)
    if again is not None:
        delivery.next_try_at = again
        return None
    first, failing = delivery.first_tried_at, queue.failing_since
    if first is not None and failing is not None and failing <= first:
        return DisabledReason.FAILING
    end_delivery(delivery, S.FAILED, at=at)
    return None


def message_body(delivery: WebhookDelivery, event: Event | None) -> bytes:
    """The body: what changed and where to read it, and nothing of its content.

    The same bytes in every try. Without an event it is a ping.
    """
    if event is None:
        kind, moment = PING, delivery.created_at
        data: dict[str, Any] = {"webhook_endpoint_id": str(delivery.endpoint_id)}
    else:
        kind, moment = event.type, event.occurred_at
        data = {
            "id": str(event.id),
            "subject": event.subject,
            "plan_id": event.plan_id and str(event.plan_id),
            "agency_id": event.agency_id and str(event.agency_id),
        }
    body = {"type": kind, "timestamp": moment.isoformat().replace("+00:00", "Z"), "data": data}
    return json.dumps(body, separators=(",", ":")).encode()


async def replay_one(
    session: AsyncSession,
    principal: Principal,
    endpoint: WebhookEndpoint,
    delivery_id: uuid.UUID,
    *,
    at: datetime,
) -> None:
    """Send one delivery again, also one that was delivered; a ping as well."""
    require_action(principal, endpoint, "replay")
    await queues.lock_queue(session, endpoint.id)
    delivery = await queries.lock_delivery(session, endpoint.id, delivery_id)
    for name, value in REQUEUED.items():
        setattr(delivery, name, value)
    delivery.next_try_at = at
    audit(session, principal, "replayed", subject(endpoint), at=at, delivery_id=str(delivery_id))


async def replay_failed(
    session: AsyncSession, principal: Principal, endpoint: WebhookEndpoint, *, at: datetime
) -> None:
    """Send again every event that failed alone."""
    require_action(principal, endpoint, "replay")
    await queues.lock_queue(session, endpoint.id)
    await requeue_failed(session, endpoint.id, at=at)
    audit(session, principal, "replayed", subject(endpoint), at=at, failed=True)


async def replay_from(
    session: AsyncSession,
    principal: Principal,
    endpoint: WebhookEndpoint,
    position: FeedPosition | None,
    *,
    at: datetime,
) -> None:
    """Tell again of every event after *position* in the feed; None is its end.

    Only the mark is set back, however much there is to be told: the worker does the rest.
    """
    require_action(principal, endpoint, "replay")
    queue = await queues.lock_queue(session, endpoint.id)
    reached = (queue.after_transaction_id, queue.after_sequence)
    if position is not None and position < reached:
        queue.after_transaction_id, queue.after_sequence = position
    audit(session, principal, "replayed", subject(endpoint), at=at, events=position is not None)


def send_ping(
    session: AsyncSession, principal: Principal, endpoint: WebhookEndpoint, *, at: datetime
) -> WebhookDelivery:
    """A message without an event, sent soon and once, whatever else waits."""
    require_action(principal, endpoint, "ping")
    delivery = WebhookDelivery(endpoint_id=endpoint.id, type=PING, next_try_at=at, created_at=at)
    session.add(delivery)
    audit(session, principal, "pinged", subject(endpoint), at=at)
    return delivery

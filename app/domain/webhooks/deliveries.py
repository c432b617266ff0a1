"""Tries of a message: when, when again, and the consequence of a failure for its endpoint."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from app.domain.acts import PersonalAct
from app.domain.webhooks.endpoints import require_action, subject
from app.models import (
    DeliveryStatus,
    DisabledReason,
    Event,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookQueue,
)
from app.outbound.receiver_answers import ReceiverAnswer
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
"""Waits after the first try, the second, …: about three days in all, as Standard Webhooks 1.0.0
proposes."""
MAX_TRIES = len(TRY_AGAIN_AFTER) + 1
JITTER = 0.1
"""The part of each wait by which it varies, so that retries after an outage don't come at once."""
FAILING_AFTER = 3
"""After so many failed tries in a row only the oldest deliveries are tried until one succeeds."""
WINDOW = 3
"""The number of oldest deliveries: more than one, so that a message nobody can take blocks none."""


def next_try(tries: int, *, at: datetime, luck: float) -> datetime | None:
    """The moment of the next try after so many *tries*, from 1; None after the last.

    *luck* (0 to 1) is a random number for the jitter.
    """
    if tries >= MAX_TRIES:
        return None
    wait = TRY_AGAIN_AFTER[max(tries, 1) - 1]
    return at + wait * (1 - JITTER + 2 * JITTER * luck)


def end_delivery(delivery: WebhookDelivery, status: DeliveryStatus, *, at: datetime) -> None:
    """End a delivery with a final *status*: it is tried no more."""
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
    """Record the outcome of a try; answers the reason to disable the endpoint, if there is one.

    A message whose last try fails while others got through has failed alone. Where nothing got
    through meanwhile, the receiver is gone: its queue is kept as it stands.
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
        # A ping asks for the receiver's state now: it is not tried again.
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
    """The body of a message: the event's type and ids, by which the receiver reads the rest.

    The bytes are the same in every try. Without an event it is a ping.
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


async def replay_one(act: PersonalAct, endpoint: WebhookEndpoint, delivery_id: uuid.UUID) -> None:
    """Queue one delivery again, be it a ping or one that was delivered."""
    require_action(act.principal, endpoint, "replay")
    await queues.lock_queue(act.session, endpoint.id)
    delivery = await queries.lock_delivery(act.session, endpoint.id, delivery_id)
    for name, value in REQUEUED.items():
        setattr(delivery, name, value)
    delivery.next_try_at = act.at
    act.audit("replayed", subject(endpoint), delivery_id=str(delivery_id))


async def replay_failed(act: PersonalAct, endpoint: WebhookEndpoint) -> None:
    """Queue every failed event of the endpoint again."""
    require_action(act.principal, endpoint, "replay")
    await queues.lock_queue(act.session, endpoint.id)
    await requeue_failed(act.session, endpoint.id, at=act.at)
    act.audit("replayed", subject(endpoint), failed=True)


async def replay_from(
    act: PersonalAct, endpoint: WebhookEndpoint, position: FeedPosition | None
) -> None:
    """Queue every event after *position* in the feed again; None is the feed's end.

    Only the queue's position is set back, however many events there are: the worker does the rest.
    """
    require_action(act.principal, endpoint, "replay")
    queue = await queues.lock_queue(act.session, endpoint.id)
    reached = (queue.after_transaction_id, queue.after_sequence)
    if position is not None and position < reached:
        queue.after_transaction_id, queue.after_sequence = position
    act.audit("replayed", subject(endpoint), events=position is not None)


def send_ping(act: PersonalAct, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Queue a message without an event, which is tried once, whatever else waits."""
    require_action(act.principal, endpoint, "ping")
    delivery = WebhookDelivery(
        endpoint_id=endpoint.id, type=PING, next_try_at=act.at, created_at=act.at
    )
    act.session.add(delivery)
    act.audit("pinged", subject(endpoint))
    return delivery

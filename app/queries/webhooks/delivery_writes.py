"""Writing many deliveries of an endpoint by one statement."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import DeliveryStatus, Event, WebhookAttempt, WebhookDelivery
from app.models.base import new_id
from app.queries.events import EventRow

REQUEUED: dict[str, Any] = {
    "status": DeliveryStatus.PENDING,
    "tries": 0,
    "first_tried_at": None,
    "ended_at": None,
}
"""A delivery with all its tries before it, once more; its message id stays."""


async def queue_events(
    session: AsyncSession,
    endpoint_id: uuid.UUID,
    events: Sequence[Event | EventRow],
    *,
    at: datetime,
) -> None:
    """Make a pending delivery of each event; one that has ended is queued again."""
    queued = {**REQUEUED, "next_try_at": at}
    rows = [
        {"id": new_id(), "created_at": at, "endpoint_id": endpoint_id}
        | {"event_id": event.id, "type": event.type}
        | queued
        for event in events
    ]
    # Deliveries exist already where the client asked for a replay.
    await session.exec(
        insert(WebhookDelivery)
        .values(rows)
        .on_conflict_do_update(
            index_elements=["endpoint_id", "event_id"],
            set_=queued,
            where=col(WebhookDelivery.status) != DeliveryStatus.PENDING,
        )
    )


async def hasten_unknown(session: AsyncSession, endpoint_id: uuid.UUID, *, at: datetime) -> None:
    """Make due the deliveries that a worker was trying for the first time when it died.

    Further tries keep their waits: a message that kills its workers is not to kill one a second.
    """
    has_no_outcome = (
        sa.select(1)
        .where(
            col(WebhookAttempt.delivery_id) == col(WebhookDelivery.id),
            col(WebhookAttempt.status_code).is_(None),
            col(WebhookAttempt.fault).is_(None),
        )
        .exists()
    )
    first = _pending(endpoint_id).where(
        col(WebhookDelivery.tries) == 1, col(WebhookDelivery.next_try_at) > at, has_no_outcome
    )
    await session.exec(first.values(next_try_at=at))


async def requeue_failed(session: AsyncSession, endpoint_id: uuid.UUID, *, at: datetime) -> None:
    """Queue every failed event of an endpoint again; pings stay as they are."""
    failed = sa.update(WebhookDelivery).where(
        col(WebhookDelivery.endpoint_id) == endpoint_id,
        col(WebhookDelivery.event_id).is_not(None),
        col(WebhookDelivery.status) == DeliveryStatus.FAILED,
    )
    await session.exec(failed.values(**REQUEUED, next_try_at=at))


async def restart_pending(session: AsyncSession, endpoint_id: uuid.UUID, *, at: datetime) -> None:
    """Try every pending delivery of an endpoint from *at* on, with all its tries before it."""
    again = {"tries": 0, "first_tried_at": None, "next_try_at": at}
    await session.exec(_pending(endpoint_id).values(**again))


async def cancel_pending(session: AsyncSession, endpoint_id: uuid.UUID, *, at: datetime) -> None:
    """End every pending delivery of an endpoint untried."""
    ended = {"status": DeliveryStatus.CANCELLED, "next_try_at": None, "ended_at": at}
    await session.exec(_pending(endpoint_id).values(**ended))


def _pending(endpoint_id: uuid.UUID) -> sa.Update:
    return sa.update(WebhookDelivery).where(
        col(WebhookDelivery.endpoint_id) == endpoint_id,
        col(WebhookDelivery.status) == DeliveryStatus.PENDING,
    )

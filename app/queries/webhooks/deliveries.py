"""Reading an endpoint's delivery log, and finding the position of a replay."""

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.errors import NotFoundError, Text
from app.models import Event, WebhookAttempt, WebhookDelivery
from app.queries.events import FeedPosition, visible_events
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows
from app.queries.rows import grouped, one_of

NO_SUCH_DELIVERY = Text("Điểm nhận này không có lần gửi đó.", "This endpoint has no such delivery.")

DELIVERIES = Listing(
    conditions={
        "endpoint": "webhook_delivery.endpoint_id = :endpoint",
        "status": "webhook_delivery.status = any(:status)",
        "event": "webhook_delivery.event_id = :event",
    },
    orders={"id": (SortPart("webhook_delivery.id", "uuid"),)},
    # Readers of the log look for the latest failures.
    usual="-id",
)


async def page_of_deliveries(
    session: AsyncSession, asked: PageRequest
) -> FoundPage[WebhookDelivery]:
    """A page of deliveries, and the key after which the next page begins."""
    return await read_rows(session, WebhookDelivery, DELIVERIES, asked)


async def attempts_of(
    session: AsyncSession, delivery_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[WebhookAttempt]]:
    """Every try of each delivery, first to last."""
    statement = (
        select(WebhookAttempt)
        .where(col(WebhookAttempt.delivery_id).in_(delivery_ids))
        .order_by(col(WebhookAttempt.id))
    )
    attempts = await session.exec(statement)
    return grouped(delivery_ids, ((attempt.delivery_id, attempt) for attempt in attempts))


async def lock_delivery(
    session: AsyncSession, endpoint_id: uuid.UUID, delivery_id: uuid.UUID
) -> WebhookDelivery:
    """One delivery to this endpoint, locked until the request ends; raises `NotFoundError`."""
    statement = select(WebhookDelivery).where(
        col(WebhookDelivery.endpoint_id) == endpoint_id, col(WebhookDelivery.id) == delivery_id
    )
    return await one_of(session, statement.with_for_update(key_share=True), NO_SUCH_DELIVERY)


async def position_after(
    session: AsyncSession, principal: Principal, event_id: uuid.UUID
) -> FeedPosition:
    """The position in the feed of an event that the caller may see; raises `NotFoundError`."""
    row = (
        await session.exec(visible_events(principal).where(col(Event.id) == event_id))
    ).one_or_none()
    if row is None or row.transaction_id is None or row.sequence is None:
        raise NotFoundError(
            Text(
                "Không có sự kiện này, hoặc nó không còn được giữ.",
                "There is no such event, or it is kept no longer.",
            )
        )
    return FeedPosition(row.transaction_id, row.sequence)


async def position_before(session: AsyncSession, since: datetime) -> FeedPosition | None:
    """The position in the feed before the first event that happened at *since* or later."""
    place = col(Event.transaction_id), col(Event.sequence)
    statement = select(Event).where(col(Event.occurred_at) >= since).order_by(*place).limit(1)
    event = (await session.exec(statement)).one_or_none()
    return (
        None
        if event is None
        else FeedPosition(event.transaction_id or 0, (event.sequence or 0) - 1)
    )

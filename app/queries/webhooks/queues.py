"""Finding the endpoints that have something to be sent, and their messages."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.models import (
    Client,
    ClientActsFor,
    DeliveryStatus,
    Event,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointStatus,
    WebhookQueue,
)
from app.models.record import TransactionId
from app.queries.events import visible_events
from app.queries.locks import has_died

MAX_PENDING = 100
"""The most deliveries that wait for an endpoint; further events wait in the feed at no cost."""
HORIZON = sa.select(
    sa.func.event_position(
        sa.func.pg_snapshot_xmin(sa.func.pg_current_snapshot()), type_=TransactionId
    )
).scalar_subquery()
"""SQL of the end of the feed, as `last_position` of the events answers it."""

_POSITION = sa.tuple_(col(Event.transaction_id), col(Event.sequence))
_REACHED = sa.tuple_(col(WebhookQueue.after_transaction_id), col(WebhookQueue.after_sequence))
_PENDING = col(WebhookDelivery.status) == DeliveryStatus.PENDING
# An endpoint stands while its client is enabled and still acts for the endpoint's agency.
_STANDING = sa.and_(
    col(WebhookEndpoint.status) == WebhookEndpointStatus.ACTIVE,
    col(Client.disabled_at).is_(None),
    sa.or_(
        col(Client.agency_id) == col(WebhookEndpoint.agency_id),
        select(ClientActsFor.id)
        .where(
            col(ClientActsFor.client_id) == col(Client.id),
            col(ClientActsFor.agency_id) == col(WebhookEndpoint.agency_id),
        )
        .exists(),
    ),
)


def _is_free(at: datetime) -> sa.ColumnElement[bool]:
    """The condition that nobody has the queue's lease and its receiver has asked for no pause."""
    resting, leased = col(WebhookQueue.resting_until), col(WebhookQueue.leased_until)
    has_ended = sa.or_(leased <= at, has_died(col(WebhookQueue.leased_by)))
    return sa.and_(
        sa.or_(col(WebhookQueue.lease).is_(None), has_ended),
        sa.or_(resting.is_(None), resting <= at),
    )


async def list_waiting_endpoints(
    session: AsyncSession,
    *,
    failing_after: int,
    window: int,
    besides: Collection[uuid.UUID],
    at: datetime,
    limit: int,
) -> list[uuid.UUID]:
    """Endpoints with deliveries or events that are due by *at*, the longest unserved first.

    *failing_after* and *window* are those of the deliveries; *besides* are left out.
    """
    of_queue = sa.and_(_PENDING, col(WebhookDelivery.endpoint_id) == col(WebhookQueue.endpoint_id))
    oldest = (
        sa.select(col(WebhookDelivery.next_try_at).label("next_try_at"))
        .where(of_queue)
        .order_by(col(WebhookDelivery.id))
        .limit(sa.case((col(WebhookQueue.failures) >= failing_after, window), else_=MAX_PENDING))
        .correlate(WebhookQueue)
        .subquery()
    )
    pings = sa.select(1).where(
        of_queue, col(WebhookDelivery.event_id).is_(None), col(WebhookDelivery.next_try_at) <= at
    )
    events = sa.select(1).where(_POSITION > _REACHED, col(Event.transaction_id) < HORIZON)
    pending = sa.select(sa.func.count()).where(of_queue).correlate(WebhookQueue)
    statement = (
        select(WebhookQueue.endpoint_id)
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == col(WebhookQueue.endpoint_id))
        .join(Client, col(Client.id) == col(WebhookEndpoint.client_id))
        .where(
            _STANDING,
            _is_free(at),
            col(WebhookQueue.endpoint_id).not_in(besides),
            sa.or_(
                sa.select(1).where(oldest.c.next_try_at <= at).exists(),
                pings.correlate(WebhookQueue).exists(),
                sa.and_(
                    events.correlate(WebhookQueue).exists(), pending.scalar_subquery() < MAX_PENDING
                ),
            ),
        )
        .order_by(col(WebhookQueue.leased_until).nulls_first())
        .limit(limit)
    )
    return list(await session.exec(statement))


async def lock_free_queue(
    session: AsyncSession, endpoint_id: uuid.UUID, *, at: datetime
) -> tuple[WebhookQueue, WebhookEndpoint, Principal] | None:
    """A queue, locked until the transaction ends, its endpoint, and the principal whose events it
    gets.

    None, without waiting, if another transaction has the lock or the lease, or if nothing may be
    sent there now.
    """
    statement = (
        select(WebhookQueue, WebhookEndpoint, Client)
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == col(WebhookQueue.endpoint_id))
        .join(Client, col(Client.id) == col(WebhookEndpoint.client_id))
        .where(col(WebhookQueue.endpoint_id) == endpoint_id, _STANDING, _is_free(at))
        .with_for_update(of=WebhookQueue, skip_locked=True, key_share=True)
    )
    row = (await session.exec(statement)).one_or_none()
    if row is None:
        return None
    queue, endpoint, client = row
    roles = frozenset(Role(role) for role in client.roles)
    return queue, endpoint, Principal(client.id, endpoint.agency_id, roles)


async def lock_queue(session: AsyncSession, endpoint_id: uuid.UUID) -> WebhookQueue:
    """The queue of an endpoint, locked until the transaction ends."""
    statement = select(WebhookQueue).where(col(WebhookQueue.endpoint_id) == endpoint_id)
    fresh = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.exec(fresh)).one()


async def count_pending(session: AsyncSession, endpoint_id: uuid.UUID) -> int:
    """The number of deliveries that wait for an endpoint."""
    statement = select(sa.func.count()).where(
        _PENDING, col(WebhookDelivery.endpoint_id) == endpoint_id
    )
    return (await session.exec(statement)).one()


async def list_due_deliveries(
    session: AsyncSession, queue: WebhookQueue, *, window: int, at: datetime, limit: int
) -> Sequence[WebhookDelivery]:
    """At most *limit* deliveries that are due by *at*: of the *window* oldest ones, and pings."""
    of_queue = sa.and_(_PENDING, col(WebhookDelivery.endpoint_id) == queue.endpoint_id)
    oldest = select(WebhookDelivery.id).where(of_queue).order_by(col(WebhookDelivery.id))
    statement = (
        select(WebhookDelivery)
        .where(
            of_queue,
            col(WebhookDelivery.next_try_at) <= at,
            sa.or_(
                col(WebhookDelivery.id).in_(oldest.limit(window)),
                col(WebhookDelivery.event_id).is_(None),
            ),
        )
        .order_by(col(WebhookDelivery.id))
        .limit(limit)
    )
    return (await session.exec(statement)).all()


async def lock_tried_delivery(
    session: AsyncSession, delivery_id: uuid.UUID
) -> WebhookDelivery | None:
    """A delivery, locked until the transaction ends; None if its event was deleted meanwhile."""
    statement = select(WebhookDelivery).where(col(WebhookDelivery.id) == delivery_id)
    return (await session.exec(statement.with_for_update(key_share=True))).one_or_none()


async def visible_among(
    session: AsyncSession, principal: Principal, event_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Event]:
    """Those of the events that the client may see now, by id."""
    rows = await session.exec(visible_events(principal).where(col(Event.id).in_(event_ids)))
    return {event.id: event for event in rows}

"""Reading webhook endpoints: a client's own; to administrators all of them, to look at."""

import uuid
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from app.auth.principal import Principal, Role
from app.errors import NotFoundError, Text
from app.models import Client, WebhookEndpoint, WebhookEndpointStatus, WebhookQueue


class Known(NamedTuple):
    """An endpoint, the name of its client, and how its queue stands."""

    endpoint: WebhookEndpoint
    client_id: str
    queue: WebhookQueue


def visible_endpoints(
    principal: Principal,
) -> Select[WebhookEndpoint, str, WebhookQueue]:
    """Those that the caller made for the agency in whose name it acts now."""
    statement = (
        select(WebhookEndpoint, Client.client_id, WebhookQueue)
        .join(Client, col(Client.id) == col(WebhookEndpoint.client_id))
        .join(WebhookQueue, col(WebhookQueue.endpoint_id) == col(WebhookEndpoint.id))
    )
    if Role.ADMINISTRATOR in principal.roles:
        return statement
    return statement.where(
        col(WebhookEndpoint.client_id) == principal.client_id,
        col(WebhookEndpoint.agency_id) == principal.agency_id,
    )


async def list_endpoints(
    session: AsyncSession,
    principal: Principal,
    *,
    status: WebhookEndpointStatus | None,
    after: uuid.UUID | None,
    limit: int,
) -> Sequence[Known]:
    """Visible endpoints, oldest first, deleted ones only if asked for; one more than *limit*."""
    kept = col(WebhookEndpoint.status) != WebhookEndpointStatus.DELETED
    statement = (
        visible_endpoints(principal)
        .where(kept if status is None else col(WebhookEndpoint.status) == status)
        .order_by(col(WebhookEndpoint.id))
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(col(WebhookEndpoint.id) > after)
    return [Known(*row) for row in await session.exec(statement)]


async def get_endpoint(
    session: AsyncSession, principal: Principal, endpoint_id: uuid.UUID, *, lock: bool = False
) -> Known:
    """One visible endpoint; with *lock* it is held until the request ends."""
    statement = visible_endpoints(principal).where(col(WebhookEndpoint.id) == endpoint_id)
    if lock:
        statement = statement.with_for_update(of=WebhookEndpoint, key_share=True)
    row = (await session.exec(statement)).one_or_none()
    if row is None:
        raise NotFoundError(Text("Không có điểm nhận này.", "There is no such webhook endpoint."))
    return Known(*row)


async def get_for_worker(session: AsyncSession, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    """An endpoint that is known to exist, held until the transaction ends."""
    statement = select(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint_id)
    return (await session.exec(statement.with_for_update(key_share=True))).one()


async def count_endpoints(session: AsyncSession, client_id: uuid.UUID) -> int:
    """How many a client has that are not deleted; other requests of it wait until this one ends."""
    held = select(Client.id).where(col(Client.id) == client_id).with_for_update(key_share=True)
    await session.exec(held)
    statement = select(sa.func.count()).where(
        col(WebhookEndpoint.client_id) == client_id,
        col(WebhookEndpoint.status) != WebhookEndpointStatus.DELETED,
    )
    return (await session.exec(statement)).one()

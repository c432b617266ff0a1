"""Reading webhook endpoints: those of the caller, or all for administrators."""

import uuid
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from app.auth.principal import Principal, Role
from app.errors import Text
from app.models import Client, WebhookEndpoint, WebhookEndpointStatus, WebhookQueue
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_page
from app.queries.rows import one_of

NO_SUCH_ENDPOINT = Text("Không có điểm nhận này.", "There is no such webhook endpoint.")


class EndpointCase(NamedTuple):
    """An endpoint, the name of its client, and its queue."""

    endpoint: WebhookEndpoint
    client_id: str
    queue: WebhookQueue


def visible_endpoints(principal: Principal) -> Select[WebhookEndpoint, str, WebhookQueue]:
    """The endpoints that the caller created for the agency in whose name it acts now; all of them
    for administrators."""
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


ENDPOINTS = Listing(
    conditions={
        "status": "webhook_endpoint.status = any(:status)",
        "updated_since": "webhook_endpoint.updated_at >= :updated_since",
    },
    orders={
        "id": (ID := SortPart("webhook_endpoint.id", "uuid"),),
        "updated_at": (SortPart("webhook_endpoint.updated_at", "timestamptz"), ID),
    },
)


async def page_of_endpoints(
    session: AsyncSession, principal: Principal, asked: PageRequest
) -> FoundPage[EndpointCase]:
    """A page of visible endpoints, and the key after which the next page begins."""
    return await read_page(session, visible_endpoints(principal), ENDPOINTS, asked, EndpointCase)


async def get_endpoint(
    session: AsyncSession, principal: Principal, endpoint_id: uuid.UUID, *, lock: bool = False
) -> EndpointCase:
    """One visible endpoint; *lock* locks it until the request ends. Raises `NotFoundError`."""
    statement = visible_endpoints(principal).where(col(WebhookEndpoint.id) == endpoint_id)
    if lock:
        held = statement.with_for_update(of=WebhookEndpoint, key_share=True)
        statement = held.execution_options(populate_existing=True)
    return EndpointCase(*await one_of(session, statement, NO_SUCH_ENDPOINT))


async def lock_endpoint(session: AsyncSession, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    """An endpoint that is known to exist, for the worker, locked until the transaction ends."""
    statement = select(WebhookEndpoint).where(col(WebhookEndpoint.id) == endpoint_id)
    return (await session.exec(statement.with_for_update(key_share=True))).one()


async def count_endpoints_locking_client(session: AsyncSession, client_id: uuid.UUID) -> int:
    """The number of a client's endpoints that are not deleted; its row is locked meanwhile, so that
    two requests don't count the same."""
    locked = select(Client.id).where(col(Client.id) == client_id).with_for_update(key_share=True)
    await session.exec(locked)
    statement = select(sa.func.count()).where(
        col(WebhookEndpoint.client_id) == client_id,
        col(WebhookEndpoint.status) != WebhookEndpointStatus.DELETED,
    )
    return (await session.exec(statement)).one()

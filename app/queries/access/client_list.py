"""Clients as their operator sees them, never with their secrets."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, Client, ClientSecret
from app.queries.access.clients import no_such_client


@dataclass(frozen=True, slots=True)
class ClientView:
    """A client, its agency's code, and the ends of its valid secrets (None: no end)."""

    client: Client
    agency_code: str
    expiries: list[datetime | None]


async def get_client_for_update(session: AsyncSession, client_id: str) -> Client:
    """The client of that name, locked until the transaction ends; raises `NotFoundError`."""
    statement = select(Client).where(col(Client.client_id) == client_id).with_for_update()
    client = (await session.exec(statement)).one_or_none()
    if client is None:
        raise no_such_client(client_id)
    return client


async def list_clients(session: AsyncSession, *, at: datetime) -> list[ClientView]:
    """All clients by their `client_id`; secrets that ended by *at* are left out."""
    rows = await session.exec(
        select(Client, Agency.code)
        .join(Agency, col(Agency.id) == col(Client.agency_id))
        .order_by(col(Client.client_id).collate("C"))
    )
    secrets = await session.exec(
        select(ClientSecret)
        .where(col(ClientSecret.revoked_at).is_(None))
        .order_by(col(ClientSecret.created_at), col(ClientSecret.id))
    )
    valid = [row for row in secrets if row.expires_at is None or row.expires_at > at]
    return [
        ClientView(client, code, [row.expires_at for row in valid if row.client_id == client.id])
        for client, code in rows
    ]

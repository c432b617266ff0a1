"""Clients as an operator and administrators see them, never with their secrets."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from app.models import Agency, Client, ClientActsFor, ClientSecret
from app.queries.access.clients import no_such_client
from app.queries.lists import Listing, PageRequest, SortPart, read_page


@dataclass(frozen=True, slots=True)
class ClientView:
    """A client, its agency, those it may act for besides, and its secrets that are valid."""

    client: Client
    agency: Agency
    acts_for: Sequence[Agency]
    secrets: Sequence[ClientSecret]


CLIENTS = Listing(
    conditions={
        "agency": "client.agency_id = :agency or exists (select from client_acts_for f"
        " where f.client_id = client.id and f.agency_id = :agency)",
        "role": ":role = any(client.roles)",
        "disabled": "(client.disabled_at is not null) = :disabled",
        "updated_since": "client.updated_at >= :updated_since",
    },
    orders={
        "client_id": (SortPart('client.client_id collate "C"', "text"),),
        "updated_at": (
            SortPart("client.updated_at", "timestamptz"),
            SortPart("client.id", "uuid"),
        ),
    },
)


def _clients() -> Select[Client, Agency]:
    return select(Client, Agency).join(Agency, col(Agency.id) == col(Client.agency_id))


async def page_of_clients(
    session: AsyncSession, asked: PageRequest, *, at: datetime
) -> tuple[list[ClientView], str | None]:
    """A page of clients, and the key after which the next page begins."""
    rows, last = await read_page(
        session, _clients(), CLIENTS, asked, lambda client, agency: (client, agency)
    )
    return await _views(session, rows, at=at), last


async def list_clients(session: AsyncSession, *, at: datetime) -> list[ClientView]:
    """All clients by their `client_id`; secrets that ended by *at* are left out."""
    rows = await session.exec(_clients().order_by(col(Client.client_id).collate("C")))
    return await _views(session, rows.all(), at=at)


async def get_view(session: AsyncSession, client_id: str, *, at: datetime) -> ClientView:
    """The client of that name; raises `NotFoundError`."""
    rows = await session.exec(_clients().where(col(Client.client_id) == client_id))
    found = await _views(session, rows.all(), at=at)
    if not found:
        raise no_such_client(client_id)
    return found[0]


async def get_client_for_update(session: AsyncSession, client_id: str) -> Client:
    """The client of that name, locked until the transaction ends; raises `NotFoundError`."""
    statement = (
        select(Client).where(col(Client.client_id) == client_id).with_for_update(key_share=True)
    )
    client = (await session.exec(statement)).one_or_none()
    if client is None:
        raise no_such_client(client_id)
    return client


async def agencies_of(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Agency]]:
    """The agencies for which each client may act besides its own, by their codes."""
    rows = await session.exec(
        select(ClientActsFor.client_id, Agency)
        .join(Agency, col(Agency.id) == col(ClientActsFor.agency_id))
        .where(col(ClientActsFor.client_id).in_(ids))
        .order_by(col(Agency.code).collate("C"))
    )
    found: dict[uuid.UUID, list[Agency]] = defaultdict(list)
    for client_id, agency in rows:
        found[client_id].append(agency)
    return found


async def delete_agencies(session: AsyncSession, client_id: uuid.UUID) -> None:
    """Take the list of agencies from a client; the audit entries keep the list."""
    await session.exec(sa.delete(ClientActsFor).where(col(ClientActsFor.client_id) == client_id))


async def _views(
    session: AsyncSession, rows: Sequence[tuple[Client, Agency]], *, at: datetime
) -> list[ClientView]:
    ids = [client.id for client, _ in rows]
    agencies = await agencies_of(session, ids)
    secrets: dict[uuid.UUID, list[ClientSecret]] = defaultdict(list)
    for secret in await session.exec(
        select(ClientSecret)
        .where(col(ClientSecret.client_id).in_(ids), col(ClientSecret.revoked_at).is_(None))
        .where(sa.or_(col(ClientSecret.expires_at).is_(None), col(ClientSecret.expires_at) > at))
        .order_by(col(ClientSecret.created_at), col(ClientSecret.id))
    ):
        secrets[secret.client_id].append(secret)
    return [
        ClientView(client, agency, agencies.get(client.id, ()), secrets[client.id])
        for client, agency in rows
    ]

"""Reading clients and whether their tokens still hold."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError, Text
from app.models import Agency, Client, ClientActsFor, ClientSecret, RevokedToken


@dataclass(frozen=True, slots=True)
class ClientStanding:
    """What is true now of the client behind a token: `None` agencies means none besides its own."""

    row_id: uuid.UUID
    agency_id: uuid.UUID
    roles: frozenset[str]
    is_valid: bool
    acts_for: dict[str, uuid.UUID]


async def find_client_standing(
    session: AsyncSession, client_id: str, jti: uuid.UUID
) -> ClientStanding | None:
    """The client behind a token; not valid when it is disabled or the token was revoked."""
    revoked = select(RevokedToken.jti).where(col(RevokedToken.jti) == jti).exists()
    row = (
        await session.exec(select(Client, revoked).where(col(Client.client_id) == client_id))
    ).one_or_none()
    if row is None:
        return None
    client, is_revoked = row
    return ClientStanding(
        row_id=client.id,
        agency_id=client.agency_id,
        roles=frozenset(client.roles),
        is_valid=client.disabled_at is None and not is_revoked,
        acts_for=await _acts_for(session, client),
    )


async def _acts_for(session: AsyncSession, client: Client) -> dict[str, uuid.UUID]:
    others = select(ClientActsFor.agency_id).where(col(ClientActsFor.client_id) == client.id)
    rows = await session.exec(
        select(Agency).where(sa.or_(col(Agency.id) == client.agency_id, col(Agency.id).in_(others)))
    )
    refs: dict[str, uuid.UUID] = {}
    for agency in rows:
        for ref in (str(agency.id), agency.code, agency.identifier):
            if ref is not None:
                refs[ref] = agency.id
    return refs


# Built once: for what every token asks, building a statement costs more than running it.
CLIENT_NAMED = select(Client).where(col(Client.client_id) == sa.bindparam("name"))
SECRETS_OF = (
    select(ClientSecret)
    .where(col(ClientSecret.client_id) == sa.bindparam("client"))
    .where(col(ClientSecret.revoked_at).is_(None))
    .order_by(col(ClientSecret.created_at), col(ClientSecret.id))
)


CREDENTIALS_OF = (
    select(Client, ClientSecret)
    .outerjoin(
        ClientSecret,
        sa.and_(
            col(ClientSecret.client_id) == col(Client.id), col(ClientSecret.revoked_at).is_(None)
        ),
    )
    .where(col(Client.client_id) == sa.bindparam("name"))
)


async def credentials_of(
    session: AsyncSession, client_id: str
) -> list[tuple[Client, ClientSecret | None]]:
    """The client of that name beside each secret that was not revoked; nothing if there is none."""
    return list(await session.exec(CREDENTIALS_OF, params={"name": client_id}))


async def find_client(session: AsyncSession, client_id: str) -> Client | None:
    """The client of that name."""
    return (await session.exec(CLIENT_NAMED, params={"name": client_id})).one_or_none()


async def get_client(session: AsyncSession, client_id: str) -> Client:
    """The client of that name; raises `NotFoundError`."""
    client = await find_client(session, client_id)
    if client is None:
        raise NotFoundError(
            Text(f"Không có hệ thống {client_id}.", f"There is no client {client_id}.")
        )
    return client


async def list_secrets(session: AsyncSession, client_id: uuid.UUID) -> list[ClientSecret]:
    """Secrets that were not revoked, oldest first; some may have expired."""
    return list(await session.exec(SECRETS_OF, params={"client": client_id}))

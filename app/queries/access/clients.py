"""Reading clients and whether their tokens still hold."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.errors import NotFoundError, Text
from app.models import Client, ClientSecret, RevokedToken
from app.queries.access.failed_logins import WAIT
from app.reading import SqlReader


@dataclass(frozen=True, slots=True)
class ClientStanding:
    """The client behind a token as it is now; `acts_for` has its agencies' ids by each ref."""

    row_id: uuid.UUID
    agency_id: uuid.UUID
    roles: frozenset[str]
    is_valid: bool
    acts_for: dict[str, uuid.UUID]
    agencies: frozenset[uuid.UUID]


# Every request asks this within a few seconds of the last: one statement, and no session.
STANDING = sa.text("""
select c.id, c.agency_id, c.roles,
  c.disabled_at is null
    and not exists (select from revoked_token r where r.jti = :jti) as is_valid,
  array(
    select array[ref, a.id::text]
      from agency a cross join lateral unnest(array[a.id::text, a.code, a.identifier]) as ref
     where ref is not null and (a.id = c.agency_id or a.id in (
       select o.agency_id from client_acts_for o where o.client_id = c.id))
  ) as acts_for
  from client c where c.client_id = :client_id
""")


async def find_client_standing(
    reader: SqlReader, client_id: str, jti: uuid.UUID
) -> ClientStanding | None:
    """The client behind a token; not valid when it is disabled or the token was revoked."""
    for row in await reader.fetch(STANDING, {"client_id": client_id, "jti": jti}):
        acts_for = {ref: uuid.UUID(agency_id) for ref, agency_id in row.acts_for}
        return ClientStanding(
            row_id=row.id,
            agency_id=row.agency_id,
            roles=frozenset(row.roles),
            is_valid=row.is_valid,
            acts_for=acts_for,
            agencies=frozenset(acts_for.values()),
        )
    return None


# Built once: for what every token asks, building a statement costs more than running it.
CLIENT_NAMED = select(Client).where(col(Client.client_id) == sa.bindparam("name"))
SECRETS_OF = (
    select(ClientSecret)
    .where(col(ClientSecret.client_id) == sa.bindparam("client"))
    .where(col(ClientSecret.revoked_at).is_(None))
    .order_by(col(ClientSecret.created_at), col(ClientSecret.id))
)


# One row a secret that was not revoked; a client without any has one row with null for it, as has
# a name that is no client's. Each says how long whoever asks has to wait after failed logins.
CREDENTIALS = sa.text(f"""
select w.seconds_to_wait, c.id, c.client_id, c.roles, c.disabled_at is null as is_enabled,
  s.id as secret_id, s.digest, s.expires_at,
  coalesce(least(c.last_used_at, s.last_used_at) > :noted_since
    and num_nulls(c.last_used_at, s.last_used_at) = 0, false) as is_use_noted
  from ({WAIT}) w
  left join client c on c.client_id = :client_id
  left join client_secret s on s.client_id = c.id and s.revoked_at is null
""")
NOTE_USE = sa.text("""
with used as (update client_secret set last_used_at = :at where id = :secret_id returning client_id)
update client set last_used_at = :at from used where client.id = used.client_id
""")


class Credential(NamedTuple):
    """One secret of a client, and the facts that decide whether it lets the client in."""

    row_id: uuid.UUID
    client_id: str
    roles: list[str]
    is_enabled: bool
    secret_id: uuid.UUID | None
    digest: bytes | None
    expires_at: datetime | None
    is_use_noted: bool


class Login(NamedTuple):
    """The secrets of the client that is named, and how long whoever asks has to wait before."""

    seconds_to_wait: float
    credentials: list[Credential]


async def read_login(
    reader: SqlReader,
    client_id: str,
    *,
    failing: Mapping[bytes, float],
    window: float,
    noted_since: datetime,
) -> Login:
    """The secrets of a client that were not revoked; `is_use_noted` since that moment or not.

    *failing* are the sources of a failure and the seconds that it counts for with each, of which so
    many fit into the *window*.
    """
    given = {
        "client_id": client_id,
        "noted_since": noted_since,
        "sources": list(failing),
        "costs": list(failing.values()),
        "window": window,
    }
    rows = await reader.fetch(CREDENTIALS, given)
    found = [Credential(*tuple(row)[1:]) for row in rows if row.id is not None]
    return Login(float(rows[0].seconds_to_wait or 0), found)


async def note_use(reader: SqlReader, secret_id: uuid.UUID, *, at: datetime) -> None:
    """Write down that a secret and its client were used at that moment."""
    await reader.fetch(NOTE_USE, {"secret_id": secret_id, "at": at})


async def find_client(session: AsyncSession, client_id: str) -> Client | None:
    """The client of that name."""
    return (await session.exec(CLIENT_NAMED, params={"name": client_id})).one_or_none()


async def get_client(session: AsyncSession, client_id: str) -> Client:
    """The client of that name; raises `NotFoundError`."""
    client = await find_client(session, client_id)
    if client is None:
        raise no_such_client(client_id)
    return client


def no_such_client(client_id: str) -> NotFoundError:
    """The refusal of a name that no client has."""
    return NotFoundError(
        Text(f"Không có hệ thống {client_id}.", f"There is no client {client_id}.")
    )


async def list_secrets(session: AsyncSession, client_id: uuid.UUID) -> list[ClientSecret]:
    """Secrets that were not revoked, oldest first; some may have expired."""
    return list(await session.exec(SECRETS_OF, params={"client": client_id}))


async def insert_revocation(session: AsyncSession, jti: uuid.UUID, *, expires_at: datetime) -> None:
    """Write that a token is revoked; nothing where it is already."""
    row = insert(RevokedToken).values(jti=jti, expires_at=expires_at)
    await session.exec(row.on_conflict_do_nothing())

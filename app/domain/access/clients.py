"""Clients and their secrets: made and rotated by an operator, shown once, never read back."""

from collections.abc import Collection
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.auth.secrets import digest, new_secret
from app.config import Settings
from app.errors import Text, TrackerError
from app.models import Agency, Client, ClientSecret
from app.queries.access import clients as queries

MAX_SECRETS = 2


class TooManySecretsError(TrackerError):
    """A third secret would leave nobody knowing which ones are in use."""

    status = HTTPStatus.CONFLICT
    code = "too_many_secrets"
    title = Text("Đã có hai mã bí mật còn hiệu lực", "Two secrets are valid already")
    detail = Text(
        "Hệ thống này đang có hai mã bí mật còn hiệu lực; hãy đợi mã cũ hết hạn.",
        "Two secrets of this client are valid; wait until the old one has ended.",
    )


async def create(
    session: AsyncSession,
    settings: Settings,
    agency: Agency,
    *,
    client_id: str,
    name: str,
    roles: Collection[Role],
) -> tuple[Client, str]:
    """A client of *agency*, and its secret, of which only the digest is stored."""
    client = Client(client_id=client_id, name=name, agency_id=agency.id, roles=sorted(set(roles)))
    session.add(client)
    await session.flush()
    return client, _add_secret(session, settings, client, expires_at=None)


async def rotate(
    session: AsyncSession,
    settings: Settings,
    client: Client,
    *,
    at: datetime,
    overlap: timedelta,
) -> str:
    """Make a second secret; earlier ones end after *overlap*. Raises `TooManySecretsError`."""
    alive = [
        secret
        for secret in await queries.list_secrets(session, client.id)
        if secret.expires_at is None or secret.expires_at > at
    ]
    if len(alive) >= MAX_SECRETS:
        raise TooManySecretsError()
    for secret in alive:
        secret.expires_at = min(secret.expires_at or at + overlap, at + overlap)
    return _add_secret(session, settings, client, expires_at=None)


def _add_secret(
    session: AsyncSession, settings: Settings, client: Client, *, expires_at: datetime | None
) -> str:
    secret = new_secret()
    session.add(
        ClientSecret(client_id=client.id, digest=digest(settings, secret), expires_at=expires_at)
    )
    return secret


def disable(client: Client, *, at: datetime) -> None:
    """End a client: no token is issued any more, and running ones stop within seconds."""
    client.disabled_at = client.disabled_at or at

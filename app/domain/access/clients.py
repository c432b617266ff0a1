"""Clients and their secrets: made, changed and rotated by an operator or an administrator.

A secret is shown once and never read back. What is done is audited; it is no event, since other
systems do not follow who may call.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from app.auth.principal import Role
from app.auth.secrets import digest, new_secret
from app.config import Settings
from app.domain.acts import Act
from app.domain.records import Subject
from app.errors import ConflictError, Text
from app.models import Agency, Client, ClientActsFor, ClientSecret
from app.queries.access import client_list
from app.queries.access import clients as queries

MAX_SECRETS = 2


class TooManySecretsError(ConflictError):
    """A third secret would leave nobody knowing which ones are in use."""

    code = "too_many_secrets"
    title = Text("Đã có hai mã bí mật còn hiệu lực", "Two secrets are valid already")
    detail = Text(
        "Hệ thống này đang có hai mã bí mật còn hiệu lực; hãy đợi mã cũ hết hạn.",
        "Two secrets of this client are valid; wait until the old one has ended.",
    )


class ClientDisabledError(ConflictError):
    """A client that was ended is changed no more and gets no new secret."""

    code = "client_disabled"
    title = Text("Hệ thống đã bị ngừng", "The client is disabled")

    def __init__(self, client_id: str) -> None:
        super().__init__(
            Text(f"Hệ thống {client_id} đã bị ngừng.", f"The client {client_id} is disabled.")
        )


async def create(
    act: Act,
    settings: Settings,
    agency: Agency,
    *,
    client_id: str,
    name: str,
    roles: Collection[Role],
    acts_for: Collection[Agency] = (),
) -> tuple[Client, str]:
    """A client of *agency*, and its secret, of which only the digest is stored.

    Raises `ConflictError` where the name is taken.
    """
    if await queries.find_client(act.session, client_id) is not None:
        raise ConflictError(
            Text(f"Đã có hệ thống {client_id}.", f"There is a client {client_id} already.")
        )
    client = Client(client_id=client_id, name=name, agency_id=agency.id, roles=sorted(set(roles)))
    act.session.add(client)
    await act.session.flush()
    codes = await _set_agencies(act, client, acts_for)
    _audit(act, client, "created", agency=agency.code, roles=client.roles, acts_for=codes)
    return client, _add_secret(act, settings, client)


async def change(
    act: Act,
    client: Client,
    *,
    name: str | None = None,
    roles: Collection[Role] | None = None,
    acts_for: Collection[Agency] | None = None,
) -> None:
    """Give a client another name, other roles or other agencies; None leaves each as it is.

    Running tokens follow within seconds. Raises `ClientDisabledError`.
    """
    _require_enabled(client)
    before = await _standing(act, client)
    client.name = name or client.name
    client.roles = sorted(set(roles)) if roles else client.roles
    if acts_for is not None:
        await _set_agencies(act, client, acts_for)
    after = await _standing(act, client)
    if changed := {key: [before[key], after[key]] for key in after if before[key] != after[key]}:
        # A list of agencies is changed in rows of its own; the client's tag moves with it.
        client.updated_at = act.at
        _audit(act, client, "changed", **changed)


async def rotate(act: Act, settings: Settings, client: Client, *, overlap: timedelta) -> str:
    """Make a second secret; earlier ones end after *overlap*.

    Raises `ClientDisabledError` and `TooManySecretsError`.
    """
    _require_enabled(client)
    alive = [
        secret
        for secret in await queries.list_secrets(act.session, client.id)
        if secret.expires_at is None or secret.expires_at > act.at
    ]
    if len(alive) >= MAX_SECRETS:
        raise TooManySecretsError()
    ends = act.at + overlap
    for secret in alive:
        secret.expires_at = min(secret.expires_at or ends, ends)
    hours = overlap // timedelta(hours=1)
    _audit(act, client, "secret_rotated", overlap_hours=hours)
    return _add_secret(act, settings, client)


def disable(act: Act, client: Client) -> None:
    """End a client: no token is issued any more, and running ones stop within seconds.

    Raises `ClientDisabledError` where it was ended before.
    """
    _require_enabled(client)
    client.disabled_at = act.at
    _audit(act, client, "disabled")


def allowed_actions(client: Client) -> list[str]:
    """The actions that an administrator may take on the client now."""
    return [] if client.disabled_at else ["update", "rotate_secret", "disable"]


def _require_enabled(client: Client) -> None:
    if client.disabled_at is not None:
        raise ClientDisabledError(client.client_id)


def _add_secret(act: Act, settings: Settings, client: Client) -> str:
    secret = new_secret()
    act.session.add(ClientSecret(client_id=client.id, digest=digest(settings, secret)))
    return secret


async def _set_agencies(act: Act, client: Client, agencies: Collection[Agency]) -> Sequence[str]:
    """Let the client act for these agencies besides its own and for no others; their codes."""
    others = {agency.id: agency.code for agency in agencies if agency.id != client.agency_id}
    await client_list.delete_agencies(act.session, client.id)
    act.session.add_all(ClientActsFor(client_id=client.id, agency_id=one) for one in others)
    await act.session.flush()
    return sorted(others.values())


async def _standing(act: Act, client: Client) -> dict[str, Any]:
    agencies = await client_list.agencies_of(act.session, [client.id])
    codes = sorted(agency.code for agency in agencies.get(client.id, ()))
    return {"name": client.name, "roles": client.roles, "acts_for": codes}


def _audit(act: Act, client: Client, action: str, **detail: Any) -> None:
    act.audit(action, Subject("client", client.id), client_id=client.client_id, **detail)

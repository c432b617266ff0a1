"""Granting access tokens and ending them early (RFC 6749 4.4, RFC 7009, RFC 7662)."""

import hmac
import math
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.failed_logins import SECONDS
from app.auth.secrets import digest
from app.auth.tokens import LEEWAY, Claims, TokenKeys
from app.config import Settings
from app.domain.records import Subject, audit
from app.errors import OAuthError, Text
from app.queries.access import clients as queries
from app.reading import SqlReader

NOBODY = uuid.UUID(int=0)
# last_used_at shows people which clients are idle: a write a minute is enough for that.
USE_NOTED_AFTER = timedelta(minutes=1)


class InvalidClientError(OAuthError):
    """Unknown client, wrong or ended secret, or disabled: all are answered alike."""

    status = HTTPStatus.UNAUTHORIZED
    code = "invalid_client"
    title = Text("Sai thông tin hệ thống", "Invalid client")
    detail = Text(
        "Không có hệ thống này, sai mã bí mật, hoặc hệ thống đã bị ngừng.",
        "The client is unknown or disabled, or its secret is wrong.",
    )

    def __init__(self, row_id: uuid.UUID | None = None) -> None:
        """Refuse whoever gave the name of the client with that row; None: nobody's name."""
        super().__init__()
        self.row_id = row_id


class InvalidRequestError(OAuthError):
    """Something is missing, sent twice or malformed (RFC 6749, 5.2)."""

    code = "invalid_request"
    title = Text("Yêu cầu cấp mã không hợp lệ", "Invalid token request")


class TooManyFailuresError(Exception):
    """Too many logins have failed: no secret is compared for so many `seconds`."""

    def __init__(self, seconds: int) -> None:
        """Refuse whoever comes before that."""
        super().__init__()
        self.seconds = seconds


ONE_WAY = Text(
    "Chỉ gửi mã hệ thống và mã bí mật theo một cách: HTTP Basic hoặc biểu mẫu.",
    "Send the client's id and secret in one way: by HTTP Basic or in the form.",
)


class UnsupportedGrantTypeError(OAuthError):
    """Systems have no users to ask: client credentials are the only grant (RFC 6749, 4.4)."""

    code = "unsupported_grant_type"
    title = Text("Không hỗ trợ cách cấp mã này", "Unsupported grant type")
    detail = Text(
        "Chỉ hỗ trợ `grant_type=client_credentials`.",
        "Only grant_type=client_credentials is supported.",
    )


class InvalidScopeError(OAuthError):
    """A role was asked for that the client does not have."""

    code = "invalid_scope"
    title = Text("Phạm vi không hợp lệ", "Invalid scope")

    def __init__(self, roles: Collection[str]) -> None:
        """Refuse a role that is not one of *roles*, which the client has."""
        super().__init__(
            Text(
                f"Hệ thống này chỉ có vai trò: {' '.join(roles)}.",
                f"This client has only the roles: {' '.join(roles)}.",
            )
        )


async def authenticate(
    reader: SqlReader,
    settings: Settings,
    client_id: str,
    secret: str,
    *,
    failing: Mapping[bytes, float],
    at: datetime,
) -> queries.Credential:
    """The credential of which this is the secret; an unknown client costs as much as a known one.

    *failing* are the sources with which a failure would be counted. Raises `InvalidClientError`,
    and `TooManyFailuresError`, before anything is compared, where too many have failed.
    """
    given = digest(settings, secret)
    wait, found = await queries.read_login(
        reader, client_id, failing=failing, window=SECONDS, noted_since=at - USE_NOTED_AFTER
    )
    if wait > 0:
        raise TooManyFailuresError(math.ceil(wait))
    for one in found:
        if (
            one.digest is not None
            and one.secret_id is not None
            and hmac.compare_digest(one.digest, given)
            and (one.expires_at is None or one.expires_at > at)
            and one.is_enabled
        ):
            if not one.is_use_noted:
                await queries.note_use(reader, one.secret_id, at=at)
            return one
    raise InvalidClientError(found[0].row_id if found else None)


def note_failure(
    session: AsyncSession, row_id: uuid.UUID | None, address: str, *, at: datetime
) -> None:
    """Write in the audit that somebody at that address failed to log in as that client.

    So it is written of names that no client has, too: nobody finds out by the time it takes.
    """
    subject = Subject("client", row_id or NOBODY)
    audit(session, None, "login_failed", subject, at=at, address=address)


def grant(
    keys: TokenKeys,
    client: queries.Credential,
    *,
    grant_type: str | None,
    scope: str | None,
    at: datetime,
) -> tuple[str, Claims]:
    """A token with the roles in *scope*, or with all that the client has; raises `OAuthError`."""
    if grant_type is None:
        raise InvalidRequestError(Text("Phải nêu `grant_type`.", "grant_type is required."))
    if grant_type != "client_credentials":
        raise UnsupportedGrantTypeError()
    wanted = frozenset((scope or "").split()) or frozenset(client.roles)
    if not wanted <= frozenset(client.roles):
        raise InvalidScopeError(client.roles)
    return keys.issue(client.client_id, wanted, at=at)


async def revoke(session: AsyncSession, client: queries.Credential, claims: Claims) -> None:
    """End a token now; one of another client is left alone without a word (RFC 7009, 2.1)."""
    if claims.client_id != client.client_id:
        return
    await queries.insert_revocation(session, claims.jti, expires_at=claims.expires_at + LEEWAY)

"""Access tokens: JWTs by RFC 9068, signed with ES256. The only module that imports jose."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from jose import jwk, jwt
from jose.exceptions import JOSEError

from app.config import Settings
from app.errors import Text, TrackerError

ALGORITHM = "ES256"
MAX_TOKEN_LENGTH = 4096
MAX_VERIFIED = 5_000
LEEWAY = timedelta(seconds=60)
"""The time by which the clocks of a token's issuer and its reader may differ."""
# jose accepts tokens that lack these claims unless told to refuse each one.
REQUIRED = ("exp", "iat", "aud", "iss", "sub", "jti")


_REFUSED = (JOSEError, KeyError, TypeError, ValueError, AttributeError, OverflowError)


class InvalidTokenError(TrackerError):
    """No token, or one that we did not issue, that has ended, or that was revoked."""

    status = HTTPStatus.UNAUTHORIZED
    code = "invalid_token"
    title = Text("Mã truy cập không hợp lệ", "Invalid access token")
    detail = Text(
        "Mã truy cập thiếu, sai, hết hạn hoặc đã bị thu hồi.",
        "The access token is missing, wrong, expired or revoked.",
    )


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a token: its client, the roles it was asked for, the moment it ends."""

    client_id: str
    scopes: frozenset[str]
    jti: uuid.UUID
    issued_at: datetime
    expires_at: datetime


class TokenKeys:
    """The key that signs, and all keys that are still accepted, by their key id."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.base_url
        self.seconds = settings.token_seconds
        pems = [settings.signing_key, settings.previous_signing_key]
        loaded = [_load(pem.get_secret_value()) for pem in pems if pem is not None]
        self.key_id, self._signing, _ = loaded[0]
        self._accepted = {key_id: public for key_id, _, public in loaded}
        self._verified: dict[str, Claims] = {}

    def issue(self, client_id: str, scopes: frozenset[str], *, at: datetime) -> tuple[str, Claims]:
        """Sign a token for *client_id*; its id (`jti`) is new each time."""
        claims = Claims(client_id, scopes, uuid.uuid4(), at, at + timedelta(seconds=self.seconds))
        body = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": client_id,
            "client_id": client_id,
            "scope": " ".join(sorted(scopes)),
            "jti": str(claims.jti),
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
        }
        headers = {"kid": self.key_id, "typ": "at+jwt"}
        return jwt.encode(body, self._signing, algorithm=ALGORITHM, headers=headers), claims

    def read(self, token: str, *, at: datetime) -> Claims:
        """Check everything a token must hold as of *at*; raises `InvalidTokenError`."""
        claims = self._verified.get(token)
        if claims is None:
            try:
                claims = self._claims(token, at=at)
            except _REFUSED as error:
                raise InvalidTokenError() from error
            # A client sends the same token for minutes: its signature is checked once.
            if len(self._verified) >= MAX_VERIFIED:
                self._verified.clear()
            self._verified[token] = claims
        if claims.expires_at + LEEWAY <= at or claims.issued_at > at + LEEWAY:
            raise InvalidTokenError()
        return claims

    def jwks(self) -> dict[str, Any]:
        """The public keys as a JSON Web Key Set (RFC 7517)."""
        return {
            "keys": [
                {name: _text(value) for name, value in key.to_dict().items()}
                | {"kid": key_id, "use": "sig"}
                for key_id, key in self._accepted.items()
            ]
        }

    def _claims(self, token: str, *, at: datetime) -> Claims:
        body = self._verify(token)
        return Claims(
            client_id=body["sub"],
            scopes=frozenset(body["scope"].split()),
            jti=uuid.UUID(body["jti"]),
            issued_at=datetime.fromtimestamp(body["iat"], at.tzinfo),
            expires_at=datetime.fromtimestamp(body["exp"], at.tzinfo),
        )

    def _verify(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_LENGTH:
            raise ValueError("token too long")
        header = jwt.get_unverified_header(token)
        # RFC 7515, 4.1.11: an extension we don't know must be refused; jose lets it pass.
        if "crit" in header or str(header.get("typ", "")).lower() != "at+jwt":
            raise ValueError("unknown kind of token")
        body: dict[str, Any] = jwt.decode(
            token,
            self._accepted[header["kid"]],
            algorithms=[ALGORITHM],
            audience=self.issuer,
            issuer=self.issuer,
            options={f"require_{claim}": True for claim in REQUIRED}
            | {"leeway": LEEWAY.total_seconds()},
        )
        return body


def _load(pem: str) -> tuple[str, Any, Any]:
    private = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise ValueError("The signing key must be a P-256 private key in PEM form.")
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key_id = hashlib.sha256(public).hexdigest()[:16]
    # PEM text only: given DER bytes and a loose algorithm list jose would take them as an HMAC key.
    return key_id, jwk.construct(pem, ALGORITHM), jwk.construct(public.decode(), ALGORITHM)


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value

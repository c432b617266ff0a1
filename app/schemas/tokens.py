from typing import Literal

from pydantic import Field

from app.schemas.common import Out


class TokenOut(Out):
    """An access token (RFC 6749, 5.1)."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int = Field(description="Giây / seconds")
    scope: str


class IntrospectionOut(Out):
    """The standing of a token now (RFC 7662); all but `active` are null when it is not active."""

    active: bool
    client_id: str | None
    sub: str | None
    scope: str | None
    iss: str | None
    aud: str | None
    jti: str | None
    iat: int | None
    exp: int | None


class JsonWebKeyOut(Out):
    """A public key (RFC 7517)."""

    kty: str
    crv: str
    x: str
    y: str
    alg: str
    use: str
    kid: str


class JsonWebKeySetOut(Out):
    """All keys that tokens may be signed with."""

    keys: list[JsonWebKeyOut]


class MetadataOut(Out):
    """Authorization server metadata (RFC 8414)."""

    issuer: str
    token_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    scopes_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]

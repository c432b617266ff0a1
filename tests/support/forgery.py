"""Tokens as an attacker would make them, by hand: no library stands in the way."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from app.config import Settings


class Forger:
    """Makes tokens for a client with the service's own key, or with less."""

    def __init__(self, settings: Settings, key_id: str, client_id: str) -> None:
        key = load_pem_private_key(settings.signing_key.get_secret_value().encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self.key = key
        now = int(time.time())
        self.header: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": key_id}
        self.claims: dict[str, Any] = {
            "iss": settings.base_url,
            "aud": settings.base_url,
            "sub": client_id,
            "client_id": client_id,
            "scope": "reader",
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + 900,
        }

    @property
    def public_pem(self) -> bytes:
        """The public key as text, which the attacker has."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def public_der(self) -> bytes:
        """The same in binary."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def public_openssh(self) -> bytes:
        """The same as OpenSSH writes it."""
        return self.key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)

    def message(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """The signed text: our header and claims with these changes; None leaves one out."""
        parts = (_merged(self.header, header), _merged(self.claims, claims))
        return ".".join(_encoded(json.dumps(part).encode()) for part in parts)

    def signed(
        self,
        key: ec.EllipticCurvePrivateKey | None = None,
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Signed with ES256, by our own key unless another one is given."""
        message = self.message(header or {}, claims)
        der = (key or self.key).sign(message.encode(), ec.ECDSA(hashes.SHA256()))
        r, s = decode_dss_signature(der)
        return f"{message}.{_encoded(r.to_bytes(32) + s.to_bytes(32))}"

    def unsigned(self, algorithm: str) -> str:
        """With an algorithm that means no signature."""
        return self.message({"alg": algorithm}, {}) + "."

    def keyed(self, secret: bytes) -> str:
        """With HS256, taking what everybody knows for the secret."""
        message = self.message({"alg": "HS256"}, {})
        return f"{message}.{_encoded(hmac.digest(secret, message.encode(), hashlib.sha256))}"


def _merged(given: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")

"""Client secrets: 256 random bits, stored as an HMAC, so a slow hash would guard nothing."""

import hashlib
import hmac
import secrets

from app.config import Settings


def new_secret() -> str:
    """A secret to be shown once."""
    return secrets.token_urlsafe(32)


def digest(settings: Settings, secret: str) -> bytes:
    """HMAC-SHA256 of *secret* under the operator's pepper."""
    pepper = settings.secret.get_secret_value().encode()
    return hmac.digest(pepper, secret.encode(errors="surrogatepass"), hashlib.sha256)

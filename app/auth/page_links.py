"""The keys of links that open a page: signed, so that nobody makes one up, and with their end."""

import base64
import hashlib
import hmac
import struct
import uuid
from datetime import UTC, datetime

from app.config import Settings

FORM = struct.Struct(">16sI")
"""The id of the link, and the second at which it ends."""
SIGNED = 16
"""Bytes of the signature: nobody tries 2^128 of them."""
MAX_KEY = 64


def sign(settings: Settings, link_id: uuid.UUID, expires_at: datetime) -> str:
    """The key of a link, the same whenever it is asked for."""
    content = FORM.pack(link_id.bytes, int(expires_at.timestamp()))
    signed = content + _signature(settings, content)
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def read(settings: Settings, key: str, *, at: datetime) -> uuid.UUID | None:
    """The id of the link of a *key*; None if we did not sign it, or if it has ended by *at*. Only
    the link's row shows whether it was revoked."""
    if len(key) > MAX_KEY:
        return None
    try:
        signed = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    content, signature = signed[: FORM.size], signed[FORM.size :]
    if not hmac.compare_digest(signature, _signature(settings, content)):
        return None
    link_id, seconds = FORM.unpack(content)
    return uuid.UUID(bytes=link_id) if at < datetime.fromtimestamp(seconds, UTC) else None


def _signature(settings: Settings, content: bytes) -> bytes:
    secret = settings.secret.get_secret_value().encode()
    return hmac.digest(secret, b"tiendo page-link " + content, hashlib.sha256)[:SIGNED]

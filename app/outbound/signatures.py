"""Signing messages by Standard Webhooks 1.0: HMAC-SHA256, named `v1`."""

import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
KEY_BYTES = 32


def new_key() -> bytes:
    """A key to sign with."""
    return secrets.token_bytes(KEY_BYTES)


def secret_text(key: bytes) -> str:
    """A key as it is shown to receivers."""
    return PREFIX + base64.b64encode(key).decode()


def signed_headers(
    keys: Sequence[bytes], message_id: uuid.UUID, body: bytes, *, at: datetime
) -> dict[str, str]:
    """The three headers of a message sent at *at*, with a signature by each key.

    A receiver takes the message if any signature is by the key that it knows, so that it need not
    change over at the same moment as we do.
    """
    seconds = int(at.timestamp())
    content = f"{message_id}.{seconds}.".encode() + body
    signatures = (hmac.digest(key, content, hashlib.sha256) for key in keys)
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": str(seconds),
        "webhook-signature": " ".join(
            f"v1,{base64.b64encode(signature).decode()}" for signature in signatures
        ),
    }

"""Secrets that are read again, sealed so that a copy of the database gives none of them away."""

import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.config import Settings

NONCE = 12


def seal(settings: Settings, purpose: str, content: bytes) -> bytes:
    """Encrypt *content* (AES-256-GCM) under the key of *purpose*, from the operator's secret."""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(settings.secret.get_secret_value(), purpose).encrypt(
        nonce, content, None
    )


def unseal(settings: Settings, purpose: str, sealed: bytes) -> bytes:
    """Open a sealed value; raises `cryptography.exceptions.InvalidTag` under another secret."""
    cipher = _cipher(settings.secret.get_secret_value(), purpose)
    return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], None)


@lru_cache(maxsize=16)
def _cipher(secret: str, purpose: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"tiendo {purpose}".encode())
    return AESGCM(derived.derive(secret.encode()))

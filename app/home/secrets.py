"""The secrets of a local run: made once, then read by the settings through `TIENDO_SECRETS_DIR`."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.home.errors import StartError

SHORTEST_SECRET = 32


def ensure_secrets(folder: Path) -> None:
    """Make missing secrets and refuse broken ones: a new secret would void every client's."""
    _ensure(folder / "tiendo_secret", _new_secret, _is_secret)
    _ensure(folder / "tiendo_signing_key", _new_signing_key, _is_signing_key)


def write_private(path: Path, content: str) -> None:
    """Replace a file at once or not at all; only its owner can ever read it."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(opened, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _ensure(path: Path, make: Callable[[], str], is_sound: Callable[[str], bool]) -> None:
    try:
        if not path.exists():
            write_private(path, make())
        path.chmod(0o600)
        sound = is_sound(path.read_text(encoding="ascii").strip())
    except (OSError, UnicodeDecodeError):
        sound = False
    if not sound:
        raise StartError(
            f"Tệp bí mật {path} rỗng, hỏng hoặc không đọc được: hãy khôi phục từ bản sao lưu, "
            "hoặc xoá đi để tạo tệp mới (các khoá và mã cũ sẽ mất hiệu lực).",
            f"The secret file {path} is empty, damaged or unreadable: restore it from a backup, "
            "or delete it to have a new one made (what depends on the old one stops working).",
        )


def _new_secret() -> str:
    return secrets.token_urlsafe(48)


def _is_secret(text: str) -> bool:
    return len(text) >= SHORTEST_SECRET


def _new_signing_key() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode("ascii")
    )


def _is_signing_key(text: str) -> bool:
    with contextlib.suppress(ValueError, TypeError):
        key = serialization.load_pem_private_key(text.encode("ascii"), password=None)
        return isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size == 256
    return False

"""Stored answers: a repeated request is answered alike and its work done once."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.clock import utc_now


class StoredAnswer(SQLModel, table=True):
    """The answer to a client's `Idempotency-Key`, committed with the work itself.

    `fingerprint` is the SHA-256 of the request; `sealed` is the encrypted body, since an answer may
    carry a secret that is shown once.
    """

    __tablename__ = "stored_answer"
    __table_args__ = (
        sa.CheckConstraint("octet_length(fingerprint) = 32", name="fingerprint_length"),
        sa.CheckConstraint("status between 200 and 299", name="status_of_success"),
    )

    client_id: uuid.UUID = Field(foreign_key="client.id", ondelete="RESTRICT", primary_key=True)
    key: str = Field(sa_type=sa.Text, primary_key=True)
    fingerprint: bytes
    status: int
    headers: dict[str, str] = Field(sa_type=JSONB)
    sealed: bytes
    created_at: datetime = Field(default_factory=utc_now, index=True)

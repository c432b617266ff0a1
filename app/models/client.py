import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.models.base import ChangingRow, Row, link

CLIENT_ID = "^[a-z0-9][a-z0-9-]{2,63}$"
"""The form of a client's name."""


class Client(ChangingRow, table=True):
    """A system that holds a token, for its agency or for a named list of them."""

    __tablename__ = "client"
    __table_args__ = (
        sa.CheckConstraint(f"client_id ~ '{CLIENT_ID}'", name="client_id_form"),
        sa.CheckConstraint(
            "cardinality(roles) > 0 and roles <@ array['administrator', 'issuer', 'coordinator',"
            " 'reporter', 'supervisor', 'reader']",
            name="roles_known",
        ),
    )

    client_id: str = Field(sa_type=sa.Text, unique=True)
    name: str = Field(sa_type=sa.Text)
    agency_id: uuid.UUID = link("agency", index=True)
    roles: list[str] = Field(sa_type=ARRAY(sa.Text))
    disabled_at: datetime | None = None
    last_used_at: datetime | None = None


class ClientActsFor(Row, table=True):
    """An agency in whose name a client may act besides its own."""

    __tablename__ = "client_acts_for"
    __table_args__ = (sa.UniqueConstraint("client_id", "agency_id"),)

    client_id: uuid.UUID = link("client")
    agency_id: uuid.UUID = link("agency")


class ClientSecret(ChangingRow, table=True):
    """The HMAC of a secret that was shown once; two may be valid at a time, for rotation."""

    __tablename__ = "client_secret"

    client_id: uuid.UUID = link("client", index=True)
    digest: bytes = Field(unique=True)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class RevokedToken(SQLModel, table=True):
    """An access token that was revoked; the row stays until the token would have ended anyway."""

    __tablename__ = "revoked_token"

    jti: uuid.UUID = Field(primary_key=True)
    expires_at: datetime = Field(index=True)

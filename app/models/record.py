"""Records of changes: events for other systems to follow, audit entries for inspectors."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

from app.clock import utc_now
from app.models.base import SAME_FOR_ALL, Row, link


class TransactionId(UserDefinedType[int]):
    """The place of a transaction in the feed, which orders events so that no commit is skipped.

    It is PostgreSQL's 64-bit transaction id, after all places of the clusters before this one.
    """

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """The type's name in DDL."""
        return "xid8"


class Event(SQLModel, table=True):
    """One change for other systems to follow, committed with the change itself.

    `noun` and `row_id` are its subject and decide who may see it. `occurred_at` is the moment of
    the change, `created_at` that of the writing, from which the days until deletion count.
    """

    __tablename__ = "event"
    __table_args__ = (sa.Index("ix_event_transaction_id_sequence", "transaction_id", "sequence"),)

    # The database gives both.
    sequence: int = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    transaction_id: int = Field(
        default=None,
        sa_column=sa.Column(
            TransactionId,
            nullable=False,
            server_default=sa.text("event_position(pg_current_xact_id())"),
            info={SAME_FOR_ALL: True},
        ),
    )
    id: uuid.UUID = Field(unique=True)
    type: str = Field(sa_type=sa.Text)
    subject: str = Field(sa_type=sa.Text)
    noun: str = Field(sa_type=sa.Text)
    row_id: uuid.UUID
    occurred_at: datetime
    created_at: datetime = Field(default_factory=utc_now)
    plan_id: uuid.UUID | None = link("plan", default=None, index=True)
    agency_id: uuid.UUID | None = link("agency", default=None)
    data: dict[str, Any] = Field(sa_type=JSONB)


class EventCluster(SQLModel, table=True):
    """A PostgreSQL cluster in which events were written, in the order of their use.

    Transactions are numbered anew in each, as after a restore; `number` comes first in the places
    of the feed.
    """

    __tablename__ = "event_cluster"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    identifier: str = Field(sa_type=sa.Text)
    begun_at: datetime


class EventFloor(SQLModel, table=True):
    """The place of the last event that was deleted, in the feed's order: the one row of its table.

    Readers who have followed this far have missed nothing; others may have.
    """

    __tablename__ = "event_floor"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    transaction_id: int = Field(sa_type=TransactionId)
    sequence: int = Field(sa_type=sa.BigInteger)


class AuditEntry(Row, table=True):
    """A client's action on a row, in the name of an agency; without secrets or words of a draft."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_noun_row_id", "noun", "row_id"),
        sa.Index("ix_audit_entry_occurred_at_id", "occurred_at", "id"),
    )

    occurred_at: datetime
    client_id: uuid.UUID | None = link("client", default=None, index=True)
    agency_id: uuid.UUID | None = link("agency", default=None, index=True)
    action: str = Field(sa_type=sa.Text)
    noun: str = Field(sa_type=sa.Text)
    row_id: uuid.UUID
    request_id: str | None = Field(default=None, sa_type=sa.Text)
    detail: dict[str, Any] = Field(sa_type=JSONB)

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from app.models.base import ChangingRow, link, text_enum
from app.models.record import TransactionId


class WebhookEndpointStatus(enum.StrEnum):
    """The state of an endpoint; messages go to active ones; deleted ones keep their log."""

    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class DisabledReason(enum.StrEnum):
    """The reason for which nothing is sent to an endpoint any more."""

    REQUESTED = "requested"
    GONE = "gone"  # the receiver answered 410
    FAILING = "failing"  # nothing got through for as long as one delivery is tried
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - the operator's secret was changed


class WebhookEndpoint(ChangingRow, table=True):
    """The address to which a client has events sent; its secrets are sealed, null once deleted."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        sa.CheckConstraint("length(url) <= 500", name="url_length"),
        sa.CheckConstraint(
            "num_nonnulls(disabled_reason, disabled_at) = (status <> 'active')::int * 2",
            name="reason_unless_active",
        ),
        sa.CheckConstraint("(secret is null) = (status = 'deleted')", name="secret_until_deleted"),
        sa.CheckConstraint(
            "(previous_secret is null) = (previous_secret_until is null)",
            name="previous_secret_ends",
        ),
        sa.Index("ix_webhook_endpoint_client_id_id", "client_id", "id"),
    )

    client_id: uuid.UUID = link("client")
    agency_id: uuid.UUID = link("agency")
    url: str = Field(sa_type=sa.Text)
    description: str = Field(sa_type=sa.Text)
    event_types: list[str] = Field(sa_type=ARRAY(sa.Text))
    plan_id: uuid.UUID | None = link("plan", default=None)
    status: WebhookEndpointStatus = Field(
        default=WebhookEndpointStatus.ACTIVE, sa_type=text_enum(WebhookEndpointStatus, "status")
    )
    disabled_reason: DisabledReason | None = Field(
        default=None, sa_type=text_enum(DisabledReason, "disabled_reason")
    )
    disabled_at: datetime | None = None
    secret: bytes | None = None
    previous_secret: bytes | None = None
    previous_secret_until: datetime | None = None


class WebhookQueue(SQLModel, table=True):
    """The position of an endpoint in the event feed and its latest failures: the worker's own row.

    Events up to (`after_transaction_id`, `after_sequence`) have become deliveries, or are not for
    this endpoint. The holder of the lease works on the queue, alone.
    """

    __tablename__ = "webhook_queue"
    __table_args__ = (
        sa.CheckConstraint("failures >= 0", name="failures_counted"),
        sa.CheckConstraint("(failures = 0) = (failing_since is null)", name="failing_since_set"),
        sa.CheckConstraint("lease is null or leased_until is not null", name="lease_ends"),
    )

    endpoint_id: uuid.UUID = link("webhook_endpoint", primary_key=True)
    after_transaction_id: int = Field(sa_type=TransactionId)
    after_sequence: int = Field(default=0, sa_type=sa.BigInteger)
    failures: int = 0
    """The number of failed tries since one last succeeded."""
    failing_since: datetime | None = None
    resting_until: datetime | None = None
    """The moment until which the receiver asked for a pause (`Retry-After`)."""
    lease: uuid.UUID | None = None
    leased_until: datetime | None = None
    """The end of the lease; without one, the moment at which the queue was last worked on."""
    leased_by: int | None = None
    """The number of the worker that has the lease, or had the last one: it ends with its worker."""

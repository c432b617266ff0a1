import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from app.models.base import Row, link, text_enum


class DeliveryStatus(enum.StrEnum):
    """The state of one message to one endpoint."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # every try failed, though other messages got through
    CANCELLED = "cancelled"  # no longer wanted, or no longer visible to this client


class SendFault(enum.StrEnum):
    """The reason for which a try brought no answer."""

    ADDRESS_REFUSED = "address_refused"  # not in the operator's networks and ports
    NOT_CONNECTED = "not_connected"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    BROKEN_ANSWER = "broken_answer"


class WebhookDelivery(Row, table=True):
    """One event for one endpoint, or a ping, which has no event; kept as long as its event.

    `tries` and `first_tried_at` count from when it was queued, or queued again by a replay; every
    try ever made is a `WebhookAttempt`.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        sa.UniqueConstraint("endpoint_id", "event_id"),
        sa.CheckConstraint("(status = 'pending') = (next_try_at is not null)", name="next_try_set"),
        sa.CheckConstraint("(status = 'pending') = (ended_at is null)", name="ended_at_set"),
        sa.CheckConstraint("(tries = 0) = (first_tried_at is null)", name="first_tried_at_set"),
        sa.Index("ix_webhook_delivery_endpoint_id_id", "endpoint_id", "id"),
        sa.Index(
            "ix_webhook_delivery_endpoint_id_pending",
            "endpoint_id",
            "id",
            postgresql_where=sa.text("status = 'pending'"),
        ),
    )

    endpoint_id: uuid.UUID = link("webhook_endpoint")
    event_id: uuid.UUID | None = Field(
        default=None, foreign_key="event.id", ondelete="CASCADE", index=True
    )
    type: str = Field(sa_type=sa.Text)
    status: DeliveryStatus = Field(
        default=DeliveryStatus.PENDING, sa_type=text_enum(DeliveryStatus, "status")
    )
    tries: int = 0
    first_tried_at: datetime | None = None
    next_try_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def message_id(self) -> uuid.UUID:
        """The id of the message, the same in every try: receivers recognise repetitions by it."""
        return self.event_id or self.id


class WebhookAttempt(Row, table=True):
    """One try, written before it is made.

    With neither status nor fault its outcome is unknown: it is under way, or its worker was killed.
    """

    __tablename__ = "webhook_attempt"
    __table_args__ = (sa.CheckConstraint("num_nonnulls(status_code, fault) <= 1", name="outcome"),)

    delivery_id: uuid.UUID = Field(
        foreign_key="webhook_delivery.id", ondelete="CASCADE", index=True
    )
    started_at: datetime
    milliseconds: int | None = None
    status_code: int | None = None
    fault: SendFault | None = Field(default=None, sa_type=text_enum(SendFault, "fault"))

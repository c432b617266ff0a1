import uuid
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field

from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.models import DeliveryStatus, SendFault
from app.schemas.common import Out
from app.schemas.filters import SEVERAL, Filters


class WebhookAttemptOut(Out):
    """One try; with neither status nor fault it is under way, or nobody knows how it went."""

    started_at: datetime
    milliseconds: int | None
    status_code: int | None
    fault: SendFault | None


class WebhookDeliveryOut(Out):
    """One message to one endpoint: the same `message_id` in every try."""

    id: uuid.UUID
    message_id: uuid.UUID = Field(
        description="Đầu mục webhook-id; là id sự kiện / the webhook-id header: the event's id"
    )
    event_id: uuid.UUID | None = Field(description="null là lần gửi thử (ping) / null is a ping")
    type: str
    status: DeliveryStatus
    created_at: datetime
    next_try_at: datetime | None
    ended_at: datetime | None
    attempts: list[WebhookAttemptOut]


class WebhookDeliveryFilters(Filters):
    """The parameters that narrow the list of deliveries."""

    status: Annotated[str | None, Pattern(some_of(DeliveryStatus)), SEVERAL] = None
    event: Annotated[
        uuid.UUID | None, Query(description="Chỉ về sự kiện này / only of this event")
    ] = None

import uuid
from datetime import datetime
from typing import Annotated, ClassVar, Self

from pydantic import Field, HttpUrl, StringConstraints, UrlConstraints, model_validator

from app.errors import Text
from app.http.parameters import some_of
from app.http.patterns import Pattern
from app.http.validation_texts import RuleError
from app.models import DisabledReason, WebhookEndpointStatus
from app.schemas.common import CONTROLS, NFC, Body, Changes, Moment, Out, UpdatedSince
from app.schemas.filters import SEVERAL, Filters
from app.schemas.plans import AgencyLabelOut

EventType = Annotated[
    str, StringConstraints(max_length=100, pattern=r"^tiendo\.([a-z_]+\.)?([a-z_]+|\*)$")
]
"""The name of a type, or with `.*` at its end of all types that begin so."""
EventTypes = Annotated[
    list[EventType],
    Field(
        max_length=50,
        examples=[["tiendo.submission.*", "tiendo.plan.issued"]],
        description="Rỗng là mọi loại / empty means all types",
    ),
]
Description = Annotated[
    str,
    StringConstraints(max_length=500, pattern=CONTROLS),
    NFC,
    Field(examples=["Hệ thống quản lý văn bản"]),
]
Address = Annotated[
    HttpUrl,
    UrlConstraints(max_length=500, allowed_schemes=["https", "http"], host_required=True),
    Field(examples=["https://nhan.sngv.example.vn/tiendo"]),
]


class WebhookEndpointOut(Out):
    """An address to which events are sent; its secret is shown only when it is made or changed."""

    id: uuid.UUID
    client_id: str
    agency: AgencyLabelOut
    url: str | None = Field(
        description="null: của cơ quan khác / null to administrators of another agency"
    )
    description: str
    event_types: list[str]
    plan_id: uuid.UUID | None
    status: WebhookEndpointStatus
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    failing_since: datetime | None = Field(
        description="Từ khi nào không gửi được gì / since when nothing has got through"
    )
    previous_secret_until: datetime | None = Field(
        description="Mã cũ còn được ký kèm đến lúc này / until then the old secret signs as well"
    )
    created_at: datetime
    updated_at: datetime
    allowed_actions: list[str]


class WebhookSecretOut(WebhookEndpointOut):
    """The same, with the secret that is shown this once."""

    secret: str = Field(
        description="Khóa `whsec_…` theo Standard Webhooks / `whsec_…` by Standard Webhooks"
    )


class WebhookEndpointBody(Changes):
    """Changes of an endpoint; an absent field is left as it is."""

    never_null: ClassVar[frozenset[str]] = frozenset({"url", "description", "event_types"})

    url: Address | None = None
    description: Description | None = None
    event_types: EventTypes | None = None
    plan_id: uuid.UUID | None = None


class NewWebhookEndpointBody(Body):
    """An address to which a client wants events to be sent, and which ones."""

    url: Address
    description: Description = ""
    event_types: EventTypes = Field(default_factory=list)
    plan_id: uuid.UUID | None = None


class RotateSecretBody(Body):
    """The time for which the old secret signs beside the new one."""

    overlap_hours: int = Field(
        default=24, ge=0, le=24, examples=[24], description="0: mã cũ hết ngay / ends at once"
    )


class EnableWebhookEndpointBody(Body):
    """The choice whether events that were missed meanwhile are sent as well."""

    skip_missed: bool = Field(default=False, examples=[False])


class ReplayBody(Body):
    """The deliveries that are sent again: by one of the four."""

    delivery_id: uuid.UUID | None = None
    after: uuid.UUID | None = Field(
        default=None, description="Id sự kiện / every event after this one"
    )
    since: Moment | None = Field(
        default=None,
        examples=["2026-11-16T02:00:00Z"],
        description="Mọi sự kiện từ lúc này / every event that happened since",
    )
    failed: bool = Field(default=False, description="Mọi lần gửi hỏng / all that failed")

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = (self.delivery_id, self.after, self.since, self.failed or None)
        if sum(one is not None for one in given) != 1:
            raise RuleError(
                Text(
                    "Chỉ gửi đúng một trong: `delivery_id`, `after`, `since`, `failed`.",
                    "Exactly one of delivery_id, after, since, failed must be given.",
                )
            )
        return self


class WebhookEndpointFilters(Filters):
    """The parameters that narrow the list of endpoints."""

    status: Annotated[str | None, Pattern(some_of(WebhookEndpointStatus)), SEVERAL] = None
    updated_since: UpdatedSince = None

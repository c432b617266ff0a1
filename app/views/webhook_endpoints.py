from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.clock import local_day, utc_now
from app.domain.webhooks import endpoints as domain
from app.models import WebhookDelivery
from app.queries.registry import agencies
from app.queries.webhooks import deliveries
from app.queries.webhooks.endpoints import EndpointCase


async def described(
    session: AsyncSession, principal: Principal, found: Sequence[EndpointCase]
) -> list[dict[str, Any]]:
    """Endpoints as they are answered, without their secrets."""
    await session.flush()
    ids = {one.endpoint.agency_id for one in found}
    labels = await agencies.agency_names(session, ids, day=local_day(utc_now()))
    return [
        one.endpoint.model_dump(exclude={"secret", "previous_secret", "client_id"})
        | {
            "client_id": one.client_id,
            "agency": labels[one.endpoint.agency_id],
            "failing_since": one.queue.failing_since,
            "allowed_actions": domain.allowed_actions(principal, one.endpoint),
        }
        for one in found
    ]


async def logged(session: AsyncSession, found: Sequence[WebhookDelivery]) -> list[dict[str, Any]]:
    """Deliveries as they are answered, each with all its tries."""
    await session.flush()
    attempts = await deliveries.attempts_of(session, [one.id for one in found])
    return [
        one.model_dump() | {"message_id": one.message_id, "attempts": attempts[one.id]}
        for one in found
    ]

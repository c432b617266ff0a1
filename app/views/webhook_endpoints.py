from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.webhooks import endpoints as domain
from app.models import WebhookDelivery
from app.queries.webhooks import deliveries
from app.queries.webhooks.endpoints import EndpointCase
from app.schemas.webhook_deliveries import WebhookDeliveryOut
from app.schemas.webhook_endpoints import WebhookEndpointOut, WebhookSecretOut
from app.views.labels import agency_labels


async def endpoints_out(
    session: AsyncSession, principal: Principal, found: Sequence[EndpointCase]
) -> list[WebhookEndpointOut]:
    """Endpoints without their secrets, and what the caller may do with each."""
    await session.flush()
    labels = await agency_labels(session, (one.endpoint.agency_id for one in found))
    return [
        WebhookEndpointOut.of(
            row,
            client_id=client_id,
            url=row.url if domain.sees_address(principal, row) else None,
            agency=labels[row.agency_id],
            failing_since=queue.failing_since,
            allowed_actions=domain.allowed_actions(principal, row),
        )
        for row, client_id, queue in found
    ]


async def endpoint_out(
    session: AsyncSession, principal: Principal, known: EndpointCase
) -> WebhookEndpointOut:
    """One endpoint without its secret."""
    return (await endpoints_out(session, principal, [known]))[0]


async def secret_out(
    session: AsyncSession, principal: Principal, known: EndpointCase, secret: str
) -> WebhookSecretOut:
    """One endpoint with its new *secret*, as it is written for its receiver."""
    endpoint = await endpoint_out(session, principal, known)
    return WebhookSecretOut(**dict(endpoint), secret=secret)


async def deliveries_out(
    session: AsyncSession, found: Sequence[WebhookDelivery]
) -> list[WebhookDeliveryOut]:
    """Deliveries, each with all its tries."""
    await session.flush()
    attempts = await deliveries.attempts_of(session, [one.id for one in found])
    return [WebhookDeliveryOut.of(one, attempts=attempts[one.id]) for one in found]

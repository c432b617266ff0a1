from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal
from app.domain.webhooks import endpoints as domain
from app.models import WebhookAttempt, WebhookDelivery
from app.queries.webhooks import deliveries
from app.queries.webhooks.endpoints import EndpointCase
from app.schemas.webhook_deliveries import WebhookAttemptOut, WebhookDeliveryOut
from app.schemas.webhook_endpoints import WebhookEndpointOut, WebhookSecretOut
from app.views.labels import agency_labels


async def endpoints_out(
    session: AsyncSession, principal: Principal, found: Sequence[EndpointCase]
) -> list[WebhookEndpointOut]:
    """Endpoints without their secrets, and what the caller may do with each."""
    await session.flush()
    labels = await agency_labels(session, (one.endpoint.agency_id for one in found))
    return [
        WebhookEndpointOut(
            id=row.id,
            client_id=client_id,
            agency=labels[row.agency_id],
            url=row.url,
            description=row.description,
            event_types=row.event_types,
            plan_id=row.plan_id,
            status=row.status,
            disabled_reason=row.disabled_reason,
            disabled_at=row.disabled_at,
            failing_since=queue.failing_since,
            previous_secret_until=row.previous_secret_until,
            created_at=row.created_at,
            updated_at=row.updated_at,
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
    return [
        WebhookDeliveryOut(
            id=one.id,
            message_id=one.message_id,
            event_id=one.event_id,
            type=one.type,
            status=one.status,
            created_at=one.created_at,
            next_try_at=one.next_try_at,
            ended_at=one.ended_at,
            attempts=[_attempt_out(attempt) for attempt in attempts[one.id]],
        )
        for one in found
    ]


def _attempt_out(attempt: WebhookAttempt) -> WebhookAttemptOut:
    return WebhookAttemptOut(
        started_at=attempt.started_at,
        milliseconds=attempt.milliseconds,
        status_code=attempt.status_code,
        fault=attempt.fault,
    )

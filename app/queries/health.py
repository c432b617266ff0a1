"""What readiness and the metrics ask of the database."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    DeliveryStatus,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointStatus,
)

REVISION = sa.text("select version_num from alembic_version")


async def schema_revision(session: AsyncSession) -> str | None:
    """The migration that the database stands at."""
    connection = await session.connection()
    return (await connection.execute(REVISION)).scalar_one_or_none()


class Waiting(NamedTuple):
    """How many webhook deliveries wait, and for how long the oldest one has."""

    deliveries: int
    seconds: float


async def waiting_deliveries(session: AsyncSession, *, at: datetime) -> Waiting:
    """Those of active endpoints: what waits for a disabled one is its client's affair."""
    statement = (
        select(sa.func.count(), sa.func.min(WebhookDelivery.created_at))
        .join(WebhookEndpoint, col(WebhookEndpoint.id) == col(WebhookDelivery.endpoint_id))
        .where(
            col(WebhookDelivery.status) == DeliveryStatus.PENDING,
            col(WebhookEndpoint.status) == WebhookEndpointStatus.ACTIVE,
        )
    )
    count, oldest = (await session.exec(statement)).one()
    return Waiting(count, (at - oldest).total_seconds() if oldest else 0.0)

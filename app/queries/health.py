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
WORKER_NAME = "tiendo worker"
"""How the worker's connections call themselves: while it lives it asks every second or so."""
WORKER_SEEN = sa.text(
    "select max(state_change) from pg_stat_activity"
    " where datname = current_database() and application_name = :name"
)


async def schema_revision(session: AsyncSession) -> str | None:
    """The migration that the database stands at."""
    connection = await session.connection()
    return (await connection.execute(REVISION)).scalar_one_or_none()


class DeliveryBacklog(NamedTuple):
    """How many webhook deliveries wait, and for how long the oldest one has."""

    deliveries: int
    seconds: float


async def delivery_backlog(session: AsyncSession, *, at: datetime) -> DeliveryBacklog:
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
    return DeliveryBacklog(count, (at - oldest).total_seconds() if oldest else 0.0)


async def worker_seen_at(session: AsyncSession) -> datetime | None:
    """When a worker last asked the database something; None where none is connected."""
    connection = await session.connection()
    found = await connection.execute(WORKER_SEEN, {"name": WORKER_NAME})
    seen: datetime | None = found.scalar_one()
    return seen

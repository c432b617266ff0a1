"""Reads for readiness and metrics."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import (
    DeliveryStatus,
    Operation,
    OperationStatus,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEndpointStatus,
)
from app.queries.locks import LIVING_WORKERS

REVISION = sa.text("select version_num from alembic_version")
ONLY_READS = sa.text("select current_setting('transaction_read_only')")
WRITE = sa.text("select pg_logical_emit_message(true, 'tiendo', '')")
FILLED = ("stored_answer", "operation_file", "document", "plan_import", "submission_attempt")
SIZES = sa.text(
    "select relname, pg_total_relation_size(oid) as size from pg_class"
    " where relname = any(:tables) and relkind = 'r' and relnamespace = 'public'::regnamespace"
)
WORKER_NAME = "tiendo worker"
"""The application name of the worker's connections."""
PING = "select 1"
SERVED = sa.text("select since from code_served")


async def ping(connection: AsyncConnection) -> None:
    """Wait for an answer of the database; raises where none comes."""
    await connection.exec_driver_sql(PING)


async def schema_revision(session: AsyncSession) -> str | None:
    """The migration at which the database stands; None before the first."""
    connection = await session.connection()
    return (await connection.execute(REVISION)).scalar_one_or_none()


async def takes_writes(session: AsyncSession) -> bool:
    """True if something can be written: a word in the log of the database, which keeps no row.

    False on a primary that only reads and where its disk is full. The caller commits.
    """
    connection = await session.connection()
    if (await connection.execute(ONLY_READS)).scalar_one() == "on":
        return False
    try:
        await connection.execute(WRITE)
    except DBAPIError:
        return False
    return True


class DeliveryBacklog(NamedTuple):
    """The number of webhook deliveries that wait, and the age of the oldest one in seconds."""

    deliveries: int
    seconds: float


async def delivery_backlog(session: AsyncSession, *, at: datetime) -> DeliveryBacklog:
    """The backlog of active endpoints; deliveries of disabled ones are their clients' affair."""
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


async def sizes_of_tables(session: AsyncSession) -> dict[str, int]:
    """The bytes on disk of the tables that clients fill, by name."""
    connection = await session.connection()
    rows = await connection.execute(SIZES, {"tables": list(FILLED)})
    return {row.relname: row.size for row in rows}


async def count_waiting_operations(session: AsyncSession) -> int:
    """The number of operations that have not ended."""
    unfinished = (OperationStatus.PENDING, OperationStatus.RUNNING)
    statement = select(sa.func.count()).where(col(Operation.status).in_(unfinished))
    return (await session.exec(statement)).one()


async def worker_seen_at(session: AsyncSession) -> datetime | None:
    """The present moment, by the database's clock, if a worker lives; None if none is connected."""
    living = sa.select(LIVING_WORKERS.subquery()).exists()
    return (await session.exec(select(sa.func.clock_timestamp()).where(living))).one_or_none()


async def serves_code_since(session: AsyncSession) -> str | None:
    """The oldest code that works with the schema, by its revision; None if all does."""
    connection = await session.connection()
    return (await connection.execute(SERVED)).scalar_one_or_none()

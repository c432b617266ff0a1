"""Every advisory lock, and the order in which a transaction takes its locks.

Advisory locks hold until the transaction ends and are taken in the order of this file: first the
key of a repeated request, then `lock_handovers`. Rows come after that: the plan, then the agency or
the collective, then assignments by id. `lock_plan_relations` comes last, under its plan's row;
`lock_task_end` comes after the assignment whose status changes, before those that follow it.
Whoever takes two locks the other way round can wait for a transaction that waits for it.

A worker holds the lock of its number in a session of its own, for as long as it lives.

`lock_document` and `lock_external_ref` follow the key of a repeated request. The locks of reminders
and of figures are the worker's: each is the first and only advisory lock of its transaction.
"""

import uuid

import asyncpg
import sqlalchemy as sa
from sqlalchemy.orm import Mapped
from sqlmodel.ext.asyncio.session import AsyncSession

LOCK_NAME = sa.text("select pg_advisory_xact_lock(hashtextextended(:name, 0))")
TRY_LOCK_NAME = sa.text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
LOCK_HANDOVERS = sa.text("select pg_advisory_xact_lock(hashtext('handover'))")
LOCK_PLAN_RELATIONS = sa.text("select pg_advisory_xact_lock(hashtext('plan_relation'))")
LOCK_REMINDERS = sa.text("select pg_advisory_xact_lock(hashtext('reminders'))")
LOCK_REMINDER_MAILS = sa.text("select pg_advisory_xact_lock(hashtext('reminder mails'))")
LOCK_FIGURES = sa.text("select pg_advisory_xact_lock(hashtext('figure'))")
LOCK_ROLES = "select pg_advisory_xact_lock(hashtext('roles'))"
"""The lock for a connection of the driver: privileges are granted by one process at a time."""
TRY_LOCK_FIGURES = sa.text("select pg_try_advisory_xact_lock(hashtext('figure'))")
TRY_LOCK_WORKER = "select pg_try_advisory_lock(hashtext('worker'), $1)"
LIVING_WORKERS = sa.text("""
select objid::bigint::integer as number from pg_locks
 where locktype = 'advisory' and granted and objsubid = 2 and classid = hashtext('worker')::oid
   and database = (select oid from pg_database where datname = current_database())
""").columns(sa.column("number", sa.Integer))


async def try_lock_idempotency_key(session: AsyncSession, client_id: uuid.UUID, key: str) -> bool:
    """Lock a client's `Idempotency-Key`; False, without waiting, while another request has it.

    The lock is advisory, so that nothing is written before the request's work is done.
    """
    connection = await session.connection()
    return bool(await connection.scalar(TRY_LOCK_NAME, {"name": f"{client_id} {key}"}))


async def try_lock_worker(connection: asyncpg.Connection, number: int) -> bool:
    """True if the connection has the lock of a worker's number now, for as long as it lasts."""
    is_locked: bool = await connection.fetchval(TRY_LOCK_WORKER, number)
    return is_locked


async def keep_lock(connection: asyncpg.Connection) -> None:
    """Wait for an answer of the database; raises where the connection that has a lock has ended."""
    await connection.execute("select 1")


async def lock_external_ref(session: AsyncSession, system: str, external_id: str) -> None:
    """Let rows be made or named by a system's id one after another."""
    given = {"name": f"external ref {system}:{external_id}"}
    await (await session.connection()).execute(LOCK_NAME, given)


async def lock_handovers(session: AsyncSession) -> None:
    """Let nobody else record a succession, decide a handover or make assignments meanwhile."""
    await (await session.connection()).execute(LOCK_HANDOVERS)


async def lock_plan_relations(session: AsyncSession) -> None:
    """Let nobody else relate plans meanwhile: two relations made at once could form a circle."""
    await (await session.connection()).execute(LOCK_PLAN_RELATIONS)


async def lock_task_end(session: AsyncSession, task_id: uuid.UUID, occurrence: str) -> None:
    """Let leads of a task in an occurrence end one after another, so that the last one is known."""
    await (await session.connection()).execute(LOCK_NAME, {"name": f"task {task_id} {occurrence}"})


async def lock_document(session: AsyncSession, sender_id: uuid.UUID, name: str) -> None:
    """Let packages that one sender sends under one name be received one after another."""
    given = {"name": f"document {sender_id} {name}"}
    await (await session.connection()).execute(LOCK_NAME, given)


async def lock_reminders(session: AsyncSession) -> None:
    """Let nobody else make reminders by rule meanwhile."""
    await (await session.connection()).execute(LOCK_REMINDERS)


async def lock_reminder_mails(session: AsyncSession) -> None:
    """Let nobody else take e-mails to be sent meanwhile."""
    await (await session.connection()).execute(LOCK_REMINDER_MAILS)


async def lock_figures(session: AsyncSession) -> None:
    """Wait until nobody else folds or lays out the sums of the figures, and keep others waiting."""
    await (await session.connection()).execute(LOCK_FIGURES)


def has_died(worker: Mapped[int | None]) -> sa.ColumnElement[bool]:
    """The condition that the worker of this number lives no more; one without a number may."""
    living = sa.select(LIVING_WORKERS.subquery("living").c.number)
    return sa.and_(worker.is_not(None), worker.not_in(living))


async def try_lock_figures(session: AsyncSession) -> bool:
    """Like `lock_figures`, but False, without waiting, while somebody else has the lock."""
    return bool(await (await session.connection()).scalar(TRY_LOCK_FIGURES))

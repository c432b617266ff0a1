"""The connection of Alembic to the database, and its writing of a new migration."""

import asyncio
from collections.abc import Iterable
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlmodel import SQLModel
from sqlmodel.sql import sqltypes

import app.models  # noqa: F401 - the metadata is complete only when every table is imported
from app.config import get_settings
from app.home.errors import StartError

LOCK = sa.text("select pg_try_advisory_lock(hashtext('alembic'))")
LOCK_SECONDS = 60


def render_plain_types(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Name SQLAlchemy's own types, so an old migration never changes under a new SQLModel."""
    if kind == "type" and isinstance(item, sqltypes.AutoString):
        length = getattr(item.impl_instance, "length", None)
        return f"sa.String(length={length})" if length else "sa.String()"
    if kind == "type" and isinstance(item, sqltypes.UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def number(
    _: MigrationContext, __: str | Iterable[str | None], directives: list[MigrationScript]
) -> None:
    """Give a new migration the number after the last one: two branches that add one collide."""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    directives[0].rev_id = f"{int(head or 0) + 1:04}"


def refuse_older_database() -> None:
    """Raise StartError where a database stands before the first migration that there is."""
    first = ScriptDirectory.from_config(context.config).get_base()
    current = context.get_context().get_current_revision()
    if first and current and current < first:
        raise StartError(
            f"Lược đồ cơ sở dữ liệu ({current}) cũ hơn {first}: "
            "hãy cập nhật bằng `tiendo migrate` của bản 0.2.0 trước.",
            f"The database's schema ({current}) is older than {first}: "
            "bring it up to date with `tiendo migrate` of release 0.2.0 first.",
        )


def migrate(connection: sa.Connection) -> None:
    """Run what `context` was asked for, each migration in a transaction of its own."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render_plain_types,
        process_revision_directives=number,
        transaction_per_migration=True,
        on_version_apply=context.config.attributes.get("on_step"),
    )
    refuse_older_database()
    with context.begin_transaction():
        context.run_migrations()


async def lock_out_others(connection: AsyncConnection) -> None:
    """Take the lock of migrations; raises StartError where another holds it for a minute.

    It is asked for again and again: whoever waits within a statement is waited for by an index
    that is created concurrently.
    """
    for _ in range(10 * LOCK_SECONDS):
        found = await connection.scalar(LOCK)
        await connection.commit()
        if found:
            return
        await asyncio.sleep(0.1)
    raise StartError(
        "Một tiến trình khác đang cập nhật lược đồ; hãy chạy lại `tiendo migrate` khi nó xong.",
        "Another process is migrating the schema: run `tiendo migrate` again when it is done.",
    )


async def migrate_online(url: str) -> None:
    """Migrate alone: whoever comes second waits, and then finds nothing left to do."""
    engine = create_async_engine(url, poolclass=sa.NullPool)
    try:
        async with engine.connect() as connection:
            await lock_out_others(connection)
            # A migration that waits for a busy table makes every later request wait behind it.
            await connection.execute(sa.text("set lock_timeout = '4s'"))
            await connection.execute(sa.text("set statement_timeout = '30s'"))
            await connection.commit()
            await connection.run_sync(migrate)
    finally:
        await engine.dispose()


def url_from(attributes: dict[str, Any]) -> str:
    """The database that a caller named in the configuration, else the settings' one."""
    return str(attributes.get("url") or get_settings().sqlalchemy_url())


if context.is_offline_mode():
    raise SystemExit("Migrations run on a database: --sql is not supported.")
asyncio.run(migrate_online(url_from(context.config.attributes)))

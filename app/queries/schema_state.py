"""The state of a database, as a command reads it before there is anything else: by the driver."""

from typing import NamedTuple

import asyncpg


class SchemaState(NamedTuple):
    """The content of a database, and the oldest code that works with it."""

    revision: str | None
    is_empty: bool
    serves_since: str | None = None


async def schema_state(connection: asyncpg.Connection) -> SchemaState:
    """The state of the database of a connection, whether or not it was ever migrated."""
    revision = is_empty = since = None
    if await connection.fetchval("select to_regclass('alembic_version')"):
        revision = await connection.fetchval("select version_num from alembic_version")
    if await connection.fetchval("select to_regclass('agency')"):
        is_empty = not await connection.fetchval("select exists (select from agency)")
    if await connection.fetchval("select to_regclass('code_served')"):
        since = await connection.fetchval("select since from code_served")
    return SchemaState(revision, is_empty is not False, since)

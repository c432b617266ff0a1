"""The statistics by which PostgreSQL plans its statements."""

import asyncpg


async def analyze(connection: asyncpg.Connection) -> None:
    """Have PostgreSQL analyze the tables that the caller owns. It does so by itself within a minute
    or two; until then it plans as if rows that were just loaded were not there."""
    await connection.execute("analyze")

"""The statistics by which PostgreSQL plans its statements."""

import asyncpg


async def analyze(connection: asyncpg.Connection) -> None:
    """Have PostgreSQL look at the tables that the caller owns, which it does by itself within a
    minute or two: until then it plans as if what was just loaded were not there."""
    await connection.execute("analyze")

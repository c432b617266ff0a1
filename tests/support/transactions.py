"""Engines that all tests of a worker share, with transactions that are thrown away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine


class Engines(dict[str, AsyncEngine]):
    """One engine a database: what a test has compiled and prepared, the next need not."""

    def __missing__(self, url: str) -> AsyncEngine:
        self[url] = create_async_engine(
            url,
            query_cache_size=2000,
            connect_args={
                "server_settings": {"timezone": "UTC", "jit": "off"},
                "prepared_statement_cache_size": 500,
            },
        )
        return self[url]

    @asynccontextmanager
    async def transaction(self, url: str) -> AsyncIterator[AsyncConnection]:
        """A connection of which nothing is left afterwards."""
        async with self[url].connect() as connection:
            await connection.begin()
            yield connection
            await connection.rollback()

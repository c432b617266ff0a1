"""The sums of the figures are the worker's: tests of them work as it does."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import DatabaseRole
from tests.support.transactions import work_as


@pytest.fixture
async def connection(connection: AsyncConnection) -> AsyncConnection:
    """The test's connection, which works as the worker does."""
    await work_as(connection, DatabaseRole.WORKER)
    return connection

"""The fixtures of the races: the service as it serves, on a database where commits are commits."""

from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI

from app.config import Settings
from tests.support.clients import serving
from tests.support.races import make_clients
from tests.support.sample import issued_database


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database of one file's tests, with the issued plan."""
    with issued_database(make_clients) as url:
        yield url


@pytest.fixture
async def service(url: str, settings: Settings) -> AsyncIterator[FastAPI]:
    """The application as it serves: with its own engine and pool."""
    async with serving(settings, url) as app:
        yield app

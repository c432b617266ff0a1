"""The fixtures that tests of the API may ask for."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.clock import utc_now
from app.config import Settings
from app.domain.acts import Act
from app.domain.handovers.settle import settle
from app.models import Client
from tests.support import databases
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client, make_secret
from tests.support.sample import (
    ISSUED,
    Sample,
    opened,
    template_after,
    with_issued_plan,
)
from tests.support.transactions import Engines


@pytest.fixture
def api(connection: AsyncConnection, settings: Settings) -> Api:
    """The application, to be called by any client."""
    return Api(connection, settings)


@pytest.fixture
async def administrator(session: AsyncSession) -> Client:
    """A client that keeps the registry."""
    agency = await make_agency(session, code="QUANTRI", name="Cơ quan quản trị")
    return await make_client(session, agency, [Role.ADMINISTRATOR])


@pytest.fixture
async def reader(session: AsyncSession) -> Client:
    """A client that only reads."""
    agency = await make_agency(session, code="DOC", name="Cơ quan đọc")
    return await make_client(session, agency, [Role.READER])


@pytest.fixture
async def system(session: AsyncSession) -> Client:
    """A client with two roles."""
    agency = await make_agency(session)
    return await make_client(session, agency, [Role.REPORTER, Role.READER], client_id="van-ban")


@pytest.fixture
async def secret(session: AsyncSession, settings: Settings, system: Client) -> str:
    """Its secret."""
    return await make_secret(session, settings, system)


@pytest.fixture
def may_2024() -> Iterator[None]:
    """The morning on which the plan is issued."""
    with time_machine.travel(ISSUED, tick=True):
        yield


@pytest.fixture
def june_2024() -> Iterator[None]:
    """A morning three weeks after the plan was issued."""
    with time_machine.travel(datetime(2024, 6, 10, 2, tzinfo=UTC), tick=True):
        yield


async def settle_all(session: AsyncSession) -> None:
    """Open a case for whatever agencies that have ended left behind."""
    await settle(Act(session, None, utc_now()))


@pytest.fixture(scope="session")
def ended_url() -> Iterator[str]:
    """A database with the sample's plan as of today, before anybody decided anything."""
    like = template_after(with_issued_plan(), "ended", settle_all)
    with databases.new_database(like=like) as url:
        yield url


@pytest.fixture
async def ended(ended_url: str, settings: Settings, engines: Engines) -> AsyncIterator[Sample]:
    """The same world in a transaction of the test's own."""
    async with opened(engines, ended_url, settings) as sample:
        yield sample

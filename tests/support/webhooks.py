"""Endpoints, events and a worker's steps, on a database of one's own where commits are commits."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import col, select

from app.auth.principal import Role
from app.clock import utc_now
from app.config import Ports, Settings
from app.db import SessionMaker, make_sessionmaker
from app.domain.records import Subject, record
from app.jobs.webhook_deliveries import open_post, send_batch
from app.models import (
    Agency,
    AuditEntry,
    Client,
    Event,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookQueue,
)
from app.outbound.posting import WebhookSender
from tests.support import databases
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client
from tests.support.patience import PATIENCE
from tests.support.transactions import Engines

LOOPBACK: dict[str, Any] = {
    "webhook_networks": (ip_network("127.0.0.0/8"), ip_network("::1/128")),
    "webhook_ports": Ports((range(1024, 65536),)),
    "webhook_allow_http": True,
}
"""The settings that an operator would make for receivers on the same machine."""
PATH = "/v1/webhook-endpoints"
URL = "http://127.0.0.1:8080/hook"
"""An address at which nobody listens."""
CHANGED = "tiendo.collective.changed"
YOUNG = sa.text("""
select exists (
  select from event where transaction_id >= event_position(pg_snapshot_xmin(pg_current_snapshot()))
)
""")


@dataclass
class World:
    """One agency, a client of it that has endpoints, and events for everybody."""

    engine: AsyncEngine
    settings: Settings
    api: Api
    agency: Agency
    client: Client
    post: WebhookSender

    @property
    def url(self) -> str:
        """The address of its database."""
        return self.engine.url.render_as_string(hide_password=False)

    @asynccontextmanager
    async def moved(self, url: str) -> AsyncIterator["World"]:
        """The same world on another database, such as one that was restored.

        The application goes there, and does not come back.
        """
        changes = {"database_url": SecretStr(url)}
        settings = self.settings.model_copy(update=changes)
        engine = create_async_engine(
            settings.sqlalchemy_url(), connect_args={"server_settings": {"timezone": "UTC"}}
        )
        api = Api(engine, settings)
        try:
            yield replace(self, engine=engine, settings=api.settings, api=api)
        finally:
            await engine.dispose()

    @property
    def sessions(self) -> SessionMaker:
        """Sessions that really commit."""
        return make_sessionmaker(self.engine)

    def http(self, client: Client | None = None) -> httpx.AsyncClient:
        """Requests of the client, or of another one."""
        return self.api.by(client or self.client)

    async def make_client(self, *roles: Role, agency: Agency | None = None) -> Client:
        """Another client, of the same agency unless another one is given."""
        async with self.sessions() as session:
            return await make_client(session, agency or self.agency, roles or (Role.READER,))

    async def endpoint(self, url: str, **body: Any) -> dict[str, Any]:
        """An endpoint as it is answered when it is made, secret included."""
        async with self.http() as http:
            answer = await http.post("/v1/webhook-endpoints", json={"url": url, **body})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def act(self, endpoint: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
        """The answer to an action of the client on its endpoint, by POST."""
        path = f"/v1/webhook-endpoints/{endpoint['id']}/{action}"
        async with self.http() as http:
            answer = await http.post(path, json=body) if body else await http.post(path)
        assert answer.status_code in (200, 202), answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def tell(self, count: int = 1, *, at: datetime | None = None) -> list[UUID]:
        """So many events that everybody may see, each committed by itself; their ids."""
        told = []
        for _ in range(count):
            async with self.sessions.begin() as session:
                about = Subject("collective", uuid4(), agency_id=self.agency.id)
                record(session, None, "changed", about, at=at or utc_now())
                await session.flush()
                newest = select(Event.id).order_by(col(Event.sequence).desc()).limit(1)
                told.append((await session.exec(newest)).one())
        return told

    async def send(
        self, endpoint: dict[str, Any], *, at: datetime | None = None, is_alone: bool = True
    ) -> int:
        """One step of the worker for one endpoint: take up events, try what is due.

        Events can be read when whatever was running beside them has ended, other tests included:
        that is waited for, unless the test itself has something running.
        """
        if is_alone:
            await self.horizon()
        return await send_batch(
            self.sessions, self.settings, self.post, UUID(endpoint["id"]), at=at or utc_now()
        )

    async def horizon(self) -> None:
        """Return when every event that was told can be read."""
        async with asyncio.timeout(PATIENCE), self.sessions() as session:
            connection = await session.connection(
                execution_options={"isolation_level": "AUTOCOMMIT"}
            )
            while await connection.scalar(YOUNG):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.05)

    async def deliveries(self, endpoint: dict[str, Any]) -> list[WebhookDelivery]:
        """All of an endpoint, oldest first."""
        return await self._rows(
            select(WebhookDelivery)
            .where(col(WebhookDelivery.endpoint_id) == UUID(endpoint["id"]))
            .order_by(col(WebhookDelivery.id))
        )

    async def attempts(self) -> list[WebhookAttempt]:
        """Every try, oldest first."""
        return await self._rows(select(WebhookAttempt).order_by(col(WebhookAttempt.id)))

    async def stored(self, endpoint: dict[str, Any]) -> tuple[WebhookEndpoint, WebhookQueue]:
        """The endpoint and its queue, as they are now."""
        async with self.sessions() as session:
            key = UUID(endpoint["id"])
            return (
                await session.get_one(WebhookEndpoint, key),
                await session.get_one(WebhookQueue, key),
            )

    async def events(self) -> list[Event]:
        """All there are, in the order of writing."""
        return await self._rows(select(Event).order_by(col(Event.sequence)))

    async def audit(self) -> list[AuditEntry]:
        """The whole trail."""
        return await self._rows(select(AuditEntry).order_by(col(AuditEntry.id)))

    async def _rows(self, statement: Any) -> list[Any]:
        async with self.sessions() as session:
            rows: Sequence[Any] = (await session.exec(statement)).all()
            return list(rows)


@pytest.fixture
def own_database_url() -> Iterator[str]:
    """A migrated database, this test's own."""
    with databases.new_database() as url:
        yield url


@pytest.fixture(scope="session")
async def post(settings: Settings, engines: Engines) -> AsyncIterator[WebhookSender]:
    """The sender of every world: reading whom the machine trusts takes longer than sending."""
    post = open_post(settings.model_copy(update=LOOPBACK))
    yield post
    await post.aclose()


@pytest.fixture
async def here(
    own_database_url: str, settings: Settings, post: WebhookSender
) -> AsyncIterator[World]:
    """A world of this test's own."""
    engine = create_async_engine(
        own_database_url, connect_args={"server_settings": {"timezone": "UTC"}}
    )
    changes = {"database_url": SecretStr(own_database_url), **LOOPBACK}
    api = Api(engine, settings.model_copy(update=changes))
    async with make_sessionmaker(engine)() as session:
        agency = await make_agency(session)
        client = await make_client(session, agency)
    yield World(engine, api.settings, api, agency, client, post)
    await engine.dispose()


async def heard(here: World, made: dict[str, Any], receiver: Any) -> list[str]:
    """The ids of the messages that arrive from now on until nothing is left."""
    receiver.requests.clear()
    while await here.send(made):
        pass
    return sorted(one.message_id for one in receiver.requests)

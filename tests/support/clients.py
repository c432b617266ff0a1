"""Calling the application as a client of one's own, inside the test's transaction."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.deps import StandingCache
from app.auth.failed_logins import FailedLogins
from app.auth.fair_use import FairUse
from app.auth.principal import Role
from app.clock import utc_now
from app.config import Settings
from app.db import make_reading_sessionmaker, make_sessionmaker
from app.http.right_clock import ClockWatch
from app.main import create_app
from app.models import Client
from app.reading import ConnectionReader

_apps: dict[frozenset[Any], FastAPI] = {}


def application(settings: Settings, **changes: Any) -> FastAPI:
    """The application with these settings, made once for all databases.

    The first request of a new one costs more than most tests do. What it remembers of clients is
    forgotten, since another database has others.
    """
    settings = settings.model_copy(update=changes)
    key = frozenset(one for one in settings if one[0] != "database_url")
    if key not in _apps:
        _apps[key] = create_app(settings)
    state = _apps[key].state
    state.settings = settings
    state.standings = StandingCache(settings.client_cache_seconds)
    state.fair_use = FairUse(settings)
    state.failed_logins = FailedLogins(CollectorRegistry())
    state.clock = ClockWatch(no_lead)
    return _apps[key]


async def no_lead(_: AsyncSession) -> timedelta:
    """Tests travel in time, and their database does not."""
    return timedelta()


@asynccontextmanager
async def serving(settings: Settings, url: str, **changes: Any) -> AsyncIterator[FastAPI]:
    """The application as it serves: with an engine and a pool of its own, on that database."""
    app = application(settings, database_url=SecretStr(url), **changes)
    async with app.router.lifespan_context(app):
        yield app


class BareReader(ConnectionReader):
    """Reads on the test's connection as it is, like the service, which begins no transaction for
    one text; a savepoint around each would be two statements more than every request has."""

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        by_value: bool = False,
    ) -> Sequence[Any]:
        """The rows of *statement*."""
        if isinstance(self._bind, AsyncEngine):
            return await super().fetch(statement, parameters, by_value=by_value)
        async with self._turn:
            result = await self._bind.execute(statement, dict(parameters or {}))
            return result.all() if result.returns_rows else []


class Api:
    """The application on the test's connection: each request has a session and a savepoint.

    So a request's commit and rollback really happen, and what it forgot to load fails here too.
    One connection serves them all: requests of a test go one after another.
    """

    def __init__(
        self, connection: AsyncConnection | AsyncEngine, settings: Settings, **changes: Any
    ) -> None:
        self.app = application(settings, **{"client_cache_seconds": 0.0, **changes})
        self._tagged: dict[tuple[str, str | None, str], bytes] = {}
        self.settings: Settings = self.app.state.settings
        self.app.state.sessionmaker = make_sessionmaker(
            connection, join_transaction_mode="create_savepoint"
        )
        self.app.state.reading_sessionmaker = make_reading_sessionmaker(
            connection, join_transaction_mode="create_savepoint"
        )
        self.app.state.looking_sessionmaker = self.app.state.sessionmaker
        self.app.state.reader = BareReader(connection)

    def token(self, client: Client, *roles: Role) -> str:
        """A signed token with these roles, or with all that the client has."""
        scopes = frozenset(roles or client.roles)
        token, _ = self.app.state.token_keys.issue(client.client_id, scopes, at=utc_now())
        return str(token)

    def by(self, client: Client | None = None, **headers: str) -> httpx.AsyncClient:
        """Requests of *client*, or of somebody without a token; answers are in English.

        They change whatever state a row is in; tests of `If-Match` say what they read.
        """
        given = {"Accept-Language": "en", "If-Match": "*", **headers}
        if client is not None:
            given["Authorization"] = f"Bearer {self.token(client)}"
        return self.with_headers(given)

    def with_headers(self, headers: dict[str, str] | httpx.Headers) -> httpx.AsyncClient:
        """Requests with just these headers."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url=self.settings.base_url,
            headers=headers,
            event_hooks={"response": [self._hold_to_its_tag]},
        )

    async def _hold_to_its_tag(self, answer: httpx.Response) -> None:
        """Whatever is read with one strong tag is always the same, in every test."""
        tag = answer.headers.get("etag")
        if answer.request.method == "GET" and answer.status_code == 200 and tag:
            key = (str(answer.request.url), answer.request.headers.get("authorization"), tag)
            body = await answer.aread()
            assert self._tagged.setdefault(key, body) == body, answer.request.url

    async def ask(
        self, secret: str, path: str = "token", name: str = "van-ban", **form: str
    ) -> httpx.Response:
        """Ask an OAuth endpoint as the client of that name, by HTTP Basic."""
        form = form or {"grant_type": "client_credentials"}
        async with self.by() as http:
            return await http.post(f"/oauth/{path}", data=form, auth=(name, secret))

    async def status_for(self, token: str) -> int:
        """The status of a call with that token."""
        async with self.with_headers({"Authorization": f"Bearer {token}"}) as http:
            return (await http.get("/v1/agencies")).status_code

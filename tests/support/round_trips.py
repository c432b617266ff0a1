"""The number of statements and of round trips that a request takes."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from app.config import Settings
from app.db import make_reading_sessionmaker
from app.reading import ConnectionReader
from tests.support.clients import Api
from tests.support.contract import OPERATIONS
from tests.support.example_world import WEBHOOKS, Loaded, World
from tests.support.transactions import Engines

SAVEPOINT = "savepoint"
"""The statement that stands in the tests for the begin, commit and rollback of a request."""
OF_NOTHING = "IN (NULL) AND (1 != 1)"
"""The condition that SQLAlchemy writes where it is given no value."""


class Count(NamedTuple):
    """Statements of one request, and round trips: those and the frames of transactions."""

    round_trips: int
    statements: int


class CountingWorld(World):
    """A world that counts what each operation asks the database, the last time it was called."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.counts: dict[str, Count] = {}
        self.idle: set[str] = set()
        """The operations that asked for rows of no ids."""
        self._asked: list[str] = []

    def note_statement(self, *event: Any) -> None:
        """Note what is sent: the third argument of SQLAlchemy's event."""
        self._asked.append(event[2])

    def note_frame(self, *_: Any) -> None:
        """Note that a savepoint is begun, kept or thrown away."""
        self._asked.append(SAVEPOINT)

    def unframe(self) -> None:
        """Leave out the frame around the statement that was sent last: it had none."""
        self._asked[-3:] = self._asked[-2:-1]

    async def by(self, client_id: str) -> httpx.AsyncClient:
        """One of the sample's clients, whose standing is known already."""
        async with await super().by(client_id) as http:
            await http.get("/v1/regime-presets")
        return self._counted(http.headers)

    def anybody(self) -> httpx.AsyncClient:
        """Somebody without a token."""
        return self._counted(super().anybody().headers)

    def _counted(self, headers: httpx.Headers) -> httpx.AsyncClient:

        async def begin(_: httpx.Request) -> None:
            self._asked.clear()

        async def end(answer: httpx.Response) -> None:
            if answer.is_success:
                name = _operation(answer.request)
                own = [one for one in self._asked if one != SAVEPOINT]
                self.counts[name] = Count(len(self._asked), len(own))
                if any(OF_NOTHING in one for one in own):
                    self.idle.add(name)

        http = self.api.with_headers(headers)
        http.event_hooks = {"request": [begin], "response": [end]}
        return http


def _operation(request: httpx.Request) -> str:
    """The operation of a request: where several have its form, that with fewer parameters."""
    found = (
        (path.count("{"), name)
        for name, (method, path, _) in OPERATIONS.items()
        if method == request.method.lower()
        and re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), request.url.path)
    )
    return min(found)[1]


class CountedReader(ConnectionReader):
    """Reads as the service does: a statement by itself begins no transaction."""

    def __init__(self, connection: AsyncConnection, world: CountingWorld) -> None:
        super().__init__(connection)
        self._world = world

    async def fetch(
        self,
        statement: sa.TextClause,
        parameters: Mapping[str, Any] | None = None,
        *,
        by_value: bool = False,
    ) -> Sequence[Any]:
        """The rows of *statement*."""
        rows = await super().fetch(statement, parameters, by_value=by_value)
        self._world.unframe()
        return rows


@asynccontextmanager
async def counting_world(
    loaded: Loaded, settings: Settings, engines: Engines
) -> AsyncIterator[CountingWorld]:
    """A world in a transaction; only what the service itself would send is counted."""
    changes: dict[str, Any] = {
        **WEBHOOKS,
        "rate_per_second": 0,
        "stored_bytes": 0,
        "client_cache_seconds": 3600.0,
        # A count is not to depend on how busy the machine is.
        "request_seconds": 600.0,
    }
    async with engines.transaction(loaded.url) as connection, AsyncSession(connection) as session:
        api = Api(connection, settings, **changes)
        world = CountingWorld(session, api, dict(loaded.ids), loaded.secrets)
        # A request that only reads begins no transaction in the service.
        api.app.state.reading_sessionmaker = make_reading_sessionmaker(
            connection, join_transaction_mode="rollback_only"
        )
        api.app.state.reader = CountedReader(connection, world)
        heard = {
            "before_cursor_execute": world.note_statement,
            "savepoint": world.note_frame,
            "release_savepoint": world.note_frame,
            "rollback_savepoint": world.note_frame,
        }
        for name, note in heard.items():
            sa.event.listen(connection.sync_connection, name, note)
        try:
            yield world
        finally:
            for name, note in heard.items():
                sa.event.remove(connection.sync_connection, name, note)

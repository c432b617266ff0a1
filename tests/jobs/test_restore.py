"""A database that is restored into another cluster, while others follow it and receive from it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlmodel import col, select

from app.clock import utc_now
from app.jobs.note_cluster import note_cluster
from app.models import Event, EventCluster
from tests.support import databases
from tests.support.patience import PATIENCE
from tests.support.receivers import OK, Receiver, receiving
from tests.support.webhook_processes import served, worker
from tests.support.webhooks import CHANGED, World

NEW_TRANSACTION = "select pg_current_xact_id()::text::bigint"
VERSION = "show server_version_num"
LAST_PLACE = "select max(transaction_id::text::bigint) from event"


@pytest.fixture(scope="module")
def other_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cluster in which hardly anything was written yet, as its URL."""
    with databases.new_cluster(tmp_path_factory.mktemp("cluster")) as url:
        yield url


async def number_from(url: str, query: str) -> int:
    """The number that a query answers."""
    connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


async def run_ahead(here: World, other_cluster: str) -> None:
    """Use up numbers until the world's counter is well past that of the other cluster."""
    goal = await number_from(other_cluster, NEW_TRANSACTION) + 1000
    while await number_from(here.url, NEW_TRANSACTION) < goal:
        pass


class Follower:
    """A system that follows one type of event by cursor."""

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.ids: list[str] = []

    async def catch_up(self, here: World, url: str) -> None:
        """Read the feed from where it has come to, to its end."""
        await here.horizon()
        headers = {"Authorization": f"Bearer {here.api.token(here.client)}"}
        async with httpx.AsyncClient(base_url=url, headers=headers) as http:
            page: dict[str, Any] = {"next": "/v1/events"}
            while page["next"] is not None:
                asked = {"type": CHANGED, **({"after": self.cursor} if self.cursor else {})}
                answer = await http.get("/v1/events", params=asked)
                assert answer.status_code == 200, answer.text
                page = answer.json()
                self.cursor = page["cursor"]
                self.ids += [item["id"] for item in page["items"]]


async def until_heard(receiver: Receiver, ids: set[str]) -> None:
    """Return when the receiver has all of these messages."""
    async with asyncio.timeout(PATIENCE):
        while ids - {one.message_id for one in receiver.requests}:
            await receiver.came.wait()


async def test_followers_and_receivers_go_on_after_a_restore_into_another_cluster(
    here: World, other_cluster: str, tmp_path: Path
) -> None:
    follower = Follower()
    async with receiving(OK, OK, None) as receiver:
        await here.endpoint(receiver.url, event_types=[CHANGED])
        await run_ahead(here, other_cluster)
        told = [str(one) for one in await here.tell(3)]
        async with served(here) as url:
            await follower.catch_up(here, url)
        # Some of these were not taken up, others are under way, when the worker is killed.
        with worker(here, tmp_path / "worker.log"):
            async with asyncio.timeout(PATIENCE):
                while len(receiver.requests) < 3:
                    await receiver.came.wait()
        told += [str(one) for one in await here.tell(3)]
        receiver.answers[:] = [OK]

        async with (
            databases.restored(here.url, other_cluster, tmp_path / "dump") as url,
            here.moved(url) as there,
        ):
            assert await number_from(url, NEW_TRANSACTION) < await number_from(url, LAST_PLACE)
            told += [str(one) for one in await there.tell(3)]
            with worker(there, tmp_path / "worker.log"):
                async with served(there) as address:
                    await follower.catch_up(there, address)
                    told += [str(one) for one in await there.tell(3)]
                    await follower.catch_up(there, address)
                await until_heard(receiver, set(told))

    assert follower.ids == told
    heard = Counter(one.message_id for one in receiver.requests)
    assert heard.keys() == set(told)
    # Only what was under way when the worker was killed came twice.
    assert sum(heard.values()) - len(told) <= 4


async def places(here: World) -> list[int]:
    """The places of all events, in the order in which they were written."""
    async with here.sessions() as session:
        statement = select(Event.transaction_id).order_by(col(Event.sequence))
        return [int(one) for one in await session.exec(statement)]


async def clusters(here: World) -> list[int]:
    """The numbers of the clusters that were noted."""
    async with here.sessions() as session:
        return list(
            await session.exec(select(EventCluster.number).order_by(col(EventCluster.number)))
        )


async def test_places_follow_each_other_through_any_number_of_restores(
    here: World, other_cluster: str, tmp_path: Path
) -> None:
    if await number_from(here.url, VERSION) < await number_from(other_cluster, VERSION):
        pytest.skip("PostgreSQL restores no dump of a newer version into an older one")
    await here.tell(2)
    # There and back again: the first cluster is another one when the database comes back to it.
    own = here.url.replace("+asyncpg", "", 1)
    async with databases.restored(here.url, other_cluster, tmp_path / "dump") as url:
        async with here.moved(url) as there:
            assert await clusters(there) == [0]
            await there.tell(2)
            for _ in range(2):
                await note_cluster(there.sessions, at=utc_now())
            # The note of a cluster changes no place.
            await there.tell(2)
            assert await clusters(there) == [0, 1]
        async with (
            databases.restored(url, own, tmp_path / "dump") as url_back,
            here.moved(url_back) as back,
        ):
            await back.tell(2)
            await note_cluster(back.sessions, at=utc_now())
            found = await places(back)

    assert found == sorted(found)
    assert [place >> 48 for place in found[-8:]] == [0, 0, 1, 1, 1, 1, 2, 2]

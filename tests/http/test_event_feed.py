"""The feed on real connections: what others write at once is told of once, and none is missed."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from pydantic import SecretStr
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.clock import local_day, utc_now
from app.config import DatabaseRole, Settings
from app.db import SessionMaker, make_engine, make_sessionmaker
from app.domain.records import Subject, record
from app.jobs.clean_up import forget_old_events
from app.models import Agency, AgencyKind, Client, Event
from app.models.record import TransactionId
from app.queries import events as queries
from tests.support import databases
from tests.support.clients import serving
from tests.support.factories import make_agency, make_client
from tests.support.patience import PATIENCE
from tests.support.sample import fill
from tests.support.transactions import work_as

WRITERS, ROUNDS = 8, 15


async def make_follower(session: AsyncSession) -> None:
    await make_client(session, await make_agency(session), [Role.READER], client_id="follower")


@pytest.fixture
def url() -> Iterator[str]:
    """A database of one test's own: nobody else's transactions end or begin in it."""
    with databases.new_database() as url:
        asyncio.run(fill(url, make_follower))
        yield url


@pytest.fixture
async def service(url: str, settings: Settings) -> AsyncIterator[FastAPI]:
    """The application as it serves: with its own engine and pool. A follower may ask as often as it
    likes: the feed waits for the transactions of other tests on the same server."""
    async with serving(settings, url, database_pool=WRITERS + 4, rate_per_second=0) as app:
        yield app


@pytest.fixture
async def workers(url: str, settings: Settings) -> AsyncIterator[SessionMaker]:
    """Sessions of the worker, which alone deletes events."""
    changes = {"database_url": SecretStr(url)}
    engine = make_engine(settings.model_copy(update=changes), role=DatabaseRole.WORKER)
    yield make_sessionmaker(engine)
    await engine.dispose()


class Follower:
    """A system that follows the feed by its answers alone."""

    def __init__(self, service: FastAPI) -> None:
        keys, roles = service.state.token_keys, frozenset({Role.READER})
        token, _ = keys.issue("follower", roles, at=utc_now())
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(service),
            base_url=service.state.settings.base_url,
            headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"},
        )
        self.cursor: str | None = None
        self.ids: list[UUID] = []

    async def page(self, **asked: Any) -> httpx.Response:
        """One answer, from where it has come to."""
        if self.cursor is not None:
            asked = {"after": self.cursor, **asked}
        return await self.http.get("/v1/events", params=asked)

    async def catch_up(self, **asked: Any) -> list[UUID]:
        """Everything there is now; follows `next` to its end."""
        answer, found = await self.page(**asked), []
        while True:
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += [UUID(item["id"]) for item in page["items"]]
            self.cursor = page["cursor"]
            if page["next"] is None:
                self.ids += found
                return found
            answer = await self.http.get(page["next"])

    async def hear(self, number: int, **asked: Any) -> list[UUID]:
        """So many events or more. Whoever writes on this server holds the feed up meanwhile, so
        do tests that run beside this one: it is asked until it has told."""
        found: list[UUID] = []
        async with asyncio.timeout(PATIENCE):
            while len(found) < number:
                found += await self.catch_up(**asked)
                await asyncio.sleep(0.02)
        return found


def write(session: AsyncSession, agency_id: UUID) -> UUID:
    """One change of the registry; answers its event's id."""
    record(session, None, "changed", Subject("agency", agency_id), at=utc_now())
    [event] = [row for row in session.new if isinstance(row, Event)]
    return event.id


async def past(service: FastAPI, sequence: int) -> list[tuple[int, UUID]]:
    """The events after a cursor of mere sequences."""
    statement = (
        select(Event.sequence, Event.id)
        .where(col(Event.sequence) > sequence)
        .order_by(col(Event.sequence))
    )
    async with service.state.sessionmaker() as session:
        return [(row.sequence, row.id) for row in await session.exec(statement)]


async def test_what_began_first_and_commits_last_is_not_passed_over(service: FastAPI) -> None:
    follower, sessions = Follower(service), service.state.sessionmaker
    async with sessions() as early, sessions() as late:
        first = write(early, uuid4())
        await early.flush()
        second = write(late, uuid4())
        await late.commit()
        meanwhile, [(sequence, told)] = await follower.catch_up(), await past(service, 0)
        await early.commit()
        afterwards, told_later = await follower.hear(2), await past(service, sequence)

    assert (meanwhile, afterwards) == ([], [first, second])
    # By sequences alone the first one is lost for ever: this is what the feed is made against.
    assert (told, told_later) == (second, [])


async def test_a_transaction_that_writes_after_a_younger_one_keeps_its_place(
    service: FastAPI,
) -> None:
    follower, sessions = Follower(service), service.state.sessionmaker
    async with sessions() as early, sessions() as late:
        first = [write(early, uuid4())]
        await early.flush()
        second = write(late, uuid4())
        await late.flush()
        first.append(write(early, uuid4()))
        await early.commit()
        meanwhile = await follower.hear(2)
        await late.commit()
        afterwards = await follower.hear(1)

    assert (meanwhile, afterwards) == (first, [second])


async def test_what_is_rolled_back_is_not_told_of_and_holds_up_nobody(service: FastAPI) -> None:
    follower, sessions = Follower(service), service.state.sessionmaker
    async with sessions() as failing:
        write(failing, uuid4())
        await failing.flush()
        await failing.rollback()
    async with sessions.begin() as session:
        written = write(session, uuid4())

    assert await follower.hear(1) == [written]


async def writer(service: FastAPI, number: int) -> list[UUID]:
    """Transactions of some events each, now and then one that fails; answers what was committed."""
    chance, written = random.Random(number), []
    for _ in range(ROUNDS):
        async with service.state.sessionmaker() as session:
            ids = []
            for _ in range(chance.randint(1, 3)):
                ids.append(write(session, uuid4()))
                await session.flush()
                await asyncio.sleep(chance.random() / 100)
            if chance.random() < 0.2:
                await session.rollback()
            else:
                await session.commit()
                written += ids
    return written


async def test_many_writers_at_once_are_followed_without_a_gap(service: FastAPI) -> None:
    follower = Follower(service)
    work = asyncio.gather(*(writer(service, number) for number in range(WRITERS)))
    async with asyncio.timeout(PATIENCE):
        while not work.done():
            await follower.catch_up(limit=7)
        written = [event_id for ids in await work for event_id in ids]
        await follower.hear(len(written) - len(follower.ids), limit=7)

    assert len(follower.ids) == len(set(follower.ids))
    assert set(follower.ids) == set(written)
    assert len(written) > WRITERS * ROUNDS
    # Whoever reads it all again reads the same in the same order.
    again = Follower(service)
    assert await again.hear(len(written), limit=200) == follower.ids


async def test_a_follower_that_may_see_little_goes_on_past_what_it_may_not(
    service: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "STRETCH", 10)
    async with service.state.sessionmaker.begin() as session:
        other = await make_agency_within(session)
        for _ in range(25):
            session.add(hidden(other.id))
        await session.flush()
        seen = write(session, other.id)
    follower = Follower(service)

    found = await follower.hear(1)
    first = (await Follower(service).page()).json()

    assert found == [seen]
    assert (first["items"], first["next"] is None) == ([], False)
    # Nothing is looked at twice: the cursor lies after what was not for this caller.
    async with service.state.sessionmaker.begin() as session:
        session.add(hidden(other.id))
    before = follower.cursor
    async with asyncio.timeout(PATIENCE):
        while follower.cursor == before:
            await asyncio.sleep(0.02)
            assert await follower.catch_up() == []


async def make_agency_within(session: AsyncSession) -> Agency:
    agency = Agency(code="KHAC", kind=AgencyKind.OTHER)
    session.add(agency)
    await session.flush()
    return agency


def hidden(agency_id: UUID) -> Event:
    """An event that only its agency may see."""
    return Event(
        id=uuid4(), type="tiendo.other.made", subject="/v1/others/1", noun="other",
        row_id=uuid4(), occurred_at=utc_now(), agency_id=agency_id, data={},
    )  # fmt: skip


async def test_old_events_are_deleted_and_a_cursor_from_before_them_is_refused(
    service: FastAPI, workers: SessionMaker
) -> None:
    sessions, now = service.state.sessionmaker, utc_now()
    behind, abreast, empty = Follower(service), Follower(service), Follower(service)
    await empty.catch_up()
    async with sessions.begin() as session:
        write(session, uuid4())
    await behind.hear(1)
    async with sessions.begin() as session:
        write(session, uuid4())
    await abreast.hear(2)
    async with sessions.begin() as session:
        await work_as(session, None)
        await session.exec(sa.update(Event).values(created_at=now - timedelta(days=91)))
        kept = write(session, uuid4())

    await forget_old_events(workers, at=now, days=90)

    refusals = [await behind.page(), await empty.page()]
    assert {(one.status_code, one.json()["code"]) for one in refusals} == {(410, "events_gone")}
    # A follower that was up to date with the deleted events has missed nothing.
    assert await abreast.hear(1) == [kept]
    assert await Follower(service).hear(1) == [kept]
    # Nothing more is old: the floor stays where it is.
    await forget_old_events(workers, at=now, days=90)
    assert await abreast.catch_up() == []


async def test_events_are_kept_to_their_last_day(service: FastAPI, workers: SessionMaker) -> None:
    sessions, now = service.state.sessionmaker, utc_now()
    async with sessions.begin() as session:
        kept = write(session, uuid4())
    async with sessions.begin() as session:
        await work_as(session, None)
        await session.exec(sa.update(Event).values(created_at=now - timedelta(days=90)))

    await forget_old_events(workers, at=now, days=90)
    assert await Follower(service).hear(1) == [kept]

    await forget_old_events(workers, at=now + timedelta(microseconds=1), days=90)
    assert await Follower(service).catch_up() == []


async def test_a_cursor_of_another_database_is_refused(service: FastAPI) -> None:
    follower = Follower(service)
    async with service.state.sessionmaker.begin() as session:
        write(session, uuid4())
    await follower.catch_up()
    ahead = queries.FeedPosition(10**15, 1)

    async with service.state.sessionmaker() as session:
        client = (await session.exec(select(Client))).one()
        principal = Principal(client.id, client.agency_id, frozenset({Role.READER}))
        with pytest.raises(queries.EventsGoneError):
            await queries.read_events(
                session, principal, queries.EventFilters(), after=ahead, limit=1
            )


async def test_following_from_now_on_tells_nothing_of_before(service: FastAPI) -> None:
    async with service.state.sessionmaker.begin() as session:
        write(session, uuid4())
    await Follower(service).hear(1)
    follower = Follower(service)
    assert await follower.catch_up(after="now") == []

    async with service.state.sessionmaker.begin() as session:
        written = write(session, uuid4())

    assert await follower.hear(1) == [written]


async def test_a_page_is_read_by_its_index(service: FastAPI) -> None:
    places = {
        "after_sequence": 1,
        "upto_sequence": 0,
    }
    transactions = [
        sa.bindparam("after_transaction", 1, type_=TransactionId),
        sa.bindparam("upto_transaction", 10**9, type_=TransactionId),
    ]
    async with service.state.sessionmaker() as session:
        client = (await session.exec(select(Client))).one()
        session.add_all(hidden(client.agency_id) for _ in range(3_000))
        await session.flush()
        await work_as(session, None)
        await (await session.connection()).exec_driver_sql("analyze event")
        for role in (Role.READER, Role.REPORTER, Role.SUPERVISOR):
            day = local_day(utc_now())
            page, fixed = queries.page_statement(frozenset({role}), frozenset(), day)
            plan = await explained(
                session, page.bindparams(*transactions, **fixed, **places, rows=51)
            )
            assert "using ix_event_transaction_id_sequence on event" in plan
            assert "Seq Scan on event" not in plan
            assert "Sort" not in plan


async def explained(session: AsyncSession, statement: Any) -> str:
    """PostgreSQL's plan of a statement."""
    connection = await session.connection()
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    made = statement.compile(dialect=connection.dialect)
    state = made.construct_expanded_state()
    values = [state.parameters[name] for name in state.positiontup]
    rows = await driver.fetch(f"explain {state.statement}", *values)
    return "\n".join(row[0] for row in rows)

"""The requests that a client may make: counted over all processes, with turns in each."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.fair_use import FairUse, StorageUsedUpError, TooManyRequestsError
from app.auth.principal import Role
from app.config import Settings
from app.reading import ConnectionReader, SqlReader
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client
from tests.support.patience import PATIENCE


@pytest.fixture
async def reader(database_url: str) -> AsyncIterator[SqlReader]:
    engine = create_async_engine(
        database_url.replace("postgresql://", "postgresql+asyncpg://"),
        isolation_level="AUTOCOMMIT",
    )
    yield ConnectionReader(engine)
    async with engine.connect() as connection:
        await connection.execute(sa.text("truncate allowance, storage_allowance"))
    await engine.dispose()


def limits(settings: Settings, **changes: float) -> Settings:
    return settings.model_copy(update={"rate_per_second": 0.01, "rate_burst": 100, **changes})


async def spent(
    fair_use: FairUse, reader: SqlReader, client: uuid.UUID
) -> dict[str, str] | TooManyRequestsError:
    """The headers of a request that was paid for, or its refusal."""
    try:
        return await fair_use.spend(reader, client)
    except TooManyRequestsError as refusal:
        return refusal


def left(headers: dict[str, str]) -> int:
    found = re.fullmatch(r'"client";r=([0-9]+);t=([0-9]+)', headers["RateLimit"])
    assert found is not None
    return int(found[1])


async def test_processes_share_what_a_client_has(settings: Settings, reader: SqlReader) -> None:
    processes = [FairUse(limits(settings)) for _ in range(2)]
    client = uuid.uuid4()

    answers = [await spent(processes[n % 2], reader, client) for n in range(120)]

    refusals = [answer for answer in answers if isinstance(answer, TooManyRequestsError)]
    # A lease of the other process may hold a unit back; none is given twice.
    assert 20 <= len(refusals) <= 22
    assert all(int(one.headers["Retry-After"]) > 0 for one in refusals)
    assert all(left(one.headers) <= 2 for one in refusals)


async def test_many_at_once_get_no_more(settings: Settings, reader: SqlReader) -> None:
    fair_use, client = FairUse(limits(settings)), uuid.uuid4()

    answers = await asyncio.gather(
        *(fair_use.spend(reader, client) for _ in range(150)), return_exceptions=True
    )

    assert sum(isinstance(answer, dict) for answer in answers) == 100
    assert sum(isinstance(answer, TooManyRequestsError) for answer in answers) == 50


async def test_what_is_spent_comes_back_with_time(settings: Settings, reader: SqlReader) -> None:
    fair_use, client = FairUse(limits(settings, rate_per_second=1000)), uuid.uuid4()
    await fair_use.spend(reader, client, 100)

    for _ in range(200):
        try:
            await fair_use.spend(reader, client)
            break
        except TooManyRequestsError:
            await asyncio.sleep(0.005)
    else:
        pytest.fail("nothing came back")


async def test_a_batch_costs_what_it_costs(settings: Settings, reader: SqlReader) -> None:
    fair_use, client = FairUse(limits(settings)), uuid.uuid4()

    headers = await fair_use.spend(reader, client, 60)

    assert left(headers) == 40
    with pytest.raises(TooManyRequestsError):
        await fair_use.spend(reader, client, 60)
    assert left(await fair_use.spend(reader, client, 40)) == 0


async def test_one_client_uses_up_nothing_of_another(settings: Settings, reader: SqlReader) -> None:
    fair_use = FairUse(limits(settings))
    loud, quiet = uuid.uuid4(), uuid.uuid4()
    await fair_use.spend(reader, loud, 100)
    with pytest.raises(TooManyRequestsError):
        await fair_use.spend(reader, loud)

    assert left(await fair_use.spend(reader, quiet)) == 99


async def test_the_answer_says_what_is_left(session: AsyncSession, settings: Settings) -> None:
    client = await make_client(session, await make_agency(session), [Role.READER])
    limited = Api(
        await session.connection(), settings, rate_per_second=0.001, rate_burst=100, client_turns=1
    )
    async with limited.by(client) as http:
        answers = [await http.get("/v1/agencies") for _ in range(101)]

    first, last = answers[0], answers[-1]
    assert first.headers["ratelimit-policy"] == '"client";q=100;w=100000'
    assert first.headers["ratelimit"].startswith('"client";r=99;t=')
    assert (last.status_code, last.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(last.headers["retry-after"]) <= 1000
    assert last.headers["ratelimit"].startswith('"client";r=0;')


async def test_a_loud_client_waits_for_itself(settings: Settings) -> None:
    fair_use = FairUse(settings.model_copy(update={"client_turns": 2}))
    loud, quiet = uuid.uuid4(), uuid.uuid4()
    await fair_use.turns(loud).acquire()
    await fair_use.turns(loud).acquire()

    assert fair_use.turns(loud).locked()
    assert not fair_use.turns(quiet).locked()


async def test_a_turn_ends_with_its_request(session: AsyncSession, settings: Settings) -> None:
    api = Api(await session.connection(), settings)
    client = await make_client(session, await make_agency(session), [Role.READER])
    async with api.by(client) as http:
        for path in ("/v1/agencies", "/v1/agencies/KHONG-CO", "/v1/agencies?x=1", "/v1/events"):
            for _ in range(api.settings.client_turns + 1):
                await asyncio.wait_for(http.get(path), PATIENCE)

    assert not api.app.state.fair_use.turns(client.id).locked()


async def test_no_limit_where_none_is_set(settings: Settings, reader: SqlReader) -> None:
    fair_use = FairUse(limits(settings, rate_per_second=0))

    assert [await fair_use.spend(reader, uuid.uuid4()) for _ in range(3)] == [{}, {}, {}]


async def test_a_client_stores_no_more_than_its_allowance_whatever_the_process(
    settings: Settings, reader: SqlReader
) -> None:
    processes = [FairUse(limits(settings, stored_bytes=100 * 1024)) for _ in range(2)]
    loud, quiet = uuid.uuid4(), uuid.uuid4()
    for n in range(10):
        await processes[n % 2].store(reader, loud, 9 * 1024 + 1)

    with pytest.raises(StorageUsedUpError) as refused:
        await processes[0].store(reader, loud, 1)
    # A hundredth of a week comes back in so many seconds.
    assert 0 < int(refused.value.headers["Retry-After"]) <= 7 * 24 * 36
    await processes[0].store(reader, quiet, 50 * 1024)
    await FairUse(limits(settings, stored_bytes=0)).store(reader, loud, 10**9)


async def test_what_is_sent_and_what_is_kept_are_counted_and_dry_runs_are_not(
    session: AsyncSession, settings: Settings
) -> None:
    agency = await make_agency(session)
    client = await make_client(session, agency, [Role.ADMINISTRATOR])
    api = Api(await session.connection(), settings, stored_bytes=4 * 1024)
    body = {"name": "Nhóm thử", "is_enumerable": True}
    async with api.by(client) as http:
        trials = [
            await http.post("/v1/plan-imports?dry_run=true", content=b"x" * 2000) for _ in range(5)
        ]
        made = [
            await http.post(
                "/v1/collectives",
                json={**body, "code": f"NHOM-{n}"},
                headers={"Idempotency-Key": f"khoa-{n}"},
            )
            for n in range(3)
        ]
        read = await http.get("/v1/collectives")

    assert 429 not in {one.status_code for one in trials}
    # One kilobyte each for what came, and one for the answer that is kept.
    assert [one.status_code for one in made] == [201, 201, 429]
    assert made[2].json()["code"] == "storage_used_up"
    assert [row["code"] for row in read.json()["items"]] == ["NHOM-0", "NHOM-1"]

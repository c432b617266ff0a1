"""The sample tells of a plan that goes on while the agencies that it names are merged."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cli import sample_story as story
from app.cli.sample_cast import morning
from app.cli.sample_changes import play_changes
from app.config import Settings
from app.db import make_sessionmaker
from app.http.openapi.document import SAMPLE_PLAN_ID
from app.models import Agency, Client
from app.queries.figures.groupings import GROUPINGS
from app.queries.figures.plan import AsOf, plan_statistics_json
from tests.support import databases
from tests.support.clients import Api
from tests.support.sample import fill, load_registry
from tests.support.sample_facts import CULTURE, INFORMATION, LABOUR
from tests.support.transactions import Engines

UNTIL = morning(date(2026, 2, 2))
DAYS_OF_2024 = [date(2024, 5, 20), date(2024, 12, 31)]
PLAN = UUID(SAMPLE_PLAN_ID)
Figures = dict[tuple[date, str], str]


async def figures(session: AsyncSession) -> Figures:
    """The figures of 2024, to the last letter."""
    return {
        (day, by): await plan_statistics_json(
            session, AsOf(day, 30), plan_id=PLAN, by=by, mine=PLAN
        )
        for day in DAYS_OF_2024
        for by in GROUPINGS
    }


@pytest.fixture(scope="module")
def told(settings: Settings) -> Iterator[tuple[str, Figures]]:
    """The story in a database of its own, and what the figures of 2024 were before 2025."""
    before: Figures = {}

    async def play(session: AsyncSession) -> None:
        await story.make_clients(session, settings)
        plan = await story.issue_plan(session, settings)
        for one in story.SUBMISSIONS:
            await story.play_submission(session, plan, one)
        before.update(await figures(session))
        await play_changes(session, plan, partial(story.principal, session), until=UNTIL)

    with databases.new_database() as url:
        asyncio.run(fill(url, load_registry, play))
        yield url, before


@pytest.fixture
async def session(told: tuple[str, Figures], engines: Engines) -> AsyncIterator[AsyncSession]:
    """A look into that database."""
    async with engines.transaction(told[0]) as connection:
        sessions = make_sessionmaker(connection, join_transaction_mode="create_savepoint")
        async with sessions() as session:
            yield session


@pytest.fixture
async def ask(session: AsyncSession, settings: Settings) -> Any:
    """The function that gets an answer as a reader of the sample."""
    api = Api(await session.connection(), settings)
    named = select(Client).where(col(Client.client_id) == "sample-reader")
    reader = (await session.exec(named)).one()

    async def get(path: str, **query: Any) -> Any:
        async with api.by(reader) as http:
            response = await http.get(path, params=query)
        assert response.status_code == 200, response.json()
        return response.json()

    return get


async def test_the_figures_of_2024_are_what_they_were_before_2025(
    told: tuple[str, Figures], session: AsyncSession
) -> None:
    assert await figures(session) == told[1]


async def test_the_coordinator_is_who_took_over_its_field(ask: Any) -> None:
    plan = await ask(f"/v1/plans/{PLAN}")

    assert plan["coordinator"]["code"] == CULTURE


async def test_one_request_says_who_led_2_1_then_and_now_and_by_which_document(ask: Any) -> None:
    tasks = await ask(f"/v1/plans/{PLAN}/tasks", limit=200)
    [task] = [task for task in tasks["items"] if task["ordinal"] == "2.1"]
    url = f"/v1/tasks/{task['id']}/responsibilities"

    [now] = (await ask(url, role="lead"))["items"]
    [then] = (await ask(url, role="lead", as_of="2025-02-28"))["items"]

    def told(chain: list[dict[str, Any]]) -> list[tuple[str, str, str, str, str]]:
        return [
            (
                link["agency"]["code"],
                link["role"],
                link["since"],
                link["basis"]["kind"],
                link["basis"]["document"],
            )
            for link in chain
        ]

    # It coordinated before; what it took over as lead was merged into that.
    assert (then["agency"]["code"], now["agency"]["code"]) == (INFORMATION, CULTURE)
    assert told(now["chain"]) == [
        (CULTURE, "coordinating", "2024-05-20", "plan", "MAU-01/KH-MAU"),
        (CULTURE, "lead", "2025-03-01", "decision", "MAU-03/QĐ-MAU"),
    ]
    [before] = now["merged"]
    assert before["assignment_id"] == then["assignment_id"]
    assert told(before["chain"]) == [(INFORMATION, "lead", "2024-05-20", "plan", "MAU-01/KH-MAU")]


async def test_what_the_city_and_the_towns_left_waits_for_a_decision(ask: Any) -> None:
    waiting = {
        code: (await ask("/v1/handovers", state="pending", agency=code))["items"]
        for code in ("UBND-TP-HATINH", "UBND-TX-KYANH", LABOUR, "UBND-H-HUONGSON", INFORMATION)
    }

    assert {code for code, items in waiting.items() if items} == {
        "UBND-TP-HATINH",
        "UBND-TX-KYANH",
        LABOUR,
    }


async def test_from_2026_on_communes_do_what_districts_did(ask: Any) -> None:
    waiting = await ask(f"/v1/plans/{PLAN}/not-assigned", limit=200)
    owing = await ask("/v1/assignments", ordinal="1.2", occurrence="2026", limit=200)

    codes = {item["agency"]["code"] for item in owing["items"]}
    assert "no_members" not in {item["reason"] for item in waiting["items"]}
    assert len([code for code in codes if code.startswith(("UBND-X-", "UBND-P-"))]) == 69
    assert not [code for code in codes if code.startswith(("UBND-H-", "UBND-T"))]


async def test_figures_name_agencies_only_while_they_are(ask: Any, session: AsyncSession) -> None:
    agencies = {agency.code: agency for agency in await session.exec(select(Agency))}
    for month in range(1, 13):
        day = date(2025, month, 1)
        answer = await ask(f"/v1/plans/{PLAN}/statistics", as_of=str(day))
        total = answer["total"]["by_current_deadline"]["total"]
        trees = {g["code"]: g["statistics"]["by_current_deadline"] for g in answer["groups"]}
        assert sum(tree["total"] for tree in trees.values()) == total
        for code, tree in trees.items():
            if code is None:
                assert tree["total"] == tree["awaiting_handover"]
                continue
            begins, ends = agencies[code].valid_from, agencies[code].valid_until
            assert begins is None or begins <= day, (code, day)
            if ends is not None and ends <= day:
                # An assignment that it completed stays its own.
                assert tree["total"] == tree["completed"]["total"], (code, day)

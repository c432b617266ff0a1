"""Successions that were recorded wrongly, and ends that nobody has followed yet."""

from datetime import date

import pytest
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.domain.regimes.fields import default_regime
from app.models import (
    AssigneeRole,
    Assignment,
    AssignmentStatus,
    Client,
    Handover,
    HandoverState,
    Succession,
)
from tests.support.clients import Api
from tests.support.successions import DAY, World, codes_of, make_world


@pytest.fixture
async def world(api: Api, session: AsyncSession, administrator: Client) -> World:
    return await make_world(api, session, administrator)


async def test_a_wrong_successor_is_set_right_since_the_same_day(world: World) -> None:
    wrong = await world.post(("A", "B"))

    await world.post(("A", "C"), corrects=[wrong["successions"][0]["id"]])

    assert await world.held(world.alone) == [("A", date(2024, 5, 20)), ("C", DAY)]
    assert await world.held(world.both) == [("A", date(2024, 5, 20)), ("C", DAY)]
    own = await world.of(world.own)
    assert (own.role, await world.holder(world.own)) == (AssigneeRole.COORDINATING, "B")
    rows = await world.session.exec(
        select(Succession).order_by(col(Succession.id)).execution_options(populate_existing=True)
    )
    assert [row.corrected_at is None for row in rows] == [False, True]
    states = await world.session.exec(
        select(col(Handover.state)).where(col(Handover.assignment_id) == world.alone.id)
    )
    assert sorted(states) == [HandoverState.DECIDED, HandoverState.SUPERSEDED]


async def test_what_never_happened_is_taken_back(world: World) -> None:
    world.session.add(default_regime(world.plan.id, date(2024, 1, 1)))
    await world.session.commit()
    wrong = await world.post(("A", "B"), ("A", "C"), kind="split")
    ids = [row["id"] for row in wrong["successions"]]

    await world.post(corrects=ids)

    assert await world.holder(world.alone) == "A"
    assert {agency for agency, _ in await world.held(world.alone)} == {"A"}
    await world.session.refresh(world.agencies["A"])
    assert world.agencies["A"].valid_until is None
    pending = select(Handover).where(col(Handover.state) == HandoverState.PENDING)
    assert list(await world.session.exec(pending)) == []


async def test_another_day_is_told_anew(world: World) -> None:
    wrong = await world.post(("A", "B"))

    await world.post(
        ("A", "B"), corrects=[wrong["successions"][0]["id"]], effective_on="2025-04-01"
    )

    assert await world.held(world.alone) == [
        ("A", date(2024, 5, 20)),
        ("A", DAY),
        ("B", date(2025, 4, 1)),
    ]


async def test_what_was_split_is_put_together_when_the_succession_was_wrong(world: World) -> None:
    world.session.add(default_regime(world.plan.id, date(2024, 1, 1)))
    await world.session.commit()
    wrong = await world.post(("A", "B"), ("A", "C"), kind="split")
    split = {"plan": str(world.plan.id), "from_agency": "A", "successors": ["B", "C"]}
    async with world.api.by(world.administrator) as http:
        decided = await http.post("/v1/handovers/decide", json={**split, "reason": "Theo QĐ"})
    assert decided.json() == {"decided": 2}
    parts = {
        (part.split_from_id, part.agency_id): part
        for part in await world.session.exec(
            select(Assignment).where(col(Assignment.split_from_id).is_not(None))
        )
    }
    to_b, to_c = world.agencies["B"].id, world.agencies["C"].id
    # B had its own of one of them, which leads from now on as the split one did.
    assert parts.keys() == {(world.alone.id, to_b), (world.alone.id, to_c), (world.both.id, to_c)}
    assert (await world.of(world.own)).role == AssigneeRole.LEAD
    assert (await world.of(world.alone)).status == AssignmentStatus.SPLIT
    part = parts[world.alone.id, to_c]
    assert await world.held(part) == [("C", DAY)]

    corrects = [one["id"] for one in wrong["successions"]]
    await world.post(("A", "D"), corrects=corrects)

    assert await world.held(world.alone) == [("A", date(2024, 5, 20)), ("D", DAY)]
    assert (await world.of(world.alone)).status == AssignmentStatus.NOT_STARTED
    gone = await world.of(part)
    assert (gone.status, gone.merged_into_id) == (AssignmentStatus.MERGED, world.alone.id)
    assert await world.held(part) == []
    assert (await world.of(world.own)).role == AssigneeRole.COORDINATING


async def test_an_end_without_a_successor_waits_for_anybody(world: World) -> None:
    async with world.api.by(world.administrator) as http:
        tag = (await http.get("/v1/agencies/A")).headers["etag"]
        answer = await http.patch(
            "/v1/agencies/A", json={"valid_until": str(DAY)}, headers={"If-Match": tag}
        )
        assert answer.status_code == 200, answer.text
        waiting = (await http.get("/v1/handovers?state=pending&agency=A")).json()["items"]
        assert [one["candidates"] for one in waiting] == [[], []]
        for one in waiting:
            decided = await http.post(
                f"/v1/handovers/{one['id']}/decide", json={"successors": ["D"], "reason": "Theo QĐ"}
            )
            assert decided.status_code == 200, decided.text

    assert await world.held(world.alone) == [("A", date(2024, 5, 20)), ("D", DAY)]


async def test_an_end_that_others_follow_is_not_moved_by_itself(world: World) -> None:
    await world.post(("A", "B"))

    async with world.api.by(world.administrator) as http:
        tag = (await http.get("/v1/agencies/A")).headers["etag"]
        answer = await http.patch(
            "/v1/agencies/A", json={"valid_until": None}, headers={"If-Match": tag}
        )

    assert (answer.status_code, codes_of(answer.json())) == (409, {"already_succeeded"})

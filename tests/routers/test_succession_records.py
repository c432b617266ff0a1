"""Recording successions: what they do at once and on their day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.jobs.hand_over import hand_over
from app.models import (
    Agency,
    AssigneeRole,
    AssignmentStatus,
    Client,
    SubmissionStatus,
)
from tests.support.clients import Api
from tests.support.factories import make_agency
from tests.support.factories_plans import make_submission
from tests.support.submission_drafts import draft_of
from tests.support.successions import DAY, World, codes_of, make_world


@pytest.fixture
async def world(api: Api, session: AsyncSession, administrator: Client) -> World:
    return await make_world(api, session, administrator)


async def test_one_successor_takes_over_since_the_day(world: World) -> None:
    answer = await world.post(("A", "B"))

    assert answer["takes_effect"] == "at_once"
    assert answer["counts"] == {"moved": 1, "merged": 1, "to_decide": 0, "stays": 0}
    assert await world.held(world.alone) == [("A", date(2024, 5, 20)), ("B", DAY)]
    [found] = answer["plans"]
    assert [one["to_agency"]["code"] for one in found["moved"]["first"]] == ["B"]
    ended = await world.session.get_one(Agency, world.agencies["A"].id)
    await world.session.refresh(ended)
    assert ended.valid_until == DAY


async def test_one_assignment_remains_where_both_had_it_and_lead_wins(world: World) -> None:
    await world.post(("A", "B"))

    merged, own = await world.of(world.both), await world.of(world.own)
    assert (merged.status, merged.merged_into_id) == (AssignmentStatus.MERGED, own.id)
    assert (own.role, own.deadline_on) == (AssigneeRole.LEAD, None)
    assert await world.held(world.both) == [("A", date(2024, 5, 20))]
    async with world.api.by(world.administrator) as http:
        shown = (await http.get(f"/v1/assignments/{own.id}")).json()
        gone = (await http.get(f"/v1/assignments/{merged.id}")).json()
    assert [(one["agency"]["code"], one["merged_on"]) for one in shown["merged_from"]] == [
        ("A", str(DAY))
    ]
    assert (gone["status"], gone["merged_into_id"], gone["timeliness"]) == (
        "merged",
        str(own.id),
        None,
    )


async def test_a_draft_goes_along_and_what_nobody_wrote_is_waived(world: World) -> None:
    a = world.agencies["A"]
    content = {"outcome": "in_progress", "percent": 10}
    given_draft = {"status": SubmissionStatus.DRAFT, "draft": content, "drafted_by_id": a.id}
    moved = await make_submission(world.session, world.alone, **given_draft)
    given = await make_submission(world.session, world.both, **given_draft)
    taken = await make_submission(world.session, world.own)
    lacking = await make_submission(world.session, world.both, period="2025")

    await world.post(("A", "B"))

    for row in (moved, given, taken, lacking):
        await world.session.refresh(row)
    for row in (moved, taken):
        draft = await draft_of(world.session, row.id)
        assert draft is not None
        found = draft.content, draft.drafted_by_id, draft.agency_id
        assert found == (content, a.id, world.agencies["B"].id)
    assert (given.status, await draft_of(world.session, given.id)) == ("waived", None)
    assert (lacking.assignment_id, lacking.status) == (world.own.id, "expected")


async def test_several_successors_wait_for_a_person(world: World) -> None:
    answer = await world.post(("A", "B"), ("A", "C"), kind="split")

    assert answer["counts"] == {"moved": 0, "merged": 0, "to_decide": 2, "stays": 0}
    assert await world.held(world.alone) == [("A", date(2024, 5, 20)), ("A?", DAY)]


async def test_a_dry_run_answers_the_same_and_stores_nothing(world: World) -> None:
    before = await world.counts()

    seen = await world.post(("A", "B"), dry_run=True)

    assert await world.counts() == before
    assert await world.holder(world.alone) == "A"
    done = await world.post(("A", "B"))
    assert [row.pop("id") for row in seen["successions"]] == [None]
    assert [row.pop("id") for row in done["successions"]] != [None]
    assert (seen.pop("dry_run"), done.pop("dry_run")) == (True, False)
    assert seen == done


async def test_what_is_to_come_is_told_now_and_done_on_its_day(world: World) -> None:
    day = local_day(utc_now()) + timedelta(40)

    answer = await world.post(("A", "B"), effective_on=str(day))

    assert answer["takes_effect"] == "on_its_day"
    assert answer["counts"]["moved"] == 1
    assert await world.holder(world.alone) == "A"
    sessions = world.api.app.state.sessionmaker
    noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    assert await hand_over(sessions, at=noon - timedelta(1)) == 0
    assert await hand_over(sessions, at=noon) == 2
    assert await hand_over(sessions, at=noon) == 0
    assert await world.held(world.alone) == [("A", date(2024, 5, 20)), ("B", day)]


async def test_what_is_closed_stays(world: World) -> None:
    world.alone.status = AssignmentStatus.COMPLETED
    world.alone.completed_on = world.alone.reported_on = date(2025, 2, 28)
    world.alone.changed_on = date(2025, 3, 10)
    await world.session.commit()

    answer = await world.post(("A", "B"))

    assert answer["counts"] == {"moved": 0, "merged": 1, "to_decide": 0, "stays": 1}
    assert await world.holder(world.alone) == "A"


async def test_who_completed_something_had_not_ended_by_then(world: World) -> None:
    world.alone.status = AssignmentStatus.COMPLETED
    world.alone.completed_on = world.alone.reported_on = world.alone.changed_on = DAY
    await world.session.commit()
    before = await world.counts()

    answer = await world.post(("A", "B"), status=409)

    assert answer["code"] == "closed_after_effective_day"
    assert await world.counts() == before
    assert await world.holder(world.both) == "A"


async def test_a_chain_recorded_backwards_leads_to_its_end(world: World) -> None:
    await world.post(("B", "C"), effective_on="2025-07-01")
    await world.post(("A", "B"))

    assert await world.held(world.alone) == [
        ("A", date(2024, 5, 20)),
        ("B", DAY),
        ("C", date(2025, 7, 1)),
    ]
    assert await world.holder(world.own) == "C"


@pytest.mark.parametrize(
    ("pairs", "given", "code"),
    [
        ([("A", "B"), ("B", "A")], {}, "circle"),
        ([("A", "B"), ("A", "B")], {}, "repeated_row"),
        ([("A", "A")], {}, "circle"),
        ([("A", "X")], {}, "unknown_agency"),
        ([("A", None)], {}, "successor_unless_abolished"),
        ([("A", "B")], {"kind": "abolition"}, "successor_unless_abolished"),
        ([("A", "LATE")], {}, "does_not_exist_then"),
        ([("A", "GONE")], {}, "does_not_exist_then"),
        ([("GONE", "B")], {}, "ended_on_another_day"),
        ([("LATE", "B")], {}, "does_not_exist_then"),
        ([], {}, "missing"),
        ([], {"corrects": ["00000000-0000-0000-0000-000000000001"]}, "not_in_force"),
    ],
)
async def test_what_can_not_be_is_refused_whole(
    world: World, pairs: list[tuple[str, str | None]], given: dict[str, Any], code: str
) -> None:
    await make_agency(world.session, code="LATE", valid_from=DAY + timedelta(1))
    await make_agency(world.session, code="GONE", valid_until=DAY - timedelta(1))
    before = await world.counts()

    answer = (
        await world.post(("C", "D"), *pairs, **given, status=422)
        if pairs
        else (await world.post(**given, status=422))
    )

    assert code in codes_of(answer)
    assert await world.counts() == before


async def test_the_same_again_is_refused_by_name(world: World) -> None:
    first = await world.post(("A", "B"))

    again = await world.post(("A", "B"), status=409)
    added = await world.post(("A", "C"), status=409)

    assert codes_of(again) == {"already_exists"}
    assert first["successions"][0]["id"] in again["detail"]
    assert codes_of(added) == {"already_succeeded"}


async def test_a_predecessor_that_goes_on_keeps_what_it_has(world: World) -> None:
    answer = await world.post(("A", "B"), kind="split", predecessors_end=False)

    assert answer["counts"] == {"moved": 0, "merged": 0, "to_decide": 0, "stays": 2}
    assert await world.holder(world.alone) == "A"

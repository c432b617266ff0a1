"""Recording successions: what they do at once, on their day, and when they were wrong."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.clock import local_day, utc_now
from app.domain.regimes.fields import default_regime
from app.jobs.hand_over import hand_over
from app.models import (
    Agency,
    AssigneeRole,
    Assignment,
    AssignmentState,
    AssignmentStatus,
    Client,
    Handover,
    HandoverState,
    Plan,
    SubmissionStatus,
    Succession,
    Task,
)
from tests.support.clients import Api
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_plan, make_submission, make_task
from tests.support.sample import COUNTED_IN
from tests.support.submission_drafts import draft_of

DAY = date(2025, 3, 1)
URL = "/v1/successions"


@dataclass
class World:
    """A plan in which A owes two tasks and B one of them as well."""

    api: Api
    session: AsyncSession
    administrator: Client
    plan: Plan
    tasks: list[Task]
    agencies: dict[str, Agency]
    both: Assignment
    alone: Assignment
    own: Assignment

    async def post(
        self, *pairs: tuple[str, str | None], dry_run: bool = False, **given: Any
    ) -> Any:
        """Record "A to B"; `status` is what it should be answered with."""
        status = given.pop("status", 200 if dry_run else 201)
        items = [{"predecessor": one, "successor": other} for one, other in pairs]
        body = {"kind": "merge", "effective_on": str(DAY), "items": items, **given}
        async with self.api.by(self.administrator) as http:
            answer = await http.post(f"{URL}?dry_run={str(dry_run).lower()}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def of(self, assignment: Assignment) -> Assignment:
        rows = await self.session.exec(
            select(Assignment)
            .where(col(Assignment.id) == assignment.id)
            .execution_options(populate_existing=True)
        )
        return rows.one()

    async def holder(self, assignment: Assignment) -> str:
        """Whose it is now, with a "?" while that is to be decided."""
        row = await self.of(assignment)
        codes = {agency.id: code for code, agency in self.agencies.items()}
        return codes[row.agency_id] + ("?" if row.awaits_handover else "")

    async def held(self, assignment: Assignment) -> list[tuple[str, date]]:
        """Whose it was, and since when."""
        codes = {agency.id: code for code, agency in self.agencies.items()}
        rows = await self.session.exec(
            select(AssignmentState)
            .where(col(AssignmentState.assignment_id) == assignment.id)
            .order_by(col(AssignmentState.since))
            .execution_options(populate_existing=True)
        )
        return [(codes[row.agency_id] + "?" * row.awaits_handover, row.since) for row in rows]

    async def counts(self) -> dict[str, int]:
        """How many rows there are of everything."""
        connection = await self.session.connection()
        found = {}
        for name, table in SQLModel.metadata.tables.items():
            if name not in COUNTED_IN | {"stored_answer"}:
                rows = await connection.execute(sa.select(sa.func.count()).select_from(table))
                found[name] = rows.scalar_one()
        return found


@pytest.fixture
async def world(api: Api, session: AsyncSession, administrator: Client) -> World:
    agencies = {code: await make_agency(session, code=code) for code in ("A", "B", "C", "D")}
    owner = await make_agency(session, code="P")
    plan = await make_plan(session, owner)
    tasks = [await make_task(session, plan), await make_task(session, plan)]
    both = await make_assignment(session, tasks[0], agencies["A"])
    alone = await make_assignment(session, tasks[1], agencies["A"])
    own = await make_assignment(
        session, tasks[0], agencies["B"], role=AssigneeRole.COORDINATING, deadline_on=None
    )
    return World(
        api, session, administrator, plan, tasks, agencies | {"P": owner}, both, alone, own
    )


def codes_of(answer: Any) -> set[str]:
    return {fault["code"] for fault in answer["errors"]}


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

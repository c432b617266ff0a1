"""The contents that an amendment is refused for, and the callers that may not make or see one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
import time_machine
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Role
from app.domain.regimes.fields import default_regime
from app.models import Agency, Client, Plan, PlanStatus, Task, TimeFrameKind
from tests.support.clients import Api
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_assignee, make_assignment, make_plan, make_task
from tests.support.transactions import work_as

TODAY = datetime(2024, 9, 2, 2, tzinfo=UTC)
BASIS = "120/QĐ-UBND ngày 30/8/2024"
LEAD = {"role": "lead", "source_text": "Sở A", "agency": "CO-QUAN"}
ADD: dict[str, Any] = {
    "change": "add",
    "ordinal": "3.1",
    "title": "Thêm",
    "time_frame_text": "Hằng năm",
    "assignees": [LEAD],
}


@dataclass
class World:
    """A plan of two tasks, 3.10 and 3.2, and a client of its issuer."""

    plan: Plan
    first: Task
    second: Task
    issuer: Client
    agency: Agency

    def item(self, **given: Any) -> dict[str, Any]:
        """A change of the first task."""
        return {"change": "change", "task": str(self.first.id), **given}


@pytest.fixture(autouse=True)
def autumn_2024() -> Iterator[None]:
    """A day in the year of the plan's issue."""
    with time_machine.travel(TODAY, tick=True):
        yield


@pytest.fixture
async def world(session: AsyncSession) -> World:
    """Tasks that are owed yearly."""
    agency = await make_agency(session, code="CO-QUAN")
    plan = await make_plan(session, await make_agency(session))
    session.add(default_regime(plan.id, date(2024, 1, 1)))
    frame = TimeFrameKind.CONTINUOUS
    first = await make_task(session, plan, ordinal="3.10", time_frame_kind=frame)
    second = await make_task(session, plan, ordinal="3.2", time_frame_kind=frame)
    for task in (first, second):
        await make_assignment(session, task, agency, deadline_on=None)
    issuer = await make_client(session, await session.get_one(Agency, plan.owner_id), [Role.ISSUER])
    return World(plan, first, second, issuer, agency)


async def draft(
    http: httpx.AsyncClient, world: World, *items: dict[str, Any], **given: Any
) -> httpx.Response:
    body = {"reason": "Vì thế.", "basis": BASIS, **given, "items": items}
    return await http.post(f"/v1/plans/{world.plan.id}/amendments", json=body)


async def issue(http: httpx.AsyncClient, drawn: httpx.Response) -> httpx.Response:
    assert drawn.status_code == 201, drawn.text
    return await http.post(f"/v1/amendments/{drawn.json()['id']}/issue")


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


async def test_each_fault_is_said_at_its_place(world: World, api: Api) -> None:
    nobody = "00000000-0000-0000-0000-000000000001"
    coordinating = {**LEAD, "role": "coordinating"}
    cases: list[tuple[dict[str, Any], str, str]] = [
        (world.item(task=nobody, title="x"), "#/items/0/task", "unknown_task"),
        (
            {"change": "resolve", "assignee": nobody, "agency": "CO-QUAN"},
            "#/items/0/assignee",
            "unknown_assignee",
        ),
        ({**ADD, "ordinal": "3.2"}, "#/items/0/ordinal", "ordinal_repeated"),
        (world.item(ordinal="3.2"), "#/items/0/ordinal", "ordinal_repeated"),
        ({**ADD, "assignees": [coordinating]}, "#/items/0/assignees", "lead_missing"),
        (
            {**ADD, "assignees": [{**LEAD, "agency": "KHONG-CO"}]},
            "#/items/0/assignees/0/agency",
            "unknown_agency",
        ),
        ({**ADD, "task_group_id": nobody}, "#/items/0/task_group_id", "unknown_task_group"),
    ]
    async with api.by(world.issuer) as http:
        answers = [await draft(http, world, item) for item, _, _ in cases]
        twice = await draft(http, world, ADD, ADD)
        other_number = await draft(http, world, ADD)

    assert [(one.status_code, faults(one)) for one in answers] == [
        (422, [(pointer, code)]) for _, pointer, code in cases
    ]
    assert faults(twice) == [(f"#/items/{n}/ordinal", "ordinal_repeated") for n in (0, 1)]
    # "3.1" is another number than "3.10".
    assert other_number.status_code == 201


@pytest.mark.parametrize(
    "item",
    [
        {"change": "add", "ordinal": "9"},
        {"change": "drop"},
        {"change": "drop", "task": "00000000-0000-0000-0000-000000000001", "title": "x"},
        {"change": "change", "task": "00000000-0000-0000-0000-000000000001"},
        {"change": "resolve", "assignee": "00000000-0000-0000-0000-000000000001"},
        {**ADD, "title": None},
        {**ADD, "assignees": []},
    ],
)
async def test_each_change_takes_its_own_members(
    world: World, api: Api, item: dict[str, Any]
) -> None:
    async with api.by(world.issuer) as http:
        answer = await draft(http, world, item)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_a_correction_has_no_new_words_and_needs_no_document(
    world: World, api: Api, session: AsyncSession
) -> None:
    unclear = await make_assignee(session, world.first, source_text="Trung tâm")
    resolve = {"change": "resolve", "assignee": str(unclear.id), "agency": "CO-QUAN"}
    meaning = world.item(time_frame={"kind": "until_year", "ends_on": "2026-12-31"})
    async with api.by(world.issuer) as http:
        said = {"kind": "correction", "basis": None}
        new = await draft(http, world, ADD, world.item(title="Khác"), **said)
        drawn = await draft(http, world, resolve, meaning, **said)
        issued = await issue(http, drawn)
        amendment = await draft(http, world, ADD, basis=None)
        unfounded = await issue(http, amendment)

    assert faults(new) == [("#/items/0/change", "new_words"), ("#/items/1/change", "new_words")]
    assert issued.status_code == 200, issued.text
    [moved] = issued.json()["changed"]
    assert (moved["task_ordinal"], moved["deadline_on"]) == ("3.10", "2026-12-31")
    assert (unfounded.status_code, faults(unfounded)) == (422, [("#/basis", "missing")])


async def test_it_takes_effect_on_no_day_that_has_passed(world: World, api: Api) -> None:
    async with api.by(world.issuer) as http:
        past = await issue(http, await draft(http, world, ADD, effective_on="2024-09-01"))
        after = await issue(http, await draft(http, world, ADD, effective_on="2031-01-01"))

    assert [faults(one) for one in (past, after)] == [[("#/effective_on", "not_forward")]] * 2


async def test_what_was_amended_since_is_drawn_up_anew(world: World, api: Api) -> None:
    async with api.by(world.issuer) as http:
        older = await draft(http, world, world.item(title="Cũ"))
        untouched = await draft(http, world, {"change": "drop", "task": str(world.second.id)})
        first = await issue(http, await draft(http, world, world.item(title="Mới")))
        outdated = await issue(http, older)
        other = await issue(http, untouched)
        body = {"reason": "Lại.", "basis": BASIS, "items": [world.item(title="Cũ")]}
        revised = await http.put(f"/v1/amendments/{older.json()['id']}", json=body)
        issued = await issue(http, older)
        task = (await http.get(f"/v1/tasks/{world.first.id}")).json()
        gone = await draft(http, world, {"change": "drop", "task": str(world.second.id)})
        history = await http.get(
            f"/v1/plans/{world.plan.id}/amendments?task={world.first.id}&state=issued&sort=number"
        )

    assert (first.status_code, other.status_code, issued.status_code) == (200, 200, 200)
    assert (outdated.status_code, outdated.json()["code"]) == (409, "amendment_outdated")
    assert faults(outdated) == [("#/items/0", "task_changed")]
    assert revised.json()["items"][0]["before"]["title"] == "Mới"
    assert (task["title"], task["version"]) == ("Cũ", 3)
    assert faults(gone) == [("#/items/0/task", "task_dropped")]
    versions = [(one["number"], one["items"][0]["fields"]) for one in history.json()["items"]]
    assert versions == [(2, ["title"]), (4, ["title"])]


async def test_a_task_that_waits_to_be_amended_is_amended_by_nobody_else(
    world: World, api: Api
) -> None:
    async with api.by(world.issuer) as http:
        later = await draft(http, world, world.item(title="Sau"), effective_on="2024-12-01")
        waits = await issue(http, later)
        refused = await issue(http, await draft(http, world, world.item(title="Ngay")))

    assert waits.json()["amendment"]["applied_at"] is None
    assert refused.json()["code"] == "amendment_outdated"


async def test_a_draft_is_for_those_who_may_amend_alone(
    world: World, api: Api, session: AsyncSession
) -> None:
    stranger = await make_client(session, world.agency, [Role.ISSUER])
    async with api.by(world.issuer) as http:
        drawn = await draft(http, world, ADD)
        url = f"/v1/amendments/{drawn.json()['id']}"
        seen = (await http.get(f"/v1/plans/{world.plan.id}/amendments")).json()["items"]
    async with api.by(stranger) as http:
        hidden = [await http.get(url), await http.post(f"{url}/issue")]
        not_theirs = await draft(http, world, ADD)
        listed = (await http.get(f"/v1/plans/{world.plan.id}/amendments")).json()["items"]
        told = (await http.get("/v1/events?type=tiendo.amendment.*")).json()
    async with api.by(world.issuer) as http:
        withdrawn = await http.post(f"{url}/withdraw")
        again = await http.post(f"{url}/withdraw")
        second = await draft(http, world, ADD)
        await issue(http, second)
    async with api.by(stranger) as http:
        public = await http.get(f"/v1/amendments/{second.json()['id']}")

    assert seen[0]["allowed_actions"] == ["change", "withdraw", "issue"]
    assert [one.status_code for one in hidden] == [404, 404]
    assert (not_theirs.status_code, listed, told["items"]) == (403, [], [])
    assert (withdrawn.json()["state"], withdrawn.json()["allowed_actions"]) == ("withdrawn", [])
    assert (again.status_code, again.json()["code"]) == (409, "amendment_not_draft")
    assert (public.status_code, public.json()["allowed_actions"]) == (200, [])


async def test_only_an_issued_plan_is_amended(
    world: World, api: Api, session: AsyncSession
) -> None:
    world.plan.status, world.plan.closed_at = PlanStatus.CLOSED, TODAY
    await session.commit()
    async with api.by(world.issuer) as http:
        answer = await draft(http, world, ADD)

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_plan_state")


async def test_nothing_is_stored_by_a_dry_run(
    world: World, api: Api, session: AsyncSession
) -> None:
    async with api.by(world.issuer) as http:
        drawn = await draft(http, world, {"change": "drop", "task": str(world.first.id)})
        url = f"/v1/amendments/{drawn.json()['id']}"
        tried = await http.post(f"{url}/issue?dry_run=true")
        after = (await http.get(url)).json()

    [ended] = tried.json()["ended"]
    assert (ended["agency"]["code"], ended["occurrence"]) == ("CO-QUAN", "once")
    assert after == drawn.json()
    await session.refresh(world.first)
    await session.refresh(world.plan)
    assert (world.first.dropped_on, world.first.version, world.plan.version) == (None, 1, 1)


async def test_what_waits_for_confirmation_stays(
    world: World, api: Api, session: AsyncSession
) -> None:
    owed = await make_assignment(
        session,
        world.second,
        await make_agency(session, code="KHAC"),
        status="awaiting_confirmation",
        reported_on=date(2024, 8, 30),
        changed_on=date(2024, 8, 30),
    )
    async with api.by(world.issuer) as http:
        drawn = await draft(http, world, {"change": "drop", "task": str(world.second.id)})
        outcome = (await issue(http, drawn)).json()

    assert [one["agency"]["code"] for one in outcome["kept"]] == ["KHAC"]
    assert [one["agency"]["code"] for one in outcome["ended"]] == ["CO-QUAN"]
    await session.refresh(owed)
    assert owed.status == "awaiting_confirmation"


@pytest.mark.parametrize(
    "statement",
    [
        "update amendment_item set after = '{}'",
        "update amendment_item set position = 7",
        "delete from amendment_item",
        "insert into amendment_item select gen_random_uuid(), created_at, amendment_id, 2, change,"
        " task_id, task_version, before, after from amendment_item",
        "update amendment set reason = 'Khác.'",
        "update amendment set basis = null, kind = 'correction'",
        "update amendment set effective_on = effective_on + 1, applied_at = now()",
        "update amendment set state = 'draft', number = null, issued_at = null, issued_on = null",
        "delete from amendment",
    ],
)
async def test_what_was_issued_is_never_changed(
    world: World, api: Api, session: AsyncSession, statement: str
) -> None:
    async with api.by(world.issuer) as http:
        await issue(http, await draft(http, world, ADD, effective_on="2024-10-01"))

    await work_as(session, None)
    with pytest.raises(IntegrityError, match="never changed or deleted"):
        async with session.begin_nested():
            await (await session.connection()).exec_driver_sql(statement)


async def test_what_was_carried_out_names_its_task_for_good(
    world: World, api: Api, session: AsyncSession
) -> None:
    async with api.by(world.issuer) as http:
        await issue(http, await draft(http, world, ADD))
    connection = await session.connection()
    kept = "select i.task_id, a.applied_at from amendment_item i, amendment a"
    row = (await connection.exec_driver_sql(kept)).one()

    assert row.task_id is not None
    assert row.applied_at is not None
    for statement in (
        "update amendment_item set task_id = (select id from task where ordinal = '3.2')",
        "update amendment set applied_at = null",
    ):
        with pytest.raises(IntegrityError, match="never changed or deleted"):
            async with session.begin_nested():
                await (await session.connection()).exec_driver_sql(statement)

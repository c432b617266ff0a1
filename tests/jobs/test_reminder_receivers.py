"""The receivers of a reminder, and the words to each."""

from collections import Counter
from datetime import date, timedelta

import pytest
import time_machine
from sqlmodel import col, select

from app.auth.principal import Role
from app.db import SessionMaker
from app.models import (
    AuditEntry,
    ContactLevel,
    Event,
    FocalPoint,
    Plan,
    Receiver,
    ReminderItem,
    ReminderRule,
)
from app.queries.registry.agencies import get_agency
from app.queries.row_security import reach_all
from tests.support.factories import make_agency
from tests.support.factories_plans import make_assignment, make_plan, make_submission, make_task
from tests.support.reminders import (
    DEADLINE,
    WEEK_BEFORE,
    days,
    morning,
    name_contact,
    remind_on,
    reminded,
    reminders_of,
)
from tests.support.report_requests import asked
from tests.support.sample import Sample
from tests.support.sample_facts import (
    FATHERLAND_FRONT,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)


async def test_a_plan_has_a_ladder_of_its_own(issued: Sample, sessions: SessionMaker) -> None:
    plan = await issued.the_plan()
    rule = ReminderRule(plan_id=plan.id, days=[-10, 0], every_days=5, head_from=0, office_from=None)
    issued.session.add(rule)
    await issued.session.commit()
    await name_contact(issued.session, await get_agency(issued.session, FOREIGN_AFFAIRS), plan,
                       level=ContactLevel.HEAD)  # fmt: skip
    for day in days(date(2024, 12, 20), 23):
        await remind_on(sessions, issued.api.settings, day)

    assignments = [one for one in await reminded(issued.session) if one.submission_id is None]
    fell = {(one.on_day, one.step) for one in assignments if one.receiver == Receiver.CLIENTS}
    head = {(one.on_day, one.step) for one in assignments if one.receiver == Receiver.HEAD}
    assert fell == {
        # A step that falls on a weekend is sent on the Monday after it.
        (date(2024, 12, 23), -10), (DEADLINE, 0), (date(2025, 1, 6), 5), (date(2025, 1, 10), 10),
    }  # fmt: skip
    assert head == {one for one in fell if (one[1] or 0) >= 0}
    assert Receiver.OFFICE not in {one.receiver for one in assignments}


async def test_the_contact_of_one_assignment_wins_over_the_plans(
    issued: Sample, sessions: SessionMaker
) -> None:
    agency, plan = await get_agency(issued.session, FOREIGN_AFFAIRS), await issued.the_plan()
    assignment = await issued.assignment(FOREIGN_AFFAIRS, "1.2", "2024")
    general = await name_contact(issued.session, agency, plan)
    special = await name_contact(
        issued.session, agency, plan, assignment_id=assignment.id, email="rieng@sngv.example"
    )
    ended = await name_contact(
        issued.session, await get_agency(issued.session, HEALTH), plan, valid_until=WEEK_BEFORE
    )
    await remind_on(sessions, issued.api.settings, WEEK_BEFORE)

    heard = {
        row.focal_point_id: {
            item.assignment_id
            for item in await issued.session.exec(
                select(ReminderItem).where(col(ReminderItem.reminder_id) == row.id)
            )
        }
        for row in await reminders_of(issued.session)
        if row.focal_point_id
    }
    assert heard.keys() == {general.id, special.id}
    assert ended.id not in heard
    assert heard[special.id] == {assignment.id}
    assert assignment.id not in heard[general.id]


async def test_one_address_is_one_receiver(issued: Sample, sessions: SessionMaker) -> None:
    agency, plan = await get_agency(issued.session, FOREIGN_AFFAIRS), await issued.the_plan()
    for level, email in (
        (ContactLevel.FOCAL, "Chung@SNGV.example"),
        (ContactLevel.HEAD, "chung@sngv.example"),
    ):
        await name_contact(issued.session, agency, plan, level=level, email=email)
    await remind_on(sessions, issued.api.settings, DEADLINE + timedelta(days=7))

    rows = [row for row in await reminders_of(issued.session) if row.agency_id == agency.id]
    assert [row.receiver for row in rows] == [Receiver.CLIENTS, Receiver.HEAD]
    assert rows[0].assignments == rows[1].assignments > 0


async def test_all_plans_are_gathered_in_one_and_each_coordinator_sees_its_own(
    issued: Sample, sessions: SessionMaker
) -> None:
    session, agency = issued.session, await get_agency(issued.session, FOREIGN_AFFAIRS)
    other = await make_agency(session, code="KHAC")
    plan = await make_plan(session, other)
    assignment = await make_assignment(session, await make_task(session, plan), agency)
    await make_submission(session, assignment, due_on=DEADLINE)
    await remind_on(sessions, issued.api.settings, WEEK_BEFORE)

    [row] = [one for one in await reminders_of(session) if one.agency_id == agency.id]
    seen = {}
    for who, role in (
        (FOREIGN_AFFAIRS, Role.READER),
        (INFORMATION, Role.COORDINATOR),
        ("KHAC", Role.READER),
    ):
        async with await issued.by(who, role) as http:
            url = f"/v1/reminders/{row.id}/items"
            items = (await http.get(url)).json()["items"]
            seen[who] = Counter(item["plan"]["id"] == str(plan.id) for item in items)
            assert (await http.get("/v1/reminders?agency=SNGV")).json()["items"][0][
                "plan_id"
            ] is None
    assert seen[FOREIGN_AFFAIRS] == {True: 2, False: row.assignments + row.submissions - 2}
    assert seen[INFORMATION] == {False: seen[FOREIGN_AFFAIRS][False]}
    assert seen["KHAC"] == {True: 2}


async def test_an_agency_hears_of_it_once_and_no_contact_is_told_to_anybody(
    issued: Sample, sessions: SessionMaker
) -> None:
    session, plan = issued.session, await issued.the_plan()
    agency, office = (
        await get_agency(session, FOREIGN_AFFAIRS),
        await get_agency(session, PROVINCIAL_COMMITTEE),
    )
    for level in (ContactLevel.FOCAL, ContactLevel.HEAD):
        await name_contact(session, agency, plan, level=level, phone="0909 999 888")
    await name_contact(session, office, plan, level=ContactLevel.OFFICE)
    day = DEADLINE + timedelta(days=30)
    await remind_on(sessions, issued.api.settings, day)

    told = [one for one in await session.exec(select(Event)) if one.noun == "reminder"]
    counts = Counter(one.agency_id for one in told)
    [mine] = [one for one in told if one.agency_id == agency.id]
    assert set(counts.values()) == {1}
    assert counts[office.id] == 1
    assert mine.type == "tiendo.reminder.sent"
    assert mine.plan_id == plan.id
    assert mine.data["also_to"] == ["focal", "head"]
    assert (mine.data["on_day"], mine.data["steps"]) == ("2025-01-30", [30])
    written = str([one.data for one in await session.exec(select(Event))])
    written += str([one.detail for one in await session.exec(select(AuditEntry))])
    async with reach_all(session):
        contacts = (await session.exec(select(FocalPoint))).all()
    assert contacts
    for contact in contacts:
        for secret in (contact.email, contact.name, contact.phone):
            assert secret is None or secret not in written


async def test_a_dry_run_shows_what_is_the_callers_to_see(issued: Sample) -> None:
    seen = {}
    with time_machine.travel(morning(date(2024, 12, 1)), tick=True):
        for who, role in (
            (FOREIGN_AFFAIRS, Role.READER),
            (INFORMATION, Role.READER),
            (FATHERLAND_FRONT, Role.REPORTER),
        ):
            async with await issued.by(who, role) as http:
                answer = await http.get("/v1/reminders/preview?on=2024-12-24&limit=200")
            seen[who] = {one["agency"]["code"] for one in answer.json()["items"]}

    assert seen[FOREIGN_AFFAIRS] == {FOREIGN_AFFAIRS}
    assert len(seen[INFORMATION]) > 10
    assert seen[FATHERLAND_FRONT] == set()


async def _owe_in_two_plans(issued: Sample) -> tuple[Plan, Plan]:
    """The sample's plan and another one, in both of which agencies owe; who coordinates one owes in
    the other. Submissions and agencies' reports are due on the same day as assignments."""
    session, plan = issued.session, await issued.the_plan()
    with time_machine.travel(morning(date(2024, 12, 1)), tick=True):
        await asked(
            issued, answered_by="agency", due_on=str(DEADLINE), agencies=[FOREIGN_AFFAIRS, HEALTH]
        )
    other = await make_agency(session, code="KHAC")
    second = await make_plan(session, other)
    for code in (FOREIGN_AFFAIRS, INFORMATION, HEALTH):
        agency = await get_agency(session, code)
        for level in (ContactLevel.FOCAL, ContactLevel.HEAD):
            await name_contact(session, agency, plan, level=level)
        task = await make_task(session, second)
        await make_submission(
            session, await make_assignment(session, task, agency), due_on=DEADLINE
        )
        task = await make_task(session, plan)
        await make_submission(
            session, await make_assignment(session, task, agency), due_on=DEADLINE
        )
    return plan, second


@pytest.mark.parametrize(
    ("day", "receivers"),
    [
        ("2024-12-24", {"clients", "focal"}),
        ("2025-01-30", {"clients", "focal", "head", "office"}),
    ],
)
async def test_each_agency_sees_its_part_of_the_whole(
    issued: Sample, day: str, receivers: set[str]
) -> None:
    plan, second = await _owe_in_two_plans(issued)
    with time_machine.travel(morning(date(2024, 12, 1)), tick=True):
        whole, seen = {}, {}
        # The office of the plan's owner is told too; the last of them owes nothing.
        callers = (
            FOREIGN_AFFAIRS, HEALTH, INFORMATION, "KHAC", PROVINCIAL_COMMITTEE, FATHERLAND_FRONT
        )  # fmt: skip
        for one, coordinator in ((plan, INFORMATION), (second, "KHAC")):
            of_plan = f"/v1/reminders/preview?on={day}&limit=200&plan={one.id}"
            async with await issued.issuer() as http:
                whole[coordinator] = (await http.get(of_plan)).json()["items"]
            for who in callers:
                async with await issued.by(who, Role.READER) as http:
                    seen[who, coordinator] = (await http.get(of_plan)).json().get("items", [])
                    both = (await http.get(of_plan.partition("&plan")[0])).json()["items"]
                seen[who, "both"] = both

    assert {one["receiver"] for one in whole[INFORMATION]} == receivers
    counts = ("assignments", "submissions", "agency_reports")
    assert all(any(one[count] for one in whole[INFORMATION]) for count in counts)
    assert any(one["submissions"] for one in whole["KHAC"])
    for who in callers:
        for coordinator, items in whole.items():
            part = [one for one in items if who in (coordinator, one["agency"]["code"])]
            found = seen[who, coordinator]
            assert [one | {"number": 0} for one in found] == [one | {"number": 0} for one in part]
        for count in counts:
            by_plan = sum(one[count] for key in whole for one in seen[who, key])
            assert sum(one[count] for one in seen[who, "both"]) == by_plan, (who, count)

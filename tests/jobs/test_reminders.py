"""The reminders that the worker makes on a day, and that it makes each of them once."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from sqlmodel import col, select

from app.db import SessionMaker
from app.domain.regimes.calendar_days import DayEntry, SeededDay, seed_days
from app.jobs.reminders import remind
from app.models import (
    AgencyReport,
    AssignmentStatus,
    CalendarDayKind,
    ContactLevel,
    ItemKind,
    PlanStatus,
    Receiver,
    Reminder,
    ReminderDay,
    ReminderItem,
    SubmissionStatus,
)
from app.queries.registry.agencies import get_agency
from tests.support.reminders import (
    DEADLINE,
    WEEK_BEFORE,
    morning,
    name_contact,
    remind_on,
    reminded,
    set_assignment,
)
from tests.support.report_requests import asked
from tests.support.sample import Sample
from tests.support.sample_facts import FOREIGN_AFFAIRS, HEALTH


async def steps_on(issued: Sample, day: date) -> Counter[int | None]:
    """The number of assignments with each step of which clients were reminded on a day."""
    said = await reminded(
        issued.session,
        col(Reminder.receiver) == Receiver.CLIENTS,
        col(Reminder.on_day) == day,
        col(ReminderItem.submission_id).is_(None),
    )
    return Counter(one.step for one in said)


async def test_what_fell_while_nobody_worked_is_told_once_and_as_it_is_now(
    issued: Sample, sessions: SessionMaker
) -> None:
    settings = issued.api.settings
    await remind_on(sessions, settings, WEEK_BEFORE - timedelta(days=1))
    for day in (date(2024, 12, 26), date(2024, 12, 27)):
        await remind_on(sessions, settings, day)
    caught_up = await steps_on(issued, date(2024, 12, 26))
    await remind_on(sessions, settings, date(2025, 1, 7))

    assert set(caught_up) == {-7}
    assert await steps_on(issued, date(2024, 12, 27)) == Counter()
    # The latest step is sent for the last day of the year's assignments; an agency ended meanwhile.
    assert set(await steps_on(issued, date(2025, 1, 7))) == {7}
    async with await issued.issuer() as http:
        listed = (await http.get("/v1/reminders?agency=SNGV&on_before=2024-12-27")).json()["items"]
        items = (await http.get(f"/v1/reminders/{listed[0]['id']}/items")).json()["items"]
    assert {(one["step"], one["days_left"]) for one in items} == {(-7, 5)}


async def test_on_a_day_off_nobody_is_reminded_and_the_next_working_day_makes_up_for_it(
    issued: Sample, sessions: SessionMaker
) -> None:
    settings, saturday = issued.api.settings, date(2024, 12, 28)
    # The calendar knows the year by the one holiday that is on a week before 31 December.
    holiday = SeededDay(WEEK_BEFORE, DayEntry(CalendarDayKind.HOLIDAY, "Nghỉ", "12/TB-BNV"))
    await seed_days(issued.session, [holiday], at=morning(WEEK_BEFORE))
    await issued.session.commit()
    await remind_on(sessions, settings, WEEK_BEFORE - timedelta(days=1))

    with time_machine.travel(morning(WEEK_BEFORE), tick=True):
        async with await issued.issuer() as http:
            off = (await http.get(f"/v1/reminders/preview?on={WEEK_BEFORE}")).json()["items"]
            after = (await http.get("/v1/reminders/preview?on=2024-12-25&limit=200")).json()
    await remind_on(sessions, settings, WEEK_BEFORE)
    on_the_day_off = await steps_on(issued, WEEK_BEFORE)
    await remind_on(sessions, settings, WEEK_BEFORE + timedelta(days=1))
    await remind_on(sessions, settings, saturday)

    assert (off, on_the_day_off) == ([], Counter())
    assert set(await steps_on(issued, WEEK_BEFORE + timedelta(days=1))) == {-7}
    days_done = {row.on_day for row in await issued.session.exec(select(ReminderDay))}
    assert days_done == {WEEK_BEFORE - timedelta(days=1), WEEK_BEFORE + timedelta(days=1)}
    [one] = [
        item
        for item in after["items"]
        if (item["agency"]["code"], item["receiver"]) == (FOREIGN_AFFAIRS, "clients")
    ]
    ordinals = [task["task"]["ordinal"] for task in one["tasks"]]
    assert len(ordinals) == len(set(ordinals)) > 1
    assert ordinals[:2] == ["1.1", "1.2"]
    assert {task["plan"]["number"] for task in one["tasks"]} == {"MAU-01/KH-MAU"}


async def test_on_its_first_day_it_tells_of_that_day_alone(
    issued: Sample, sessions: SessionMaker
) -> None:
    await remind_on(sessions, issued.api.settings, WEEK_BEFORE + timedelta(days=1))

    assert await reminded(issued.session) == []


async def test_a_day_is_done_once_and_not_before_its_hour(
    issued: Sample, sessions: SessionMaker
) -> None:
    early = datetime(2024, 12, 23, 23, 59, tzinfo=UTC)
    before = await issued.rows_of_all_tables()
    assert not await remind(sessions, issued.api.settings, at=early)
    assert await issued.rows_of_all_tables() == before

    assert await remind(sessions, issued.api.settings, at=early + timedelta(minutes=1))
    once = await issued.rows_of_all_tables()
    assert await remind(sessions, issued.api.settings, at=early + timedelta(hours=9))

    assert await issued.rows_of_all_tables() == once
    assert once["reminder"] > before["reminder"]
    [day] = await issued.session.exec(select(ReminderDay))
    assert day.on_day == WEEK_BEFORE


async def test_a_crash_in_the_middle_leaves_nothing_and_is_made_good(
    issued: Sample, sessions: SessionMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    await remind_on(sessions, issued.api.settings, WEEK_BEFORE - timedelta(days=1))
    before = await issued.rows_of_all_tables()
    with monkeypatch.context() as patch:
        patch.setattr("app.domain.acts.record_all", crash)
        with pytest.raises(KeyboardInterrupt):
            await remind_on(sessions, issued.api.settings, WEEK_BEFORE)
    assert await issued.rows_of_all_tables() == before

    # Not before the next day does a worker come back.
    next_day = WEEK_BEFORE + timedelta(days=1)
    await remind_on(sessions, issued.api.settings, next_day)
    assert set(await steps_on(issued, next_day)) == {-7}


@pytest.mark.parametrize(
    "values",
    [
        {"status": AssignmentStatus.SUSPENDED},
        {"status": AssignmentStatus.AWAITING_CONFIRMATION, "reported_on": date(2024, 12, 1)},
        {"status": AssignmentStatus.COMPLETED, "completed_on": date(2024, 12, 1)},
        {"status": AssignmentStatus.NOT_APPLICABLE},
        {"status": AssignmentStatus.REVOKED},
        {"awaits_handover": True},
        {"deadline_on": None},
        {"deadline_on": date(2025, 3, 31)},
    ],
    ids=str,
)
async def test_what_is_not_the_agencys_to_do_now_is_not_reminded(
    issued: Sample, sessions: SessionMaker, values: dict[str, Any]
) -> None:
    agency = await get_agency(issued.session, FOREIGN_AFFAIRS)
    every = await issued.assignments("1.2", "2024")
    [assignment] = [one for one in every if one.agency_id == agency.id]
    assert assignment.deadline_on == DEADLINE
    await set_assignment(issued.session, assignment, **values)
    await remind_on(sessions, issued.api.settings, WEEK_BEFORE)

    said = {one.assignment_id for one in await reminded(issued.session)}
    assert said
    assert assignment.id not in said


@pytest.mark.parametrize("status", ["submitted", "accepted", "waived"])
async def test_who_filed_is_not_reminded(
    issued: Sample, sessions: SessionMaker, status: str
) -> None:
    report = await issued.submission(FOREIGN_AFFAIRS, "1.2", "2024")
    filed = "attempts = 1, received_on = '2024-12-01'"
    more = {
        "accepted": ", accepted_attempt = 1",
        "waived": ", waived_reason = 'x', waived_on = '2024-12-01'",
    }.get(status, "")
    await issued.session.exec(
        sa.text(f"update submission set status = '{status}', {filed}{more} where id = :id"),  # type: ignore[call-overload]
        params={"id": report.id},
    )
    await issued.session.commit()
    await remind_on(sessions, issued.api.settings, report.due_on - timedelta(days=7))

    said = {one.submission_id for one in await reminded(issued.session)}
    assert len(said) > 1
    assert report.id not in said


async def test_a_plan_that_is_closed_and_an_agency_that_ended_are_left_alone(
    issued: Sample, sessions: SessionMaker
) -> None:
    agency, plan = await get_agency(issued.session, FOREIGN_AFFAIRS), await issued.the_plan()
    agency.valid_until = WEEK_BEFORE
    await issued.session.commit()
    await remind_on(sessions, issued.api.settings, WEEK_BEFORE)
    said = {one.agency_id for one in await reminded(issued.session)}
    plan.status, plan.closed_at = PlanStatus.CLOSED, morning(WEEK_BEFORE)
    await issued.session.commit()
    await remind_on(sessions, issued.api.settings, DEADLINE - timedelta(days=1))

    assert said
    assert agency.id not in said
    assert await steps_on(issued, DEADLINE - timedelta(days=1)) == Counter()


async def test_what_a_document_asks_of_an_agency_is_reminded_of_until_it_is_filed(
    issued: Sample, sessions: SessionMaker
) -> None:
    settings = issued.api.settings
    with time_machine.travel(morning(date(2024, 6, 7)), tick=True):
        told = await asked(issued, answered_by="agency", agencies=[FOREIGN_AFFAIRS, HEALTH])
    rows = list(await issued.session.exec(select(AgencyReport)))
    health = await get_agency(issued.session, HEALTH)
    [of_health] = [one for one in rows if one.agency_id == health.id]

    for day in (date(2024, 6, 12), date(2024, 6, 13), date(2024, 6, 21)):
        await remind_on(sessions, settings, day)
        if day == date(2024, 6, 13):
            of_health.status, of_health.waived_reason = SubmissionStatus.WAIVED, "Đã đủ."
            of_health.waived_on = day
            await issued.session.commit()
    items = list(
        await issued.session.exec(
            select(col(Reminder.on_day), col(ReminderItem.step))
            .join(ReminderItem, col(ReminderItem.reminder_id) == col(Reminder.id))
            .where(col(ReminderItem.kind) == ItemKind.AGENCY_REPORT)
            .where(col(Reminder.receiver) == Receiver.CLIENTS)
            .order_by(col(Reminder.on_day), col(ReminderItem.step))
        )
    )

    # It is due on 20 June; of the first day that is worked, only that day's steps are told.
    assert told["due_on"] == "2024-06-20"
    assert Counter((day.isoformat(), step) for day, step in items) == {
        ("2024-06-13", -7): 2,
        ("2024-06-21", 1): 1,
    }


async def test_a_dry_run_is_what_is_then_sent(issued: Sample, sessions: SessionMaker) -> None:
    plan = await issued.the_plan()
    for code in (FOREIGN_AFFAIRS, HEALTH):
        agency = await get_agency(issued.session, code)
        for level in (ContactLevel.FOCAL, ContactLevel.HEAD):
            await name_contact(issued.session, agency, plan, level=level)
    day = date(2025, 1, 7)
    await issued.issuer()
    before = await issued.rows_of_all_tables()
    with time_machine.travel(morning(date(2024, 12, 1)), tick=True):
        async with await issued.issuer() as http:
            answer = await http.get(f"/v1/reminders/preview?on={day}&limit=200")
            other = await http.get("/v1/reminders/preview?on=2025-01-08")
            past = await http.get("/v1/reminders/preview?on=2024-11-30")
    assert await issued.rows_of_all_tables() == before
    await remind_on(sessions, issued.api.settings, day)

    async with await issued.issuer() as http:
        sent = (await http.get(f"/v1/reminders?on_from={day}&limit=200")).json()["items"]
    names = ("receiver", "assignments", "submissions", "steps")

    def shape(items: list[dict[str, Any]]) -> list[Any]:
        return sorted([one["agency"]["code"], *(one[name] for name in names)] for one in items)

    assert answer.status_code == 200
    assert len(sent) > 10
    assert shape(answer.json()["items"]) == shape(sent)
    assert other.json()["items"] == []
    assert (past.status_code, past.json()["errors"][0]["code"]) == (422, "day_in_past")


async def test_the_pages_of_a_dry_run_are_the_whole_one(issued: Sample) -> None:
    plan = await issued.the_plan()
    url = f"/v1/reminders/preview?on={date(2025, 1, 7)}&limit="
    with time_machine.travel(morning(date(2024, 12, 1)), tick=True):
        async with await issued.issuer() as http:
            whole = (await http.get(f"{url}200")).json()["items"]
            paged: list[Any] = []
            following = f"{url}7"
            while following:
                page = (await http.get(following)).json()
                paged, following = paged + page["items"], page["next"]
            tasks = (await http.get(f"/v1/plans/{plan.id}/tasks?limit=200")).json()["items"]

    places = {task["id"]: place for place, task in enumerate(tasks)}
    named = [[places[one["task"]["id"]] for one in row["tasks"]] for row in whole]
    assert len(whole) > 14
    assert paged == whole
    assert [row["number"] for row in whole] == list(range(1, len(whole) + 1))
    # The tasks of each stand in the order of the plan.
    assert max(map(len, named)) > 1
    assert named == [sorted(set(one)) for one in named]

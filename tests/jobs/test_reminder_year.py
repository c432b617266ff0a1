"""A year of the whole plan, day by day, beside a loop that says the ladder in the plainest way."""

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select

from app.db import SessionMaker
from app.models import Agency, Assignment, ContactLevel, Receiver, Reminder, Submission
from app.queries.registry.agencies import get_agency
from tests.support.reminders import RemindedItem, days, name_contact, remind_on, reminded
from tests.support.sample import Sample
from tests.support.sample_facts import (
    FINANCE,
    FOREIGN_AFFAIRS,
    HEALTH,
    INFORMATION,
    PROVINCIAL_COMMITTEE,
)

FIRST = date(2024, 5, 21)
FRIDAY = 5
LISTED = {-30, -7, -1, 1, 7}
CLOSE = {
    "assignment": sa.text(
        "update assignment set status = 'completed', completed_on = :day, changed_on = :day"
        " where id = any(:ids)"
    ).bindparams(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
    "submission": sa.text(
        "update submission set status = 'waived', waived_reason = 'x', waived_on = due_on"
        " where id = any(:ids)"
    ).bindparams(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
}


@dataclass(frozen=True)
class Thing:
    """An assignment or a report, when it is due, and from which day on it is done."""

    assignment_id: UUID
    submission_id: UUID | None
    agency_id: UUID
    due_on: date
    done_on: date | None


async def things(issued: Sample, luck: random.Random, last: date) -> list[Thing]:
    """All that is owed; some is done on a day of the year, some never."""

    def done() -> date | None:
        span = (last - FIRST).days
        return (
            date.fromordinal(FIRST.toordinal() + luck.randrange(span))
            if luck.random() < 0.5
            else None
        )

    assignments = {
        row.id: Thing(row.id, None, row.agency_id, row.deadline_on or date.max, done())
        for row in await issued.session.exec(select(Assignment).order_by("id"))
    }
    found = [one for one in assignments.values() if one.due_on != date.max]
    for row in await issued.session.exec(select(Submission).order_by("id")):
        assignment, done_on = assignments[row.assignment_id], done()
        ends = min((day for day in (assignment.done_on, done_on) if day), default=None)
        found.append(
            Thing(assignment.assignment_id, row.id, assignment.agency_id, row.due_on, ends)
        )
    return found


def ladder(thing: Thing, since: list[date]) -> int | None:
    """The last step that fell on one of these days, of which the last is today; maybe none did."""
    if thing.done_on is not None and thing.done_on <= since[-1]:
        return None
    step = None
    for day in since:
        offset = (day - thing.due_on).days
        if offset in LISTED or (offset > 7 and offset % 30 == 0):
            step = offset
    return step


def expected(
    found: list[Thing],
    since: list[date],
    agencies: dict[UUID, Agency],
    contacts: set[tuple[UUID, ContactLevel]],
    office: Agency,
) -> list[RemindedItem]:
    """The reminders of a day to each receiver, *since* the last day on which somebody worked."""
    said: list[RemindedItem] = []
    day = since[-1]
    for one in found:
        step, agency = ladder(one, since), agencies[one.agency_id]
        if step is None or (agency.valid_until is not None and agency.valid_until <= day):
            continue
        to = [(agency.id, Receiver.CLIENTS, False)]
        if (agency.id, ContactLevel.FOCAL) in contacts:
            to.append((agency.id, Receiver.FOCAL, True))
        if step >= 7 and (agency.id, ContactLevel.HEAD) in contacts:
            to.append((agency.id, Receiver.HEAD, True))
        if step >= 30:
            to += [(office.id, Receiver.OFFICE, False), (office.id, Receiver.OFFICE, True)]
        said += [RemindedItem(day, *who, one.assignment_id, one.submission_id, step) for who in to]
    return said


async def name_contacts(issued: Sample) -> set[tuple[UUID, ContactLevel]]:
    """Some agencies name both whom they may."""
    plan, contacts = await issued.the_plan(), set()
    for code in (FOREIGN_AFFAIRS, FINANCE, INFORMATION, HEALTH):
        agency = await get_agency(issued.session, code)
        for level in (ContactLevel.FOCAL, ContactLevel.HEAD):
            row = await name_contact(issued.session, agency, plan, level=level)
            contacts.add((row.agency_id, level))
    return contacts


async def test_a_year_of_the_whole_plan_is_the_ladder_and_nothing_else(issued: Sample) -> None:
    session, settings = issued.session, issued.api.settings
    sessions: SessionMaker = issued.api.app.state.sessionmaker
    plan, luck = await issued.the_plan(), random.Random(20241213)
    year = list(days(FIRST, 366))
    agencies = {row.id: row for row in await session.exec(select(Agency))}
    office = await get_agency(session, PROVINCIAL_COMMITTEE)
    contacts = await name_contacts(issued)
    await name_contact(session, office, plan, level=ContactLevel.OFFICE)
    found = await things(issued, luck, year[-1])
    wanted: list[RemindedItem] = []
    since: list[date] = []

    connection = await session.connection()
    for day in year:
        ids = [one.submission_id for one in found if one.submission_id and one.done_on == day]
        assignments = [
            one.assignment_id for one in found if not one.submission_id and one.done_on == day
        ]
        for noun, done in (("submission", ids), ("assignment", assignments)):
            if done:
                given = {"ids": done} | ({"day": day} if noun == "assignment" else {})
                await connection.execute(CLOSE[noun], given)
        since.append(day)
        if day.day == 1:
            # In service autovacuum does so; what was planned for empty tables is slow on full ones.
            await connection.exec_driver_sql("analyze reminder, reminder_item")
        # Now and then no worker runs, for a day or for some; on weekends it sends nothing.
        works = day == year[0] or luck.random() < 0.8
        if works and await remind_on(sessions, settings, day) and day.isoweekday() <= FRIDAY:
            wanted += expected(found, since, agencies, contacts, office)
            since = []

    said = await reminded(session)
    assert sorted(said, key=str) == sorted(wanted, key=str)
    assert len(said) > 2000
    # At most one a day for each receiver, each step of a thing at most once for each.
    rows = list(await session.exec(select(Reminder)))
    assert max(Counter((r.on_day, r.agency_id, r.receiver_key) for r in rows).values()) == 1
    assert max(Counter(one[1:] for one in said).values()) == 1

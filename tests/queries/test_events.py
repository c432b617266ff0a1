"""The events that each viewer sees."""

from collections import Counter
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.clock import utc_now
from app.domain.records import Note, Subject, publish_all, record
from app.models import Agency, Event, PlanStatus
from app.queries.events import visible_events
from tests.support.factories import make_agency, make_client
from tests.support.factories_plans import make_assignment, make_plan, make_submission, make_task
from tests.support.sample import Sample, principal_of
from tests.support.sample_facts import HEALTH, PROVINCIAL_COMMITTEE
from tests.support.transactions import calls_of, count_calls

AT = utc_now()


def principal(agency: Agency, *roles: Role) -> Principal:
    return Principal(uuid4(), agency.id, frozenset(roles or (Role.READER,)))


async def seen(session: AsyncSession, viewer: Principal) -> set[str]:
    """The events that the viewer sees, by types without their first word."""
    rows = await session.exec(visible_events(viewer))
    return {row.type.removeprefix("tiendo.") for row in rows}


@pytest.mark.parametrize("role", Role)
async def test_the_registry_is_everyones(session: AsyncSession, role: Role) -> None:
    agency, other = await make_agency(session), await make_agency(session)
    for noun in ("agency", "collective"):
        record(session, None, "changed", Subject(noun, uuid4(), agency_id=agency.id), at=AT)
    await session.commit()

    assert await seen(session, principal(other, role)) == {"agency.changed", "collective.changed"}


@pytest.mark.parametrize("role", Role)
async def test_a_draft_is_its_agencys_alone(session: AsyncSession, role: Role) -> None:
    owner, other = await make_agency(session), await make_agency(session)
    draft = await make_plan(session, owner, status=PlanStatus.DRAFT)
    for noun in ("plan", "task", "assignee"):
        record(session, None, "changed", Subject(noun, uuid4(), draft.id, owner.id), at=AT)
    await session.commit()

    assert await seen(session, principal(other, role)) == set()
    assert len(await seen(session, principal(owner, role))) == 3


@pytest.mark.parametrize("role", Role)
async def test_what_came_before_the_issue_stays_its_agencys_and_the_rest_is_everyones(
    issued: Sample, role: Role
) -> None:
    plan = await issued.the_plan()
    record(issued.session, None, "closed", Subject("plan", plan.id, plan.id), at=AT)
    await issued.session.commit()

    by_owner = await seen(
        issued.session, principal_of(await issued.client(PROVINCIAL_COMMITTEE, role))
    )
    by_others = await seen(issued.session, principal_of(await issued.client(HEALTH, role)))

    assert by_owner >= {"plan.imported", "plan.issued", "plan.closed"}
    assert by_others >= {"plan.issued", "plan.closed"}
    assert "plan.imported" not in by_others


async def test_a_report_is_told_of_to_those_who_may_read_it(session: AsyncSession) -> None:
    names = ("owner", "coordinator", "lead", "second", "other-year", "stranger")
    agencies = {name: await make_agency(session) for name in names}
    plan = await make_plan(session, agencies["owner"], coordinator_id=agencies["coordinator"].id)
    task = await make_task(session, plan)
    await make_assignment(session, task, agencies["lead"], occurrence="2024")
    await make_assignment(session, task, agencies["other-year"], occurrence="2025")
    owed = await make_assignment(
        session, task, agencies["second"], role="coordinating", occurrence="2024"
    )
    report = await make_submission(session, owed)
    about = Subject("submission", report.id, plan.id, agencies["second"].id)
    record(session, None, "submitted", about, at=AT)
    await session.commit()

    saw = {
        (name, str(role))
        for name, agency in agencies.items()
        for role in Role
        if await seen(session, principal(agency, role))
    }

    readers = {"reporter", "coordinator"}
    by_part = {(name, role) for name in ("second", "lead", "coordinator") for role in readers}
    by_role = {(name, role) for name in names for role in ("issuer", "supervisor")}
    assert saw == by_part | by_role


async def test_what_is_of_no_plan_and_not_of_the_registry_is_its_agencys(
    session: AsyncSession,
) -> None:
    agency, other = await make_agency(session), await make_agency(session)
    session.add(
        Event(
            id=uuid4(), type="tiendo.other.made", subject="/v1/others/1", noun="other",
            row_id=uuid4(), occurred_at=AT, agency_id=agency.id, data={},
        )
    )  # fmt: skip
    await session.commit()

    assert await seen(session, principal(agency)) == {"other.made"}
    assert await seen(session, principal(other, *Role)) == set()


async def test_the_statement_can_be_narrowed_and_says_each_event_once(issued: Sample) -> None:
    client = await make_client(issued.session, await make_agency(issued.session), [Role.READER])
    statement = visible_events(principal_of(client)).where(col(Event.noun) == "plan")

    rows = list(await issued.session.exec(statement))

    assert "tiendo.plan.issued" in {row.type for row in rows}
    assert set(Counter(row.id for row in rows).values()) == {1}


async def test_the_place_in_the_feed_is_asked_for_once_however_many_are_told(
    session: AsyncSession,
) -> None:
    notes = [Note("changed", Subject("agency", uuid4()), {}) for _ in range(200)]
    await count_calls(session)

    await publish_all(session, notes, at=AT)

    assert await calls_of(session, "event_position") == 1
    places = set(await session.exec(select(Event.transaction_id)))
    assert places == {await session.scalar(text("select event_position(pg_current_xact_id())"))}

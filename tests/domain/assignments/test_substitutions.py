"""A collective without members: what stands for it, from which day, and what that makes owed."""

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.principal import Principal, Role
from app.clock import local_day
from app.domain.acts import Act
from app.domain.assignments import expand
from app.domain.handovers.succession_items import NewSuccession, SuccessionItem
from app.domain.handovers.successions import record_succession
from app.domain.regimes.fields import default_regime
from app.errors import ConflictError, InvalidError
from app.models import (
    Agency,
    AssigneeRole,
    Assignment,
    AssignmentState,
    AssignmentStatus,
    CollectiveMember,
    Event,
    Handover,
    HandoverState,
    Submission,
    SubmissionStatus,
    SuccessionKind,
    TimeFrameKind,
)
from tests.support.factories import make_agency, make_client, make_collective, make_member
from tests.support.factories_plans import make_assignee, make_plan, make_task
from tests.support.sample_facts import (
    AGRICULTURE_AND_ENVIRONMENT,
    EDUCATION,
    FINANCE,
    HOME_AFFAIRS,
    INFORMATION,
)
from tests.support.substitutions import AUGUST, ENDED, JULY, World


@pytest.fixture
async def world(session: AsyncSession) -> World:
    owner = await make_agency(session, code=INFORMATION)
    plan = await make_plan(session, owner)
    session.add(default_regime(plan.id, date(2024, 1, 1)))
    task = await make_task(session, plan, time_frame_kind=TimeFrameKind.ANNUAL)
    districts = await make_collective(session, code="HUYEN")
    for code in ("H-1", "H-2"):
        district = await make_agency(session, code=code, valid_until=ENDED)
        await make_member(session, districts, district, valid_until=ENDED)
    communes = await make_collective(session, code="XA")
    for code in ("X-1", "X-2", "X-3"):
        commune = await make_agency(session, code=code, valid_from=ENDED)
        await make_member(session, communes, commune, valid_from=ENDED)
    await make_assignee(session, task, owner)
    role = AssigneeRole.COORDINATING
    await make_assignee(session, task, role=role, collective_id=districts.id)
    client = await make_client(session, owner, [Role.COORDINATOR])
    coordinator = Principal(client.id, owner.id, frozenset({Role.COORDINATOR}))
    return World(session, coordinator, plan, task, districts, communes)


ALL_COMMUNES = {"X-1", "X-2", "X-3"}


async def test_until_it_is_decided_nobody_owes_and_that_is_listed(world: World) -> None:
    await world.roll(date(2025, 1, 1))
    await world.roll(local_day(JULY))

    waiting = await expand.not_assigned(world.session, world.plan, today=local_day(JULY))

    assert set(await world.owing("2025")) == {INFORMATION, "H-1", "H-2"}
    assert set(await world.owing("2026")) == {INFORMATION}
    assert [(one.occurrence, one.reason, one.collective) for one in waiting] == [
        ("2026", "no_members", world.districts.code)
    ]


async def test_stand_ins_owe_what_begins_from_then_on_and_only_that(world: World) -> None:
    await world.roll(date(2025, 1, 1))

    outcome = await world.decide()

    assert set(await world.owing("2025")) == {INFORMATION, "H-1", "H-2"}
    assert set(await world.owing("2026")) == {INFORMATION} | ALL_COMMUNES
    assert (outcome.made.assignments, outcome.made.submissions, outcome.revoked) == (3, 3, 0)
    assert outcome.made.not_assigned == ()
    assert await expand.not_assigned(world.session, world.plan, today=local_day(JULY)) == ()


async def test_what_was_decided_is_known_from_that_day_and_not_before(world: World) -> None:
    await world.roll(date(2025, 1, 1))

    await world.decide()

    assert set(await world.owing("2026", day=date(2025, 7, 9))) == {INFORMATION}
    assert set(await world.owing("2026", day=date(2025, 7, 10))) == {INFORMATION} | ALL_COMMUNES


async def test_years_to_come_follow_the_decision(world: World) -> None:
    await world.roll(date(2025, 1, 1))
    await world.decide()

    await world.roll(date(2026, 1, 1))

    assert set(await world.owing("2027")) == {INFORMATION} | ALL_COMMUNES
    assert set(await world.owing("2027", day=date(2026, 1, 1))) == {INFORMATION} | ALL_COMMUNES


async def test_a_decision_that_comes_late_makes_the_running_year_too(world: World) -> None:
    await world.roll(date(2025, 1, 1))
    await world.roll(date(2026, 1, 1))

    await world.decide(datetime(2026, 3, 2, 2, tzinfo=UTC))

    assert set(await world.owing("2026")) == {INFORMATION} | ALL_COMMUNES
    assert set(await world.owing("2026", day=date(2026, 3, 1))) == {INFORMATION}


async def test_nobody_is_told_of_a_year_that_is_over(world: World) -> None:
    await world.roll(date(2025, 1, 1))
    await world.roll(date(2026, 1, 1))
    await world.roll(date(2027, 1, 1))

    await world.decide(datetime(2027, 3, 2, 2, tzinfo=UTC))

    assert set(await world.owing("2026")) == {INFORMATION}
    assert set(await world.owing("2027")) == {INFORMATION} | ALL_COMMUNES


async def test_agencies_can_stand_in_by_name(world: World, session: AsyncSession) -> None:
    await world.roll(date(2025, 1, 1))

    await world.decide(agencies=[await make_agency(session, code=HOME_AFFAIRS)])

    assert set(await world.owing("2026")) == {INFORMATION, HOME_AFFAIRS}


async def test_who_leads_the_task_owes_it_once(world: World, session: AsyncSession) -> None:
    await world.roll(date(2025, 1, 1))
    lead = (await session.exec(select(Agency).where(col(Agency.code) == INFORMATION))).one()

    outcome = await world.decide(agencies=[lead, await make_agency(session, code=HOME_AFFAIRS)])

    assert outcome.made.assignments == 1


async def test_a_wrong_decision_is_set_right_by_another(
    world: World, session: AsyncSession
) -> None:
    await world.roll(date(2025, 1, 1))
    wrong = [await make_agency(session, code=code) for code in (HOME_AFFAIRS, FINANCE)]
    await world.decide(agencies=wrong)
    begun = sa.update(Assignment).where(col(Assignment.agency_id) == wrong[1].id)
    await session.exec(begun.values(status=AssignmentStatus.IN_PROGRESS))

    outcome = await world.decide(AUGUST)

    assert outcome.revoked == 1
    assert await world.owing("2026") == {
        INFORMATION: "not_started",
        HOME_AFFAIRS: "revoked",
        # An assignment that somebody has begun is not taken away.
        FINANCE: "in_progress",
        **dict.fromkeys(ALL_COMMUNES, "not_started"),
    }
    assert set(await world.owing("2026", day=date(2025, 8, 9))) == {
        INFORMATION,
        HOME_AFFAIRS,
        FINANCE,
    }
    waived = await session.exec(
        select(Submission)
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .where(col(Assignment.agency_id) == wrong[0].id)
    )
    assert [(row.status, row.waived_reason) for row in waived] == [
        (SubmissionStatus.WAIVED, "Không còn cấp huyện")
    ]


async def set_end(world: World, day: date | None) -> None:
    """Say when the districts end, and when they leave their collective."""
    districts = select(Agency.id).where(col(Agency.code).startswith("H-"))
    ended = sa.update(Agency).where(col(Agency.id).in_(districts))
    await world.session.exec(ended.values(valid_until=day))
    left = sa.update(CollectiveMember).where(col(CollectiveMember.agency_id).in_(districts))
    await world.session.exec(left.values(valid_until=day))
    await world.session.commit()


async def test_what_was_made_ahead_for_agencies_that_end_is_called_off(world: World) -> None:
    """The year was made before anybody knew that the districts would end."""
    await set_end(world, None)
    await world.roll(date(2025, 1, 1))
    assert set(await world.owing("2026")) == {INFORMATION, "H-1", "H-2"}
    await set_end(world, ENDED)

    outcome = await world.decide()

    assert outcome.revoked == 2
    told = select(Event.type).where(
        col(Event.type).in_(["tiendo.assignment.revoked", "tiendo.submission.waived"])
    )
    assert Counter(await world.session.exec(told)) == {
        "tiendo.assignment.revoked": 2,
        "tiendo.submission.waived": 2,
    }
    assert await world.owing("2026") == {
        INFORMATION: "not_started",
        "H-1": "revoked",
        "H-2": "revoked",
        **dict.fromkeys(ALL_COMMUNES, "not_started"),
    }
    assert set((await world.owing("2025")).values()) == {"not_started"}


async def test_what_is_called_off_waits_for_nobody_to_take_it_over(
    world: World, session: AsyncSession
) -> None:
    await set_end(world, None)
    await world.roll(date(2025, 1, 1))
    items = [SuccessionItem(old, new, None) for old in ("H-1", "H-2") for new in ("X-1", "X-2")]
    given = NewSuccession(kind=SuccessionKind.SPLIT, effective_on=ENDED, items=items)
    await record_succession(Act(session, None, datetime(2025, 7, 1, 2, tzinfo=UTC)), given)
    await session.commit()

    await world.decide()

    waiting = await session.exec(
        select(Assignment.occurrence, Handover.state).join(
            Handover, col(Handover.assignment_id) == col(Assignment.id)
        )
    )
    assert set(waiting) == {
        ("2024", HandoverState.PENDING),
        ("2025", HandoverState.PENDING),
        ("2026", HandoverState.SUPERSEDED),
    }
    assert (await world.owing("2026"))["H-1"] == "revoked"
    waited = await session.exec(
        select(AssignmentState).where(
            col(AssignmentState.awaits_handover), col(AssignmentState.occurrence) == "2026"
        )
    )
    assert {(row.since, row.until) for row in waited} == {(ENDED, date(2025, 7, 10))}


async def test_of_decisions_the_one_of_the_latest_day_holds(
    world: World, session: AsyncSession
) -> None:
    await world.roll(date(2025, 1, 1))
    await world.decide()
    await world.decide(
        AUGUST, agencies=[await make_agency(session, code=HOME_AFFAIRS)], from_day=date(2027, 1, 1)
    )

    await world.roll(date(2026, 1, 1))

    assert set(await world.owing("2026")) == {INFORMATION} | ALL_COMMUNES
    assert set(await world.owing("2027")) == {INFORMATION, HOME_AFFAIRS}


async def test_the_same_is_not_decided_twice(world: World) -> None:
    await world.decide()

    with pytest.raises(ConflictError):
        await world.decide(AUGUST)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"from_day": date(2025, 6, 30)}, "collective_has_members"),
        ({"from_day": date(2024, 5, 19)}, "outside_the_plans_life"),
        ({"from_day": date(2031, 1, 1)}, "outside_the_plans_life"),
        ({"collective": "XA", "stand_in_collective": "HUYEN"}, "not_named"),
        ({"collective": "KHONG-CO"}, "unknown_collective"),
        ({"stand_in_collective": "HUYEN"}, "no_members"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    world: World, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(InvalidError) as refusal:
        await world.decide(**given)

    assert [fault.code for fault in refusal.value.faults] == [code]


async def test_who_stands_in_exists_on_the_day(world: World, session: AsyncSession) -> None:
    late = await make_agency(session, valid_from=date(2025, 7, 2))

    with pytest.raises(InvalidError) as refusal:
        await world.decide(agencies=[late])

    assert [fault.pointer for fault in refusal.value.faults] == ["#/stand_in_agencies/0"]


async def test_a_class_that_cannot_be_counted_may_be_stood_for(
    world: World, session: AsyncSession
) -> None:
    schools = await make_collective(session, code="TRUONG", is_enumerable=False)
    role = AssigneeRole.COORDINATING
    await make_assignee(session, world.task, role=role, collective_id=schools.id)
    school_board = await make_agency(session, code=EDUCATION)

    await world.decide(collective="TRUONG", agencies=[school_board], from_day=date(2025, 1, 1))

    assert EDUCATION in await world.owing("2025")
    waiting = await expand.not_assigned(world.session, world.plan, today=local_day(JULY))
    assert [one.reason for one in waiting] == ["no_members"]


async def test_an_agency_owes_nothing_before_it_exists(world: World, session: AsyncSession) -> None:
    departments = await make_collective(session)
    merged = await make_agency(
        session, code=AGRICULTURE_AND_ENVIRONMENT, valid_from=date(2025, 3, 1)
    )
    await make_member(session, departments, merged, valid_from=date(2025, 3, 1))
    await make_assignee(session, world.task, collective_id=departments.id)

    await world.roll(date(2025, 1, 1))
    before = await world.owing("2026")
    await world.roll(date(2025, 2, 28))
    still = await world.owing("2026")
    await world.roll(date(2025, 3, 1))

    assert AGRICULTURE_AND_ENVIRONMENT not in {*before, *still}
    assert AGRICULTURE_AND_ENVIRONMENT in await world.owing("2026")
    assert AGRICULTURE_AND_ENVIRONMENT in await world.owing("2026", day=date(2025, 3, 1))


async def test_made_late_a_assignment_is_known_from_its_agencys_first_day(
    world: World, session: AsyncSession
) -> None:
    departments = await make_collective(session)
    merged = await make_agency(
        session, code=AGRICULTURE_AND_ENVIRONMENT, valid_from=date(2025, 3, 1)
    )
    await make_member(session, departments, merged, valid_from=date(2025, 3, 1))
    await make_assignee(session, world.task, collective_id=departments.id)

    await world.roll(date(2026, 6, 1))

    assert AGRICULTURE_AND_ENVIRONMENT not in await world.owing("2026", day=date(2025, 2, 28))
    assert AGRICULTURE_AND_ENVIRONMENT in await world.owing("2026", day=date(2025, 3, 1))


async def test_once_it_has_begun_an_occurrence_takes_no_new_members(
    world: World, session: AsyncSession
) -> None:
    await world.roll(date(2025, 1, 1))
    late = await make_agency(session, code="H-3")
    await make_member(session, world.districts, late)

    await world.roll(date(2025, 2, 1))

    assert "H-3" not in await world.owing("2025")
    # The next one has not begun, and follows the registry.
    assert "H-3" in await world.owing("2026")

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import col, select

from app.auth.principal import Role
from app.db import SessionMaker, make_sessionmaker
from app.domain.acts import PersonalAct
from app.domain.plans.close import Closing, close
from app.jobs.each import SomeFailedError
from app.jobs.roll_forward import roll_forward
from app.models import (
    Agency,
    Assignment,
    AssignmentState,
    AssignmentStatus,
    Event,
    Submission,
    Task,
    TimeFrameKind,
)
from tests.support.factories_plans import make_assignee, make_plan, make_task
from tests.support.sample import Sample, issued_database, principal_of
from tests.support.sample_facts import (
    AGRICULTURE,
    AGRICULTURE_AND_ENVIRONMENT,
    ENVIRONMENT,
    FOREIGN_AFFAIRS,
    INFORMATION,
    LABOUR,
    LOC_HA,
    PLANNING,
    PROVINCIAL_COMMITTEE,
    TRANSPORT,
)

# The first instant of the year in the province.
NEW_YEAR = datetime(2024, 12, 31, 17, tzinfo=UTC)
NEXT_NEW_YEAR = datetime(2025, 12, 31, 17, tzinfo=UTC)
ENDED = {PLANNING, AGRICULTURE, TRANSPORT, ENVIRONMENT, INFORMATION, LABOUR}
YEARLY_TASKS = 18


async def owed(issued: Sample) -> dict[str, int]:
    """The number of assignments of each occurrence."""
    rows = await issued.session.exec(select(col(Assignment.occurrence)))
    return dict(Counter(list(rows)))


async def owing(issued: Sample, ordinal: str, occurrence: str) -> set[str]:
    codes = {agency.id: agency.code for agency in await issued.session.exec(select(Agency))}
    return {codes[row.agency_id] for row in await issued.assignments(ordinal, occurrence)}


async def test_nothing_is_made_before_the_year_turns_in_the_province(
    issued: Sample, sessions: SessionMaker
) -> None:
    # From 15/12 on, what is still open owes a report of 2025.
    await roll_forward(sessions, at=datetime(2024, 12, 15, 5, tzinfo=UTC))
    before = await issued.rows_of_all_tables()

    made = await roll_forward(sessions, at=datetime(2024, 12, 31, 16, 59, 59, tzinfo=UTC))

    assert made == 0
    assert await issued.rows_of_all_tables() == before


async def test_a_new_year_brings_the_one_after_it(issued: Sample, sessions: SessionMaker) -> None:
    before = await owed(issued)

    made = await roll_forward(sessions, at=NEW_YEAR)

    after = await owed(issued)
    assert set(after) == {"once", "2024", "2025", "2026"}
    assert after == before | {"2026": made}
    tasks = await issued.session.exec(
        select(col(Task.ordinal))
        .join(Assignment, col(Assignment.task_id) == col(Task.id))
        .where(col(Assignment.occurrence) == "2026")
        .distinct()
    )
    # The only agency of 3.10 is still there.
    assert len(set(tasks)) == YEARLY_TASKS


async def test_a_plans_assignments_are_not_all_loaded_as_rows_of_the_orm(
    issued: Sample, sessions: SessionMaker
) -> None:
    loaded: list[UUID] = []

    def note(row: Assignment, _: object) -> None:
        loaded.append(row.id)

    sa.event.listen(Assignment, "load", note)
    try:
        made = await roll_forward(sessions, at=NEW_YEAR)
    finally:
        sa.event.remove(Assignment, "load", note)

    assert made > 0
    assert loaded == []


async def test_members_are_those_of_the_occurrences_first_day(
    issued: Sample, sessions: SessionMaker
) -> None:
    await roll_forward(sessions, at=NEW_YEAR)

    in_2025 = await owing(issued, "1.2", "2025")
    in_2026 = await owing(issued, "1.2", "2026")
    assert LOC_HA not in in_2025
    assert in_2025 > ENDED
    assert in_2026 & ENDED == set()
    assert in_2026 <= in_2025
    # The districts ended on 2025-07-01.
    assert not any(code.startswith("UBND-") for code in in_2026)


async def test_an_agency_that_comes_in_the_year_before_owes_from_then_on(
    issued: Sample, sessions: SessionMaker
) -> None:
    await roll_forward(sessions, at=NEW_YEAR)
    before = await owing(issued, "1.2", "2026")

    await roll_forward(sessions, at=datetime(2025, 2, 28, 17, tzinfo=UTC))

    assert await owing(issued, "1.2", "2026") - before == {AGRICULTURE_AND_ENVIRONMENT}


async def test_deadlines_and_days_of_a_new_year(issued: Sample, sessions: SessionMaker) -> None:
    await roll_forward(sessions, at=NEW_YEAR)

    rows = await issued.assignments("1.2", "2026")
    states = await issued.session.exec(
        select(AssignmentState).where(col(AssignmentState.occurrence) == "2026")
    )
    assert {(row.starts_on, row.deadline_on) for row in rows} == {
        (date(2026, 1, 1), date(2026, 12, 31))
    }
    assert {state.since for state in states} == {date(2025, 1, 1)}


async def test_reports_of_the_new_year_are_expected_of_what_is_open(
    issued: Sample, sessions: SessionMaker
) -> None:
    for row in await issued.assignments("3.3", "once"):
        if row.role == "coordinating":
            row.status = AssignmentStatus.NOT_APPLICABLE
    await issued.session.commit()

    await roll_forward(sessions, at=NEW_YEAR)

    rows = await issued.session.exec(
        select(col(Task.ordinal), col(Submission.assignment_id))
        .join(Assignment, col(Assignment.id) == col(Submission.assignment_id))
        .join(Task, col(Task.id) == col(Assignment.task_id))
        .where(col(Submission.period) == "2026", col(Assignment.occurrence) == "once")
    )
    found = Counter(ordinal for ordinal, _ in rows)
    # An assignment that ended in 2024 or 2025 is not reported on in 2026; nor is that of a district
    # which ended with the old year, beside the one of its successor.
    assert found == {"2.6": 31, "3.2": 31, "3.3": 1, "3.4": 6, "3.8": 31, "4.3": 33, "4.4": 13}


async def test_rolling_again_changes_nothing(issued: Sample, sessions: SessionMaker) -> None:
    await roll_forward(sessions, at=NEW_YEAR)
    before = await issued.rows_of_all_tables()

    made = await roll_forward(sessions, at=NEW_YEAR)

    assert made == 0
    assert await issued.rows_of_all_tables() == before


async def test_a_worker_that_slept_for_years_makes_them_all(
    issued: Sample, sessions: SessionMaker
) -> None:
    await roll_forward(sessions, at=datetime(2028, 6, 1, tzinfo=UTC))

    assert set(await owed(issued)) == {"once", *map(str, range(2024, 2030))}


async def test_no_assignment_is_made_after_the_plans_last_year(
    issued: Sample, sessions: SessionMaker
) -> None:
    await roll_forward(sessions, at=datetime(2033, 6, 1, tzinfo=UTC))

    periods = await issued.session.exec(select(col(Submission.period)).distinct())
    assert max(await owed(issued)) == "once"
    assert max(set(await owed(issued)) - {"once"}) == "2030"
    # An open assignment is reported on in the running year; nobody is asked for years that passed.
    assert set(periods) == {"2024", "2025", "2033"}


async def test_what_is_open_past_its_deadline_owes_each_period_that_begins(
    issued: Sample, sessions: SessionMaker
) -> None:
    row = await issued.assignment(FOREIGN_AFFAIRS, "2.5", "2024")
    days = [date(2024, 12, 14), date(2024, 12, 15), date(2025, 12, 15)]
    found = []
    for day in days:
        await roll_forward(sessions, at=datetime(day.year, day.month, day.day, 5, tzinfo=UTC))
        owed = select(col(Submission.period)).where(col(Submission.assignment_id) == row.id)
        found.append(set(await issued.session.exec(owed)))

    assert found == [{"2024"}, {"2024", "2025"}, {"2024", "2025", "2026"}]


async def test_a_closed_plan_is_left_alone(issued: Sample, sessions: SessionMaker) -> None:
    plan = await issued.the_plan()
    owner = await issued.client(PROVINCIAL_COMMITTEE, Role.ISSUER)
    act = PersonalAct(issued.session, principal_of(owner), NEW_YEAR)
    await close(act, plan, Closing("Hết thời gian thực hiện.", "unfinished", {}, None))
    await issued.session.commit()

    assert await roll_forward(sessions, at=NEXT_NEW_YEAR) == 0


async def test_rolling_is_written_down_as_the_services_own_doing(
    issued: Sample, sessions: SessionMaker
) -> None:
    plan = await issued.the_plan()

    made = await roll_forward(sessions, at=NEW_YEAR)

    entries, events = await issued.noted("plan", plan.id)
    assert (entries[-1].action, events[-1].type) == ("rolled_forward", "tiendo.plan.rolled_forward")
    assert (entries[-1].client_id, entries[-1].agency_id) == (None, None)
    # The district level, the ended agencies and what was never understood: nobody owes for these.
    assert entries[-1].detail["assignments"] == made
    assert entries[-1].detail["not_assigned"] > 0


async def test_a_plan_that_fails_stops_no_other(issued: Sample, sessions: SessionMaker) -> None:
    plan = await issued.the_plan()
    owner = await issued.session.get_one(Agency, plan.owner_id)
    broken = await make_plan(issued.session, owner, id=UUID(int=1))
    task = await make_task(issued.session, broken, time_frame_kind=TimeFrameKind.ANNUAL)
    await make_assignee(issued.session, task, owner)

    with pytest.raises(SomeFailedError):
        await roll_forward(sessions, at=NEW_YEAR)

    assert "2026" in await owed(issued)


@pytest.fixture
def url() -> Iterator[str]:
    """A database of this test's own, with the issued plan."""
    with issued_database() as url:
        yield url


@pytest.fixture
async def workers(url: str) -> AsyncIterator[tuple[SessionMaker, SessionMaker]]:
    """Sessions of two workers, each with connections of its own."""
    engines = [create_async_engine(url), create_async_engine(url)]
    yield make_sessionmaker(engines[0]), make_sessionmaker(engines[1])
    for engine in engines:
        await engine.dispose()


async def test_two_workers_at_once_make_nothing_twice(
    workers: tuple[SessionMaker, SessionMaker],
) -> None:
    made = await asyncio.gather(*(roll_forward(one, at=NEW_YEAR) for one in workers))

    async with workers[0]() as session:
        count = sa.func.count()
        rows = await session.exec(
            select(count).select_from(Assignment).where(col(Assignment.occurrence) == "2026")
        )
        assert rows.one() == sum(made) == max(made)
        told = await session.exec(
            select(count).select_from(Event).where(col(Event.type).endswith("rolled_forward"))
        )
        assert told.one() == 1

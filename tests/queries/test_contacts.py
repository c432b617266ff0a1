"""Contact data is read by those who work with it, also where a query forgets to ask for them so."""

from datetime import date
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select

from app.auth.principal import Principal, Role
from app.config import DatabaseRole
from app.db import make_reading_sessionmaker
from app.models import Agency, Assignment, ContactLevel, FocalPoint
from app.models.base import new_id
from app.queries.assignments.focal_points import sees_focal_points
from app.queries.row_security import ALLOW, reach_all, read_as
from tests.support.sample import Sample
from tests.support.transactions import count_rows, work_as


@pytest.fixture
async def named(issued: Sample) -> Sample:
    """The sample, where every assignment of 2024 and every agency with one has a contact."""
    plan = await issued.the_plan()
    owed = (
        await issued.session.exec(select(Assignment).where(col(Assignment.occurrence) == "2024"))
    ).all()
    scopes = {(one.agency_id, one.id) for one in owed} | {(one.agency_id, None) for one in owed}
    issued.session.add_all(
        FocalPoint(
            agency_id=agency_id,
            plan_id=plan.id,
            assignment_id=assignment_id,
            level=ContactLevel.FOCAL,
            name="Văn thư",
            phone="0239 385 5555",
            valid_from=date(2024, 6, 1),
        )
        for agency_id, assignment_id in scopes
    )
    async with reach_all(issued.session):
        await issued.session.flush()
    await count_rows(issued.session)
    return issued


@pytest.mark.parametrize("role", DatabaseRole)
async def test_a_query_without_a_condition_reads_no_more_contacts(
    named: Sample, role: DatabaseRole
) -> None:
    await work_as(named.session, role)
    agencies = (await named.session.exec(select(Agency.id))).all()
    seen: dict[UUID, int] = {}
    for agency_id in agencies:
        reader = Principal(new_id(), agency_id, frozenset({Role.REPORTER, Role.COORDINATOR}))
        await read_as(named.session, agency_id)
        every = set(await named.session.exec(select(FocalPoint.id)))
        seen[agency_id] = len(every)
        asked = select(FocalPoint.id).where(sees_focal_points(reader))
        assert every == set(await named.session.exec(asked))

    total = await named.rows(FocalPoint)
    # The coordinator of the plan reads all contacts; an agency reads its own and those of the tasks
    # it leads.
    assert max(seen.values()) == total
    assert sum(0 < count < total for count in seen.values()) > 0
    connection = await named.session.connection()
    await connection.execute(ALLOW, {"agencies": ""})
    assert (await named.session.exec(select(FocalPoint.id))).all() == []


async def test_nobody_writes_a_contact_that_is_not_theirs_to_read(named: Sample) -> None:
    connection = await named.session.connection()
    await read_as(named.session, new_id())

    changed = await connection.execute(sa.update(FocalPoint).values(phone="0"))

    assert changed.rowcount == 0
    plan = await named.the_plan()
    agency = (await named.session.exec(select(Agency.id).limit(1))).one()
    row = FocalPoint(
        agency_id=agency,
        plan_id=plan.id,
        level=ContactLevel.HEAD,
        name="Giám đốc",
        phone="0239 385 5555",
        valid_from=date(2024, 6, 1),
    )
    named.session.add(row)
    with pytest.raises(sa.exc.DBAPIError, match="row-level security"):
        await named.session.flush()


async def test_who_reads_without_a_transaction_is_not_told_for_whom(
    connection: AsyncConnection,
) -> None:
    sessions = make_reading_sessionmaker(connection, join_transaction_mode="create_savepoint")
    async with sessions() as session:
        with pytest.raises(RuntimeError):
            await read_as(session, new_id())
        with pytest.raises(RuntimeError):
            async with reach_all(session):
                pass


async def test_the_first_contacts_are_found_without_looking_at_all_that_an_agency_leads(
    named: Sample,
) -> None:
    await work_as(named.session, DatabaseRole.SERVICE)
    agency_id = (await named.session.exec(select(Agency.id).limit(1))).one()
    await read_as(named.session, agency_id)
    explain = sa.text("explain select id from focal_point order by valid_from, id limit 51")
    plan = "\n".join((await (await named.session.connection()).execute(explain)).scalars())

    # PostgreSQL puts the rows of a hashed subquery together before it asks of the first contact.
    assert "SubPlan" in plan
    assert "hashed" not in plan

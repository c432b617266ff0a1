"""The name that an agency bears on a day, as statements join it and as rows of the ORM find it."""

import random
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Agency, AgencyKind, AgencyName
from app.queries.json_shapes import AGENCY_NAME, NAME_OF_DAY
from app.queries.registry.agencies import agency_names

FIRST = date(2024, 1, 1)
DAYS = [FIRST + timedelta(step) for step in range(-3, 40)]
NAMED = sa.text(f"select agency.id, {AGENCY_NAME} from agency {NAME_OF_DAY}")


def some_names(dice: random.Random) -> list[AgencyName]:
    """The names of one agency, one after another: with gaps, without a first or a last day."""
    names, day = [], FIRST + timedelta(dice.randint(0, 5))
    for number in range(dice.randint(1, 3)):
        end = day + timedelta(dice.randint(1, 10))
        names.append(AgencyName(name=f"Sở thứ {number}", valid_from=day, valid_until=end))
        day = end + timedelta(dice.choice([0, 0, 4]))
    if dice.random() < 0.5:
        names[0].valid_from = None
    if dice.random() < 0.5:
        names[-1].valid_until = None
    return names


def name_on(names: list[AgencyName], day: date) -> str:
    """The name whose days have *day* among them, or the last one."""
    for name in names:
        begins, ends = name.valid_from or date.min, name.valid_until or date.max
        if begins <= day < ends:
            return name.name
    return names[-1].name


async def test_an_agency_bears_its_name_of_the_day_or_its_last_one(session: AsyncSession) -> None:
    dice, given = random.Random(7), dict[UUID, list[AgencyName]]()
    for number in range(40):
        agency = Agency(code=f"CQ-{number:02}", kind=AgencyKind.DEPARTMENT)
        session.add(agency)
        await session.flush()
        given[agency.id] = some_names(dice)
        for name in given[agency.id]:
            name.agency_id = agency.id
        session.add_all(given[agency.id])
    await session.flush()

    connection, fell_back = await session.connection(), 0
    for day in DAYS:
        expected = {id_: name_on(names, day) for id_, names in given.items()}
        rows = (await connection.execute(NAMED, {"today": day})).all()
        assert sorted(id_ for id_, _ in rows) == sorted(given)
        assert dict(tuple(row) for row in rows) == expected, day
        labels = await agency_names(session, list(given), day=day)
        assert {id_: label.name for id_, label in labels.items()} == expected, day
        fell_back += any(
            not any((n.valid_from or date.min) <= day < (n.valid_until or date.max) for n in names)
            for names in given.values()
        )
    assert fell_back > 10


async def test_an_agency_without_a_name_is_called_by_its_code(session: AsyncSession) -> None:
    session.add(Agency(code="CQ-00", kind=AgencyKind.DEPARTMENT))
    await session.flush()

    rows = (await (await session.connection()).execute(NAMED, {"today": FIRST})).all()

    assert [name for _, name in rows] == ["CQ-00"]

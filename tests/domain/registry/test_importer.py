from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

import app.sample
from app.documents.files.csv_files import SourceFile
from app.domain.registry.importing.files import RegistryFiles, read_registry
from app.domain.registry.importing.importer import (
    RegistryCounts,
    RegistryFilesError,
    import_registry,
)
from app.domain.registry.importing.state import RowCounts
from app.models import Agency, AuditEntry, CollectiveMember, Event, Succession
from app.queries.registry.agencies import get_agency, names_on
from app.queries.registry.collectives import get_collective, list_with_aliases, members_on
from tests.support.factories import make_agency, make_collective, make_member
from tests.support.sample_facts import COMMUNES, DEPARTMENTS, DISTRICTS, INFORMATION, SCHOOLS

AT = datetime(2026, 11, 22, tzinfo=UTC)
SAMPLE = Path(app.sample.__file__).parent
KINDS = {
    "agencies": "code,name,kind,short_name,identifier,parent,valid_from,valid_until,aliases",
    "collectives": "code,name,enumerable,aliases",
    "members": "collective,agency,valid_from,valid_until",
    "successions": "predecessor,successor,effective_on,kind,scope",
}


def sample() -> RegistryFiles:
    """The files of the sample."""

    def source(name: str) -> SourceFile:
        return SourceFile(name, (SAMPLE / name).read_bytes())

    return read_registry(
        agencies=source("agencies.csv"),
        collectives=source("collectives.csv"),
        members=source("collective-members.csv"),
        successions=source("successions.csv"),
    )


async def load(session: AsyncSession, **files: list[str]) -> RegistryCounts:
    """Import these rows, with short rows filled up by empty cells."""
    sources = {
        kind: SourceFile(f"{kind}.csv", "\n".join([KINDS[kind], *_filled(kind, rows)]).encode())
        for kind, rows in files.items()
    }
    return await import_registry(session, read_registry(**sources), at=AT)


def _filled(kind: str, rows: list[str]) -> list[str]:
    commas = KINDS[kind].count(",")
    return [row + "," * (commas - row.count(",")) for row in rows]


async def reasons(session: AsyncSession, **files: list[str]) -> list[tuple[str, str]]:
    """The faults for which these rows are refused: the pointer and the code of each."""
    with pytest.raises(RegistryFilesError) as refusal:
        await load(session, **files)
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


async def count(session: AsyncSession, table: type) -> int:
    """The number of rows."""
    return (await session.exec(select(sa.func.count()).select_from(table))).one()


async def test_the_sample_is_loaded_once(session: AsyncSession) -> None:
    first = await import_registry(session, sample(), at=AT)
    events = await count(session, Event)
    second = await import_registry(session, sample(), at=AT)

    assert first == RegistryCounts(
        RowCounts(116, 0, 0), RowCounts(4, 0, 0), RowCounts(102, 0, 0), RowCounts(81, 0, 0)
    )
    assert second == RegistryCounts(
        RowCounts(0, 0, 116), RowCounts(0, 0, 4), RowCounts(0, 0, 102), RowCounts(0, 0, 81)
    )
    assert await count(session, Event) == await count(session, AuditEntry) == events


async def test_the_sample_counts_agencies_as_of_a_day(session: AsyncSession) -> None:
    await import_registry(session, sample(), at=AT)
    groups = {row.code: row for row in await list_with_aliases(session)}
    ids = {code: groups[code].id for code in (DEPARTMENTS, DISTRICTS, COMMUNES)}

    async def sizes(day: date) -> list[int]:
        members = await members_on(session, ids.values(), day)
        return [len(members[key]) for key in ids.values()]

    assert await sizes(date(2024, 5, 20)) == [19, 13, 0]
    assert (await sizes(date(2025, 1, 1)))[1] == 12
    assert (await sizes(date(2025, 7, 1)))[1:] == [0, 69]
    assert groups[SCHOOLS].is_enumerable is False
    assert INFORMATION in {row.code for row in await names_on(session, date(2025, 2, 28))}
    assert INFORMATION not in {row.code for row in await names_on(session, date(2025, 3, 1))}


async def test_a_changed_row_corrects_what_may_change(session: AsyncSession) -> None:
    await load(
        session,
        agencies=["A,Sở A,department,SA", "B,Sở B,department"],
        collectives=["N,Nhóm,true,x"],
        members=["N,A"],
        successions=["A,B,2025-03-01,merge"],
    )
    counts = await load(
        session,
        agencies=["A,Sở A,other,SoA,H27.01,B,,2026-01-01,x;y", "B,Sở B,department"],
        collectives=["N,Các nhóm,true,y"],
        members=["N,A,,2025-06-01"],
        successions=["A,B,2025-03-01,split,nửa"],
    )

    agency = await get_agency(session, "000.00.01.H27")
    assert (agency.code, agency.kind, agency.valid_until) == ("A", "other", date(2026, 1, 1))
    assert agency.parent_id == (await get_agency(session, "B")).id
    (named,) = [row for row in await names_on(session, date(2025, 1, 1)) if row.code == "A"]
    assert (named.short_name, named.aliases) == ("SoA", ("x", "y"))
    (group,) = await list_with_aliases(session)
    assert (group.name, group.aliases) == ("Các nhóm", ("x", "y"))
    assert (await session.exec(select(CollectiveMember))).one().valid_until == date(2025, 6, 1)
    assert (await session.exec(select(Succession.scope))).one() == "nửa"
    assert counts == RegistryCounts(
        RowCounts(0, 1, 1), RowCounts(0, 1, 0), RowCounts(0, 1, 0), RowCounts(0, 1, 0)
    )


async def test_an_empty_cell_leaves_what_is_stored(session: AsyncSession) -> None:
    await load(
        session, agencies=["B,Sở B,department", "A,Sở A,department,SA,H27.01,B,2020-01-01,,x"]
    )
    counts = await load(session, agencies=["A,Sở A,department"])

    agency = await get_agency(session, "A")
    assert counts.agencies == RowCounts(0, 0, 1)
    assert (agency.identifier, agency.valid_from) == ("H27.01", date(2020, 1, 1))


async def test_rows_may_name_what_comes_after_them(session: AsyncSession) -> None:
    await load(
        session,
        agencies=["A,Sở A,department,,,C", "C,UBND,other,,,D", "D,Tỉnh,other"],
        collectives=["N,Nhóm,true"],
        members=["N,C,2024-01-01,2025-01-01", "N,C,2025-01-01"],
    )

    parent = await get_agency(session, "C")
    assert (await get_agency(session, "A")).parent_id == parent.id


async def test_identifiers_may_be_swapped(session: AsyncSession) -> None:
    await load(session, agencies=["A,A,other,,H27.01", "B,B,other,,H27.02"])
    counts = await load(session, agencies=["A,A,other,,H27.02", "B,B,other,,H27.01"])

    assert counts.agencies == RowCounts(0, 2, 0)
    assert (await get_agency(session, "H27.01")).code == "B"


async def test_bad_rows_are_named_together_and_nothing_is_stored(session: AsyncSession) -> None:
    old = await make_agency(session, code="CU", name="Cũ", identifier="H27.09")
    group = await make_collective(session, code="NHOM", members=[old])
    before = await count(session, Agency)

    found = await reasons(
        session,
        agencies=[
            "A,Sở A,department,,H27.09",
            "H27.09,Sở B,department",
            "CU,Tên khác,department,,,,,,",
            "C,Sở C,department,,,LA",
            "D,Sở D,department,,,D",
            "E,Sở E,bộ",
            "F,Sở F,department,,,,2025-01-01",
        ],
        collectives=["NHOM,Nhóm,false", "HO,Hở,false"],
        members=["NHOM,CU,2025-01-01", "HO,A", "X,A", "NHOM,E", "NHOM,G", "NHOM,F,2024-01-01"],
        successions=["E,A,2025-01-01,merge", "G,A,2025-01-01,merge"],
    )

    assert sorted(found) == [
        ("agencies.csv:2:identifier", "already_exists"),
        ("agencies.csv:3:code", "already_exists"),
        ("agencies.csv:4:name", "another_name"),
        ("agencies.csv:5:parent", "unknown_agency"),
        ("agencies.csv:6:parent", "circle"),
        ("agencies.csv:7:kind", "bad_cell"),
        ("collectives.csv:2:enumerable", "collective_not_enumerable"),
        ("members.csv:2", "already_exists"),
        ("members.csv:2:collective", "collective_not_enumerable"),
        ("members.csv:3:collective", "collective_not_enumerable"),
        ("members.csv:4:collective", "unknown_collective"),
        ("members.csv:6:agency", "unknown_agency"),
        ("members.csv:7:agency", "outside_the_agencys_life"),
        ("members.csv:7:collective", "collective_not_enumerable"),
        ("successions.csv:3:predecessor", "unknown_agency"),
    ]
    # The caller may go on with the same session: its rows are as they were.
    await session.commit()
    assert await count(session, Agency) == before
    assert (await get_collective(session, "NHOM")).is_enumerable is group.is_enumerable is True
    assert await count(session, Event) == 0


async def test_an_agency_does_not_end_before_what_is_its_own(session: AsyncSession) -> None:
    agency = await make_agency(session, code="A", name="A", valid_from=date(2020, 1, 1))
    group = await make_collective(session, code="N")
    await make_member(session, group, agency, valid_until=date(2026, 1, 1))

    early = ["A,A,department,,,,,2025-01-01"]
    assert await reasons(session, agencies=early) == [
        ("agencies.csv:2", "outside_the_agencys_life")
    ]
    assert await reasons(session, agencies=["A,A,department,,,,,2020-01-01"]) == [
        ("agencies.csv:2:valid_until", "empty_period")
    ]
    # Unless the same import ends the membership as well.
    await load(session, agencies=early, members=["N,A,,2025-01-01"])


async def test_overlaps_of_long_memberships_are_all_found(session: AsyncSession) -> None:
    assert await reasons(
        session,
        agencies=["A,A,other"],
        collectives=["N,N,true"],
        members=["N,A,2020-01-01,2029-01-01", "N,A,2021-01-01,2022-01-01", "N,A,2023-01-01"],
    ) == [("members.csv:3", "already_exists"), ("members.csv:4", "already_exists")]


async def test_agencies_are_not_above_one_another(session: AsyncSession) -> None:
    await load(session, agencies=["A,A,other", "B,B,other,,,A"])

    assert await reasons(session, agencies=["A,A,other,,,B"]) == [
        ("agencies.csv:2:parent", "circle")
    ]

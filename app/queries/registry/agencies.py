"""Reading the registry of agencies, as of a day."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.errors import NotFoundError, Text
from app.models import Agency, AgencyAlias, AgencyKind, AgencyName
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, read_rows
from app.queries.rows import grouped, locked
from app.reading import Sql, fetch

# QCVN 102:2016: levels from the right, unused ones zero; QĐ 20/2020/QĐ-TTg turned them round.
OLD_IDENTIFIER = re.compile(r"(?:[0-9]{2,3}\.)+[A-Y][0-9]{2}")


@dataclass(frozen=True, slots=True)
class AgencyNamesRow:
    """An agency with its name of one day and all its other spellings."""

    id: uuid.UUID
    code: str
    kind: AgencyKind
    name: str
    short_name: str | None
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgencyLabel:
    """An agency as people and other systems see it: code and names of one day."""

    id: uuid.UUID
    code: str
    name: str
    short_name: str | None


def today_form(identifier: str) -> str:
    """The identifier from the left as it is written now: "000.00.01.H27" is "H27.01"."""
    if OLD_IDENTIFIER.fullmatch(identifier) is None:
        return identifier
    groups = [group for group in identifier.split(".") if group.strip("0")]
    return ".".join(reversed(groups))


def holds_on(row: Any, day: date | sa.ColumnElement[date]) -> sa.ColumnElement[bool]:
    """The condition that *day* is from the row's `valid_from` on and before its `valid_until`."""
    begins, ends = col(row.valid_from), col(row.valid_until)
    return sa.and_(sa.or_(begins.is_(None), begins <= day), sa.or_(ends.is_(None), ends > day))


async def get_agency(session: AsyncSession, ref: str) -> Agency:
    """The agency of an id, a code or an identifier, in its old or new form, ended ones included.

    Raises `NotFoundError`.
    """
    return _found(await find_agency(session, ref), ref)


async def get_agency_for_update(session: AsyncSession, ref: str) -> Agency:
    """The agency that `get_agency` finds, locked until the request ends, for changes one by one."""
    return _found((await session.exec(locked(_by_ref(ref)))).first(), ref)


async def find_agency(session: AsyncSession, ref: str) -> Agency | None:
    """The agency that `get_agency` finds, or None."""
    return (await session.exec(_by_ref(ref))).first()


async def agencies_of(session: AsyncSession, ids: Collection[uuid.UUID]) -> list[Agency]:
    """The agencies with these ids."""
    return list(await session.exec(select(Agency).where(col(Agency.id).in_(ids))))


AGENCIES = Listing(
    conditions={
        "day": "(agency.valid_from is null or agency.valid_from <= :day)"
        " and (agency.valid_until is null or agency.valid_until > :day)",
        "begun_by": "agency.valid_from is null or agency.valid_from <= :begun_by",
        "ids": "agency.id = any(:ids)",
        "kind": "agency.kind = any(:kind)",
        "parent": "agency.parent_id = :parent",
        "updated_since": "agency.updated_at >= :updated_since",
    },
    orders={
        "code": (SortPart('agency.code collate "C"', "text"),),
        "updated_at": (SortPart("agency.updated_at", "timestamptz"), SortPart("agency.id", "uuid")),
    },
)


async def page_of_agencies(session: AsyncSession, asked: PageRequest) -> FoundPage[Agency]:
    """One page of agencies, and the place where the next page begins."""
    return await read_rows(session, Agency, AGENCIES, asked)


async def list_agencies(
    session: AsyncSession, *, day: date, kind: AgencyKind | None = None, include_ended: bool = False
) -> list[Agency]:
    """Agencies that exist on *day*, by code, or that began by then and may have ended."""
    begun = sa.or_(col(Agency.valid_from).is_(None), col(Agency.valid_from) <= day)
    statement = (
        select(Agency)
        .where(begun if include_ended else holds_on(Agency, day))
        .order_by(col(Agency.code).collate("C"))
    )
    if kind is not None:
        statement = statement.where(col(Agency.kind) == kind)
    return list(await session.exec(statement))


async def names_on(session: AsyncSession, day: date) -> list[AgencyNamesRow]:
    """All agencies that exist on *day*, by code, each with its name of that day and aliases."""
    agencies = await list_agencies(session, day=day)
    ids = [agency.id for agency in agencies]
    labels = await agency_names(session, ids, day=day)
    aliases = await list_aliases(session, ids)
    return [
        AgencyNamesRow(
            id=agency.id,
            code=agency.code,
            kind=agency.kind,
            name=labels[agency.id].name,
            short_name=labels[agency.id].short_name,
            aliases=tuple(aliases[agency.id]),
        )
        for agency in agencies
    ]


AGENCY_NAMES = (
    select(Agency.id, Agency.code, AgencyName.name, AgencyName.short_name)
    .join(AgencyName, col(AgencyName.agency_id) == col(Agency.id))
    .where(col(Agency.id) == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid()))))
    .ext(distinct_on(col(Agency.id)))
    .order_by(
        col(Agency.id),
        sa.desc(holds_on(AgencyName, sa.bindparam("day", type_=sa.Date()))),
        sa.desc(col(AgencyName.valid_from)).nulls_last(),
    )
)


async def agency_names(
    session: AsyncSession, ids: Collection[uuid.UUID], *, day: date
) -> dict[uuid.UUID, AgencyLabel]:
    """The labels of agencies with the names of *day*; without a name then, with their last one."""
    if not ids:
        return {}
    rows = await session.exec(AGENCY_NAMES, params={"ids": list(ids), "day": day})
    return {row[0]: AgencyLabel(*row) for row in rows}


async def name_on(session: AsyncSession, agency_id: uuid.UUID, *, day: date) -> str:
    """The name of one agency, by the rule of `agency_names`."""
    return (await agency_names(session, [agency_id], day=day))[agency_id].name


ALL_NAMES = sa.text("""
select n.agency_id, agency.code, n.name, n.short_name, n.valid_from, n.valid_until
  from agency_name n join agency on agency.id = n.agency_id
 where n.agency_id = any(:ids) order by n.valid_from nulls first
""").bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))


class NameTerm(NamedTuple):
    """A name that an agency bore from a day (inclusive) to a day (exclusive); None is open."""

    name: str
    short_name: str | None
    valid_from: date | None
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class NamesOfAgencies:
    """The codes of some agencies, and all names that each ever bore, the earliest first."""

    codes: dict[uuid.UUID, str]
    names: dict[uuid.UUID, list[NameTerm]]

    def label(self, agency_id: uuid.UUID, day: date) -> AgencyLabel:
        """The label of one of them with its name of a day, by the rule of `agency_names`."""
        names = self.names[agency_id]
        begun = [name for name in names if (name.valid_from or day) <= day]
        held = [name for name in begun if name.valid_until is None or day < name.valid_until]
        name = (held or names)[-1]
        return AgencyLabel(agency_id, self.codes[agency_id], name.name, name.short_name)


async def names_of(session: AsyncSession, ids: Collection[uuid.UUID]) -> NamesOfAgencies:
    """The codes and all names of these agencies."""
    if not ids:
        return NamesOfAgencies({}, {})
    rows = await fetch(session, ALL_NAMES, {"ids": list(ids)})
    return NamesOfAgencies(
        {row.agency_id: row.code for row in rows},
        grouped(ids, ((row.agency_id, NameTerm(*row[2:])) for row in rows)),
    )


async def labels_on(
    session: AsyncSession, wanted: Collection[tuple[uuid.UUID, date]]
) -> dict[tuple[uuid.UUID, date], AgencyLabel]:
    """The labels of agencies, each with the name of its own day, by the rule of `agency_names`."""
    known = await names_of(session, {agency_id for agency_id, _ in wanted})
    return {(agency_id, day): known.label(agency_id, day) for agency_id, day in wanted}


async def list_names(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[AgencyName]]:
    """All names that these agencies ever bore, the earliest first, as rows to be changed."""
    rows = await session.exec(
        select(AgencyName)
        .where(col(AgencyName.agency_id).in_(ids))
        .order_by(col(AgencyName.valid_from).nulls_first())
    )
    return grouped(ids, ((name.agency_id, name) for name in rows))


async def list_aliases(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    """The other spellings of these agencies, the oldest entry first."""
    rows = await session.exec(
        select(AgencyAlias.agency_id, AgencyAlias.alias)
        .where(col(AgencyAlias.agency_id).in_(ids))
        .order_by(col(AgencyAlias.created_at), col(AgencyAlias.id))
    )
    return grouped(ids, rows)


async def delete_aliases(
    session: AsyncSession, agency_id: uuid.UUID, aliases: Collection[str]
) -> None:
    """Delete these spellings of one agency."""
    await session.exec(
        delete(AgencyAlias).where(
            col(AgencyAlias.agency_id) == agency_id, col(AgencyAlias.alias).in_(aliases)
        )
    )


BY_REF = sa.text("""
select id from agency
where id = cast(:id as uuid) or code = cast(:ref as text) or identifier = cast(:identifier as text)
order by (id = cast(:id as uuid)) desc nulls last, (code = cast(:ref as text)) desc limit 1
""")


async def get_agency_id(sql: Sql, ref: str) -> uuid.UUID:
    """The id of the agency that `get_agency` finds; raises `NotFoundError`."""
    try:
        same_id = uuid.UUID(ref)
    except ValueError:
        same_id = None
    parameters = {"id": same_id, "ref": ref, "identifier": today_form(ref)}
    for row in await fetch(sql, BY_REF, parameters):
        found: uuid.UUID = row.id
        return found
    raise NotFoundError(no_such_agency(ref))


def _by_ref(ref: str) -> SelectOfScalar[Agency]:
    """An id wins over a code, and a code over an identifier, if a text is two agencies' ref."""
    code, identifier = col(Agency.code) == ref, col(Agency.identifier) == today_form(ref)
    rank = sa.case((code, 1), else_=2)
    try:
        same_id = col(Agency.id) == uuid.UUID(ref)
    except ValueError:
        return select(Agency).where(sa.or_(code, identifier)).order_by(rank).limit(1)
    return (
        select(Agency)
        .where(sa.or_(same_id, code, identifier))
        .order_by(sa.case((same_id, 0), else_=rank))
        .limit(1)
    )


def _found(agency: Agency | None, ref: str) -> Agency:
    if agency is None:
        raise NotFoundError(no_such_agency(ref))
    return agency


def no_such_agency(ref: str) -> Text:
    """The sentence for a code, an identifier or an id that no agency has."""
    return Text(f"Không có cơ quan {ref}.", f"There is no agency {ref}.")

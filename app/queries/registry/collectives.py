"""Reading collectives and who belongs to them, as of a day."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.errors import NotFoundError, Text
from app.models import Agency, Collective, CollectiveAlias, CollectiveMember
from app.queries.lists import FoundPage, Listing, PageRequest, SortPart, first, read_page, read_rows
from app.queries.registry.agencies import holds_on
from app.queries.rows import grouped, locked, one_of

NO_SUCH_MEMBER = Text("Nhóm không có thành viên này.", "The collective has no such member.")


@dataclass(frozen=True, slots=True)
class CollectiveRow:
    """A collective with all its wordings."""

    id: uuid.UUID
    code: str
    name: str
    is_enumerable: bool
    aliases: tuple[str, ...]


async def get_collective(session: AsyncSession, ref: str) -> Collective:
    """The collective of a code or an id; raises `NotFoundError`."""
    return _found((await session.exec(_by_ref(ref))).first(), ref)


async def get_collective_for_update(session: AsyncSession, ref: str) -> Collective:
    """The collective of a code or an id, locked until the request ends, for changes one by one."""
    return _found((await session.exec(locked(_by_ref(ref)))).first(), ref)


COLLECTIVES = Listing(
    conditions={
        "is_enumerable": "collective.is_enumerable = :is_enumerable",
        "updated_since": "collective.updated_at >= :updated_since",
    },
    orders={
        "code": (SortPart('collective.code collate "C"', "text"),),
        "updated_at": (
            SortPart("collective.updated_at", "timestamptz"),
            SortPart("collective.id", "uuid"),
        ),
    },
)
MEMBERS = Listing(
    conditions={
        "collective": "collective_member.collective_id = :collective",
        "agency": "agency.id = :agency",
        "updated_since": "collective_member.updated_at >= :updated_since",
    },
    orders={
        "code": (
            SortPart('agency.code collate "C"', "text"),
            SortPart("collective_member.id", "uuid"),
        )
    },
)


async def page_of_collectives(session: AsyncSession, asked: PageRequest) -> FoundPage[Collective]:
    """One page of collectives, and the place where the next page begins."""
    return await read_rows(session, Collective, COLLECTIVES, asked)


async def page_of_memberships_on(
    session: AsyncSession, day: date, asked: PageRequest
) -> FoundPage[CollectiveMember]:
    """One page of memberships of existing agencies on *day*, and where the next one begins."""
    statement = (
        select(CollectiveMember, col(Agency.code))
        .join(Agency, col(Agency.id) == col(CollectiveMember.agency_id))
        .where(holds_on(CollectiveMember, day), holds_on(Agency, day))
    )
    return await read_page(session, statement, MEMBERS, asked, first)


async def list_collectives(session: AsyncSession) -> list[Collective]:
    """All collectives, by code."""
    return list(await session.exec(select(Collective).order_by(col(Collective.code).collate("C"))))


async def list_with_aliases(session: AsyncSession) -> list[CollectiveRow]:
    """All collectives by code, each with its other wordings."""
    collectives = await list_collectives(session)
    aliases = await list_aliases(session, [row.id for row in collectives])
    return [
        CollectiveRow(row.id, row.code, row.name, row.is_enumerable, tuple(aliases[row.id]))
        for row in collectives
    ]


async def list_aliases(
    session: AsyncSession, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[str]]:
    """The other wordings of these collectives, the oldest entry first."""
    rows = await session.exec(
        select(CollectiveAlias)
        .where(col(CollectiveAlias.collective_id).in_(ids))
        .order_by(col(CollectiveAlias.created_at), col(CollectiveAlias.id))
    )
    return grouped(ids, ((row.collective_id, row.alias) for row in rows))


async def delete_aliases(
    session: AsyncSession, collective_id: uuid.UUID, aliases: Collection[str]
) -> None:
    """Delete these wordings of one collective."""
    await session.exec(
        delete(CollectiveAlias).where(
            col(CollectiveAlias.collective_id) == collective_id,
            col(CollectiveAlias.alias).in_(aliases),
        )
    )


# Of bounds that are open, which are null, the greatest and the least take the other one.
MEMBERS_ON = sa.text("""
select m.collective_id, m.agency_id
  from collective_member m
  join agency a on a.id = m.agency_id
 where m.collective_id = any(cast(:ids as uuid[]))
   and coalesce(greatest(m.valid_from, a.valid_from) <= :day, true)
   and coalesce(least(m.valid_until, a.valid_until) > :day, true)
 order by a.code collate "C"
""")


async def members_on(
    session: AsyncSession, collective_ids: Collection[uuid.UUID], day: date
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The ids of agencies that belong to each collective and exist on *day*, by agency code."""
    if not collective_ids:
        return {}
    given = {"ids": list(collective_ids), "day": day}
    rows = await (await session.connection()).execute(MEMBERS_ON, given)
    return grouped(collective_ids, ((row.collective_id, row.agency_id) for row in rows))


async def get_member(
    session: AsyncSession, collective: Collective, member_id: uuid.UUID, *, lock: bool = False
) -> tuple[CollectiveMember, Agency]:
    """One membership of *collective* and its agency; *lock* locks it. Raises `NotFoundError`."""
    statement = (
        select(CollectiveMember, Agency)
        .join(Agency, col(Agency.id) == col(CollectiveMember.agency_id))
        .where(col(CollectiveMember.id) == member_id)
        .where(col(CollectiveMember.collective_id) == collective.id)
    )
    if lock:
        held = statement.with_for_update(of=CollectiveMember, key_share=True)
        statement = held.execution_options(populate_existing=True)
    return await one_of(session, statement, NO_SUCH_MEMBER)


async def list_memberships_of(
    session: AsyncSession, agency_id: uuid.UUID
) -> list[tuple[CollectiveMember, Collective]]:
    """All memberships that an agency ever had, with the collective of each."""
    rows = await session.exec(
        select(CollectiveMember, Collective)
        .join(Collective, col(Collective.id) == col(CollectiveMember.collective_id))
        .where(col(CollectiveMember.agency_id) == agency_id)
        .order_by(col(Collective.code), col(CollectiveMember.valid_from).nulls_first())
    )
    return list(rows)


async def has_members(session: AsyncSession, collective: Collective) -> bool:
    """True if the collective has, had or will have a member."""
    row = await session.exec(
        select(CollectiveMember.id)
        .where(col(CollectiveMember.collective_id) == collective.id)
        .limit(1)
    )
    return row.first() is not None


def _by_ref(ref: str) -> SelectOfScalar[Collective]:
    try:
        return select(Collective).where(col(Collective.id) == uuid.UUID(ref))
    except ValueError:
        return select(Collective).where(col(Collective.code) == ref)


def _found(collective: Collective | None, ref: str) -> Collective:
    if collective is None:
        raise NotFoundError(Text(f"Không có nhóm cơ quan {ref}.", f"There is no collective {ref}."))
    return collective
